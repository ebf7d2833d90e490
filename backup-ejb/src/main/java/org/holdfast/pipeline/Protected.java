package org.holdfast.pipeline;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.PayloadException;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * An identity file that a passphrase opens: what {@code age -p -a} makes of one, and what {@code
 * age -i} asks the passphrase for. The backups themselves are encrypted to the identity's recipient
 * beside others; age allows no passphrase beside another recipient in one file.
 */
public final class Protected {
    /** age's own; about a second of one processor for whoever tries one passphrase. */
    static final int WORK = 18;

    /** Of a file that is imported, which no page waits for. */
    private static final int MOST_WORK = 20;

    /** A page waits for it; the work itself takes a second or two. */
    private static final Duration OF_A_PERSON = Duration.ofSeconds(10);

    private static final Duration OF_WORK = Duration.ofMinutes(10);

    private static final int SALT = 16;
    private static final int FILE_KEY = 16;
    private static final int TAG = 16;
    private static final int LONGEST = 64 * 1024;
    private static final String LABEL = "age-encryption.org/v1/scrypt";
    private static final Base64.Encoder TO_TEXT = Base64.getEncoder().withoutPadding();

    private Protected() {}

    /** Whether the text is an age file in armor, and so no identity as it stands. */
    public static boolean looksLike(Secret given) {
        return given.reveal().stripLeading().startsWith(Armor.BEGIN.strip());
    }

    /** The identity file encrypted with the passphrase, armored. */
    public static String protect(Secret identityFile, Secret passphrase) {
        return protect(identityFile, passphrase, WORK);
    }

    static String protect(Secret identityFile, Secret passphrase, int work) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (WritableByteChannel age =
                new StandardEncryptingChannelFactory()
                        .newEncryptingChannel(
                                Channels.newChannel(file),
                                List.of(key -> List.of(stanza(key, passphrase, work))))) {
            age.write(ByteBuffer.wrap(identityFile.reveal().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("The identity could not be protected.", e);
        }
        return Armor.of(file.toByteArray());
    }

    /**
     * The identity file that is in it.
     *
     * @throws Refused KEY-PASSPHRASE where the passphrase is another one, KEY-IDENTITY where it is
     *     no file that a passphrase opens or asks for more work than age does, KEY-PASSPHRASE-BUSY
     */
    public static Secret open(Secret armored, Secret passphrase) {
        try {
            byte[] plain = decrypt(Armor.bytes(armored.reveal()), passphrase);
            return Secret.of(new String(plain, StandardCharsets.UTF_8));
        } catch (Refused e) {
            throw e;
        } catch (TooMuchWork e) {
            throw new Refused(
                    "KEY-IDENTITY",
                    "The protected identity asks for more work than age's own ones do (a work"
                            + " factor above "
                            + WORK
                            + ").",
                    "Decrypt it with age -d and give the identity itself.");
        } catch (AEADBadTagException e) {
            throw new Refused(
                    "KEY-PASSPHRASE",
                    "The passphrase does not open the protected identity.",
                    "Type it as it was chosen, capitals and blanks included; age -d asks for the"
                            + " same one.");
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new Refused(
                    "KEY-IDENTITY",
                    "What was given is no identity that a passphrase protects.",
                    "Give the file that was stored when the key was made, or what age -p -a makes"
                            + " of an identity file.");
        }
    }

    /**
     * @throws AEADBadTagException another passphrase
     * @throws UnsupportedRecipientStanzaException no passphrase opens it
     * @throws InvalidKeyException malformed, or more work than is done here
     */
    static byte[] decrypt(byte[] file, Secret passphrase)
            throws IOException, GeneralSecurityException {
        Reader reader = new Reader(passphrase, WORK, OF_A_PERSON);
        try (InputStream plain =
                Channels.newInputStream(
                        new StandardDecryptingChannelFactory()
                                .newDecryptingChannel(
                                        Channels.newChannel(new ByteArrayInputStream(file)),
                                        List.of(reader)))) {
            return plain.readNBytes(LONGEST);
        } catch (PayloadException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            // The library wraps what a reader found.
            throw reader.found == null ? e : reader.found;
        }
    }

    /** Opens whatever the passphrase opens. */
    static RecipientStanzaReader reader(Secret passphrase) {
        return new Reader(passphrase, MOST_WORK, OF_WORK);
    }

    private static RecipientStanza stanza(FileKey key, Secret passphrase, int work)
            throws GeneralSecurityException {
        byte[] salt = new byte[SALT];
        new SecureRandom().nextBytes(salt);
        return new Stanza(
                List.of(TO_TEXT.encodeToString(salt), Integer.toString(work)),
                cipher(Cipher.ENCRYPT_MODE, passphrase, salt, work, OF_A_PERSON)
                        .doFinal(key.getEncoded()));
    }

    private static Cipher cipher(
            int mode, Secret passphrase, byte[] salt, int work, Duration patience)
            throws GeneralSecurityException {
        byte[] labelled =
                ByteBuffer.allocate(LABEL.length() + SALT)
                        .put(LABEL.getBytes(StandardCharsets.US_ASCII))
                        .put(salt)
                        .array();
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(
                mode,
                new SecretKeySpec(Scrypt.derive(passphrase, labelled, work, patience), "ChaCha20"),
                new IvParameterSpec(new byte[12]));
        return cipher;
    }

    private static final class TooMuchWork extends InvalidKeyException {
        private static final long serialVersionUID = 1L;

        TooMuchWork() {
            super("The passphrase stanza asks for more work than is done here.");
        }
    }

    private static final class Stanza implements RecipientStanza {
        private final List<String> arguments;
        private final byte[] body;

        Stanza(List<String> arguments, byte[] body) {
            this.arguments = arguments;
            this.body = body;
        }

        @Override
        public String getType() {
            return "scrypt";
        }

        @Override
        public List<String> getArguments() {
            return arguments;
        }

        @Override
        public byte[] getBody() {
            return body;
        }
    }

    private static final class Reader implements RecipientStanzaReader {
        private final Secret passphrase;
        private final int mostWork;
        private final Duration patience;
        private GeneralSecurityException found;

        Reader(Secret passphrase, int mostWork, Duration patience) {
            this.passphrase = passphrase;
            this.mostWork = mostWork;
            this.patience = patience;
        }

        @Override
        public FileKey getFileKey(Iterable<RecipientStanza> stanzas)
                throws GeneralSecurityException {
            try {
                return read(stanzas);
            } catch (GeneralSecurityException e) {
                found = e;
                throw e;
            }
        }

        private FileKey read(Iterable<RecipientStanza> stanzas) throws GeneralSecurityException {
            List<RecipientStanza> all = new ArrayList<>();
            stanzas.forEach(all::add);
            RecipientStanza one =
                    all.stream()
                            .filter(s -> s.getType().equals("scrypt"))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new UnsupportedRecipientStanzaException(
                                                    "No passphrase opens it."));
            List<String> given = one.getArguments();
            if (all.size() != 1
                    || given.size() != 2
                    || one.getBody().length != FILE_KEY + TAG
                    || !given.get(1).matches("[1-9][0-9]?")) {
                throw new InvalidKeyException("The passphrase stanza is malformed.");
            }
            int work = Integer.parseInt(given.get(1));
            if (work > mostWork) {
                throw new TooMuchWork();
            }
            byte[] salt = salt(given.get(0));
            return new FileKey(
                    cipher(Cipher.DECRYPT_MODE, passphrase, salt, work, patience)
                            .doFinal(one.getBody()));
        }

        private static byte[] salt(String text) throws InvalidKeyException {
            try {
                byte[] salt = Base64.getDecoder().decode(text);
                if (salt.length == SALT && TO_TEXT.encodeToString(salt).equals(text)) {
                    return salt;
                }
            } catch (IllegalArgumentException e) {
                throw new InvalidKeyException("The salt is malformed.", e);
            }
            throw new InvalidKeyException("The salt is malformed.");
        }
    }
}

package org.holdfast.pipeline;

import com.exceptionfactory.jagged.PayloadException;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import org.holdfast.domain.shared.BlockInput;
import org.holdfast.domain.shared.Secret;

/** The plaintext of an age v1 file; a chunk is given out only after it authenticated. */
final class Decrypted extends BlockInput {
    private final String name;
    private final CountingInput stored;
    private final ReadableByteChannel age;

    /** Reads the header at once. */
    Decrypted(
            CountingInput stored,
            String name,
            List<Identity> identities,
            List<Recipient> writtenFor)
            throws IOException {
        this(
                stored,
                name,
                readers(identities, writtenFor),
                e ->
                        new WrongIdentity(
                                identities.stream().map(Identity::recipient).toList(),
                                writtenFor,
                                e));
    }

    /**
     * Of a file that a passphrase opens.
     *
     * @throws WrongIdentity another passphrase
     */
    static Decrypted byPassphrase(CountingInput stored, String name, Secret passphrase)
            throws IOException {
        try {
            return new Decrypted(
                    stored,
                    name,
                    () -> List.of(Protected.reader(passphrase)),
                    e -> new WrongIdentity(List.of(), List.of(), e));
        } catch (CorruptObject e) {
            if (wrongKey(e)) {
                throw new WrongIdentity(List.of(), List.of(), e);
            }
            throw e;
        }
    }

    /** Whether somewhere below a tag did not fit, as with another key. */
    private static boolean wrongKey(Throwable thrown) {
        return thrown != null
                && (thrown instanceof AEADBadTagException
                        || wrongKey(thrown.getCause())
                        || Arrays.stream(thrown.getSuppressed()).anyMatch(Decrypted::wrongKey));
    }

    private Decrypted(
            CountingInput stored,
            String name,
            Readers readers,
            Function<Throwable, WrongIdentity> wrong)
            throws IOException {
        this.name = name;
        this.stored = stored;
        try {
            age =
                    new StandardDecryptingChannelFactory()
                            .newDecryptingChannel(Channels.newChannel(stored), readers.get());
        } catch (UnsupportedRecipientStanzaException e) {
            if (malformed(e)) {
                throw header(e);
            }
            throw wrong.apply(e);
        } catch (PayloadException e) {
            throw payload(e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw header(e);
        }
    }

    /** Makes what tries the stanzas of a header. */
    private interface Readers {
        List<RecipientStanzaReader> get() throws GeneralSecurityException;
    }

    private static Readers readers(List<Identity> identities, List<Recipient> writtenFor)
            throws WrongIdentity {
        if (identities.isEmpty()) {
            throw new WrongIdentity(List.of(), writtenFor, null);
        }
        return () -> {
            List<RecipientStanzaReader> readers = new ArrayList<>();
            for (Identity identity : identities) {
                readers.add(identity.reader());
            }
            return readers;
        };
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            int count = age.read(ByteBuffer.wrap(b, offset, length));
            return count <= 0 ? -1 : count;
        } catch (PayloadException | RuntimeException e) {
            throw payload(e);
        }
    }

    @Override
    public void close() throws IOException {
        age.close();
    }

    /**
     * The library tells of a stanza that is none in the same way as of one for somebody else; what
     * it tried and why that failed is in the suppressed ones.
     */
    private static boolean malformed(Throwable refused) {
        if (refused instanceof AEADBadTagException) {
            return false;
        }
        Throwable[] tried = refused.getSuppressed();
        if (tried.length == 0) {
            return !(refused instanceof UnsupportedRecipientStanzaException)
                    || !refused.getMessage().endsWith("not found");
        }
        return Arrays.stream(tried).anyMatch(Decrypted::malformed);
    }

    private CorruptObject payload(Exception cause) {
        return new CorruptObject(
                CorruptObject.Found.ENCRYPTION,
                stored.soFar(),
                name
                        + " is damaged or cut: a chunk within its first "
                        + stored.soFar()
                        + " bytes does not authenticate.",
                cause);
    }

    private CorruptObject header(Exception cause) {
        return new CorruptObject(
                CorruptObject.Found.HEADER,
                stored.soFar(),
                name + " is no age file, or its header was changed.",
                cause);
    }
}

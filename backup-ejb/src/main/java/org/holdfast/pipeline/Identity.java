package org.holdfast.pipeline;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.bech32.Bech32Address;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import javax.crypto.KeyAgreement;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * A private key that opens what was encrypted to its {@link #recipient()}: age's X25519 identity,
 * {@code AGE-SECRET-KEY-1…} in Bech32. Prints only its recipient.
 */
public final class Identity {
    private static final String PREFIX = "age-secret-key-";

    private final Secret secret;
    private final Recipient recipient;

    private Identity(Secret secret, Recipient recipient) {
        this.secret = secret;
        this.recipient = recipient;
    }

    /** A new one, as {@code age-keygen} would make it. */
    public static Identity generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
            byte[] scalar = ((XECPrivateKey) pair.getPrivate()).getScalar().orElseThrow();
            byte[] point = littleEndian(((XECPublicKey) pair.getPublic()).getU());
            String text = Bech32.getEncoder().encode(PREFIX, scalar).toString();
            return new Identity(Secret.of(text.toUpperCase(Locale.ROOT)), Recipient.ofKey(point));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no X25519.", e);
        }
    }

    /**
     * Reads one identity, {@code AGE-SECRET-KEY-1…}.
     *
     * @throws Refused KEY-IDENTITY: it is none; the message does not repeat what was given
     */
    public static Identity of(Secret secret) {
        String text = secret.reveal().strip();
        byte[] scalar;
        try {
            Bech32Address address = Bech32.getDecoder().decode(text);
            scalar = address.getData();
            if (!address.getHumanReadablePart().toString().equalsIgnoreCase(PREFIX)
                    || scalar.length != 32) {
                throw malformed();
            }
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        try {
            return new Identity(
                    Secret.of(text.toUpperCase(Locale.ROOT)), Recipient.ofKey(publicKey(scalar)));
        } catch (GeneralSecurityException e) {
            throw malformed();
        }
    }

    /**
     * Reads an identity file as {@code age-keygen} writes it: one identity a line, empty lines and
     * those beginning with {@code #} skipped.
     *
     * @throws Refused KEY-IDENTITY: a line is no identity (the line's number is named, not its
     *     text), or there is none
     */
    public static List<Identity> parseAll(Secret file) {
        var identities = new java.util.ArrayList<Identity>();
        int number = 0;
        for (String line : file.reveal().lines().toList()) {
            number++;
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            try {
                identities.add(of(Secret.of(line)));
            } catch (Refused e) {
                throw new Refused(e.code(), "Line " + number + " is no age identity.", e.remedy());
            }
        }
        if (identities.isEmpty()) {
            throw new Refused(
                    "KEY-IDENTITY", "There is no age identity in what was given.", REMEDY);
        }
        return List.copyOf(identities);
    }

    /** The public key that belongs to this identity. */
    public Recipient recipient() {
        return recipient;
    }

    /** The identity itself. */
    public Secret secret() {
        return secret;
    }

    /** An identity file as {@code age-keygen} writes it, to be kept mode 0600. */
    public Secret file(Instant created) {
        return Secret.of(
                "# created: "
                        + created.truncatedTo(ChronoUnit.SECONDS)
                        + "\n# public key: "
                        + recipient
                        + "\n"
                        + secret.reveal()
                        + "\n");
    }

    RecipientStanzaReader reader() throws GeneralSecurityException {
        return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(secret.reveal());
    }

    @Override
    public String toString() {
        return "(identity of " + recipient + ")";
    }

    private static final String REMEDY =
            "Give the identity file that age-keygen wrote; its key line begins with"
                    + " AGE-SECRET-KEY-1.";

    private static Refused malformed() {
        return new Refused("KEY-IDENTITY", "What was given is no age identity.", REMEDY);
    }

    /** X25519 of the scalar and the base point 9 (RFC 7748, section 6.1). */
    private static byte[] publicKey(byte[] scalar) throws GeneralSecurityException {
        KeyFactory keys = KeyFactory.getInstance("X25519");
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(
                keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar)));
        agreement.doPhase(
                keys.generatePublic(
                        new XECPublicKeySpec(NamedParameterSpec.X25519, BigInteger.valueOf(9))),
                true);
        return agreement.generateSecret();
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] big = number.toByteArray();
        byte[] little = new byte[32];
        for (int i = 0; i < Math.min(32, big.length); i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }
}

package org.holdfast.pipeline;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;

/**
 * Signs what must be known to come from this installation: manifests, audit heads, drill records.
 * Ed25519 (RFC 8032), detached, 64 bytes; checked without the product by
 *
 * <pre>
 * openssl pkeyutl -verify -pubin -inkey signing.pub.pem -rawin -in manifest.json -sigfile manifest.json.sig
 * </pre>
 */
public final class Signer {
    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    private final PrivateKey key;
    private final PublicKey publicKey;

    private Signer(PrivateKey key, PublicKey publicKey) {
        this.key = key;
        this.publicKey = publicKey;
    }

    /** A new key pair. */
    public static Signer generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return new Signer(pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no Ed25519.", e);
        }
    }

    /**
     * Loads a private key as {@code openssl genpkey -algorithm ed25519} writes it (PKCS#8, PEM).
     *
     * @throws Refused KEY-SIGNING: it is none; the message does not repeat what was given
     */
    public static Signer ofPem(Secret pem) {
        try {
            PrivateKey key =
                    KeyFactory.getInstance(ALGORITHM)
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(decode(pem.reveal(), PRIVATE)));
            return new Signer(key, publicKeyOf((EdECPrivateKey) key));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Refused(
                    "KEY-SIGNING",
                    "What was given is no Ed25519 private key in PEM.",
                    "Make one with: openssl genpkey -algorithm ed25519 -out signing.pem");
        }
    }

    /** The private key as PKCS#8 PEM, to be kept mode 0600. */
    public Secret pem() {
        return Secret.of(encode(key.getEncoded(), PRIVATE));
    }

    /** The public key as PEM (SubjectPublicKeyInfo), to be handed out. */
    public String publicPem() {
        return encode(publicKey.getEncoded(), PUBLIC);
    }

    /** SHA-256 of the public key in DER; the same for the same key, whoever computes it. */
    public Sha256 fingerprint() {
        return Sha256.of(publicKey.getEncoded());
    }

    /**
     * SHA-256 of a public key in DER, as {@code openssl pkey -pubin -outform DER | sha256sum}
     * gives.
     *
     * @throws Refused KEY-VERIFYING: it is no Ed25519 public key in PEM
     */
    public static Sha256 fingerprint(String publicPem) {
        return Sha256.of(parsePublic(publicPem).getEncoded());
    }

    /** The detached signature, 64 bytes. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 could not sign.", e);
        }
    }

    /**
     * Whether {@code signature} is this key's over {@code message}; anything malformed is no
     * signature.
     *
     * @param publicPem as {@link #publicPem()} gives it
     * @throws Refused KEY-VERIFYING: it is no Ed25519 public key in PEM
     */
    public static boolean verify(String publicPem, byte[] message, byte[] signature) {
        PublicKey key = parsePublic(publicPem);
        try {
            Signature verifying = Signature.getInstance(ALGORITHM);
            verifying.initVerify(key);
            verifying.update(message);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "(signing key " + fingerprint().brief() + ")";
    }

    private static PublicKey parsePublic(String pem) {
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(decode(pem, PUBLIC)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Refused(
                    "KEY-VERIFYING",
                    "What was given is no Ed25519 public key in PEM.",
                    "Give the file that begins with -----BEGIN PUBLIC KEY-----.");
        }
    }

    /**
     * The platform derives no public key from a private one, but its generator does from a seed.
     */
    private static PublicKey publicKeyOf(EdECPrivateKey key) throws GeneralSecurityException {
        byte[] seed = key.getBytes().orElseThrow();
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
        generator.initialize(
                NamedParameterSpec.ED25519,
                new java.security.SecureRandom() {
                    @Override
                    public void nextBytes(byte[] bytes) {
                        System.arraycopy(seed, 0, bytes, 0, bytes.length);
                    }
                });
        KeyPair pair = generator.generateKeyPair();
        byte[] made = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
        if (!java.security.MessageDigest.isEqual(made, seed)) {
            throw new GeneralSecurityException("The generator did not take the seed.");
        }
        return (EdECPublicKey) pair.getPublic();
    }

    private static byte[] decode(String pem, String type) {
        String begin = "-----BEGIN " + type + "-----";
        String end = "-----END " + type + "-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no PEM");
        }
        return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    }

    private static String encode(byte[] der, String type) {
        return "-----BEGIN "
                + type
                + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END "
                + type
                + "-----\n";
    }
}

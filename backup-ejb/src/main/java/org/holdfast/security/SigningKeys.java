package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;

/**
 * The Ed25519 key (RFC 8032) that signs manifests: {@code keys/signing.pem} (PKCS#8) and, for
 * whoever checks, {@code keys/signing.pub}. Made at the first start.
 */
@ApplicationScoped
public class SigningKeys {
    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    private Secret privatePem;
    private String publicPem;
    private Sha256 fingerprint;
    private boolean madeNow;

    protected SigningKeys() {}

    @Inject
    public SigningKeys(KeyDirectory directory) {
        KeyDirectory.Kept kept =
                directory.keep(
                        "signing.pem",
                        () -> pem(PRIVATE, generate(null).getPrivate().getEncoded()));
        madeNow = kept.made();
        privatePem = Secret.of(kept.text());
        byte[] publicKey;
        try {
            publicKey = publicKeyOf(kept.text());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "The key file "
                            + directory.directory().resolve("signing.pem")
                            + " holds no Ed25519 private key in PEM. Put the file back from its"
                            + " copy: with another key no earlier manifest can be signed again.",
                    e);
        }
        publicPem = pem(PUBLIC, publicKey);
        fingerprint = Sha256.of(publicKey);
        directory.publish("signing.pub", publicPem);
    }

    /** PKCS#8 PEM. */
    public Secret privatePem() {
        return privatePem;
    }

    /** SubjectPublicKeyInfo PEM, to be handed out. */
    public String publicPem() {
        return publicPem;
    }

    /** SHA-256 of the public key in DER. */
    public Sha256 fingerprint() {
        return fingerprint;
    }

    boolean madeNow() {
        return madeNow;
    }

    /**
     * The platform derives no public key from a private one, but its generator does from a seed.
     */
    private static byte[] publicKeyOf(String pem) throws GeneralSecurityException {
        String body =
                pem.replace("-----BEGIN " + PRIVATE + "-----", "")
                        .replace("-----END " + PRIVATE + "-----", "");
        EdECPrivateKey key =
                (EdECPrivateKey)
                        KeyFactory.getInstance(ALGORITHM)
                                .generatePrivate(
                                        new PKCS8EncodedKeySpec(
                                                Base64.getMimeDecoder().decode(body.strip())));
        return generate(key.getBytes().orElseThrow()).getPublic().getEncoded();
    }

    private static KeyPair generate(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            if (seed != null) {
                generator.initialize(
                        NamedParameterSpec.ED25519,
                        new SecureRandom() {
                            @Override
                            public void nextBytes(byte[] bytes) {
                                System.arraycopy(seed, 0, bytes, 0, bytes.length);
                            }
                        });
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no Ed25519.", e);
        }
    }

    private static String pem(String type, byte[] der) {
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

package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.holdfast.domain.shared.Dsse;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;

/**
 * The Ed25519 key (RFC 8032) that signs manifests: {@code keys/signing.pem} (PKCS#8) and, for
 * whoever checks, {@code keys/signing.pub}. Made at the first start; after a rotation the public
 * keys before it stay beside it as {@code signing-before-<fingerprint>.pub}.
 */
@ApplicationScoped
public class SigningKeys {
    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    private static final String FILE = "signing.pem";
    private static final String PUBLISHED = "signing.pub";
    private static final String BEFORE = "signing-before-";

    private KeyDirectory directory;
    private volatile Pair pair;
    private boolean madeNow;

    /**
     * @param stamp of the file it was read from
     */
    private record Pair(Secret privatePem, String publicPem, Sha256 fingerprint, String stamp) {}

    /** A public key that manifests were or are signed with. */
    public record Public(String pem, Sha256 fingerprint, boolean current) {}

    protected SigningKeys() {}

    @Inject
    public SigningKeys(KeyDirectory directory) {
        this.directory = directory;
        madeNow = directory.keep(FILE, SigningKeys::newPem).made();
        pair = read();
        directory.publish(PUBLISHED, pair.publicPem());
    }

    /** Another server may have rotated the key: it is seen here without a restart. */
    private Pair pair() {
        if (!directory.stamp(FILE).equals(pair.stamp())) {
            pair = read();
        }
        return pair;
    }

    private Pair read() {
        String stamp = directory.stamp(FILE);
        String pem = directory.keep(FILE, SigningKeys::newPem).text();
        try {
            byte[] publicKey = publicKeyOf(pem);
            return new Pair(Secret.of(pem), pem(PUBLIC, publicKey), Sha256.of(publicKey), stamp);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "The key file "
                            + directory.directory().resolve(FILE)
                            + " holds no Ed25519 private key in PEM. Put the file back from its"
                            + " copy: with another key no earlier manifest can be signed again.",
                    e);
        }
    }

    private static String newPem() {
        return pem(PRIVATE, generate(null).getPrivate().getEncoded());
    }

    /**
     * Signs with a new key from now on. The old public key is kept beside it first, so that what it
     * signed still verifies; the old private key is gone.
     *
     * @return the new one's fingerprint
     */
    public synchronized Sha256 rotate() {
        Pair old = pair();
        directory.replace(BEFORE + old.fingerprint().hex() + ".pub", old.publicPem());
        directory.replace(FILE, newPem());
        directory.publish(PUBLISHED, pair().publicPem());
        return pair().fingerprint();
    }

    /**
     * What this key signed verifies from now on; nothing is signed with it.
     *
     * @return false where it was trusted already
     */
    public synchronized boolean trust(String publicPem, Sha256 fingerprint) {
        if (all().stream().anyMatch(key -> key.fingerprint().equals(fingerprint))) {
            return false;
        }
        directory.replace(BEFORE + fingerprint.hex() + ".pub", publicPem);
        return true;
    }

    /** The present one first, then those before it. */
    public List<Public> all() {
        Pair now = pair();
        List<Public> all = new ArrayList<>();
        all.add(new Public(now.publicPem(), now.fingerprint(), true));
        for (String pem : directory.texts(BEFORE, ".pub")) {
            Sha256 fingerprint = Sha256.of(der(pem, PUBLIC));
            if (!fingerprint.equals(now.fingerprint())) {
                all.add(new Public(pem, fingerprint, false));
            }
        }
        return List.copyOf(all);
    }

    /** PKCS#8 PEM. */
    public Secret privatePem() {
        return pair().privatePem();
    }

    /** SubjectPublicKeyInfo PEM, to be handed out. */
    public String publicPem() {
        return pair().publicPem();
    }

    /** SHA-256 of the public key in DER. */
    public Sha256 fingerprint() {
        return pair().fingerprint();
    }

    /** Signs with the present key: the envelope names it. */
    public Dsse sign(String payloadType, byte[] payload) {
        Pair now = pair();
        return new Dsse(
                payloadType,
                payload,
                now.fingerprint().hex(),
                signature(now, Dsse.preAuthentication(payloadType, payload)));
    }

    private static byte[] signature(Pair now, byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(
                    KeyFactory.getInstance(ALGORITHM)
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(
                                            der(now.privatePem().reveal(), PRIVATE))));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 could not sign.", e);
        }
    }

    /** Whether one of this installation's keys, the present one or one before it, signed this. */
    public boolean signed(Dsse envelope) {
        return all().stream()
                .filter(key -> key.fingerprint().hex().equals(envelope.keyId()))
                .anyMatch(
                        key -> {
                            try {
                                Signature signature = Signature.getInstance(ALGORITHM);
                                signature.initVerify(
                                        KeyFactory.getInstance(ALGORITHM)
                                                .generatePublic(
                                                        new X509EncodedKeySpec(
                                                                der(key.pem(), PUBLIC))));
                                signature.update(envelope.preAuthentication());
                                return signature.verify(envelope.signature());
                            } catch (GeneralSecurityException e) {
                                return false;
                            }
                        });
    }

    boolean madeNow() {
        return madeNow;
    }

    /**
     * The platform derives no public key from a private one, but its generator does from a seed.
     */
    private static byte[] publicKeyOf(String pem) throws GeneralSecurityException {
        EdECPrivateKey key =
                (EdECPrivateKey)
                        KeyFactory.getInstance(ALGORITHM)
                                .generatePrivate(new PKCS8EncodedKeySpec(der(pem, PRIVATE)));
        return generate(key.getBytes().orElseThrow()).getPublic().getEncoded();
    }

    private static byte[] der(String pem, String type) {
        return Base64.getMimeDecoder()
                .decode(
                        pem.replace("-----BEGIN " + type + "-----", "")
                                .replace("-----END " + type + "-----", "")
                                .strip());
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

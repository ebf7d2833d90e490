package org.holdfast.security.passkey;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.UUID;

/**
 * An authenticator in software, with the browser before it: one ES256 key, byte by byte as WebAuthn
 * (sections 6.1, 6.5.1) and COSE (RFC 9053) write it, and not by the library that reads it.
 */
public final class SoftKey {
    private static final int PRESENT = 0x01;
    private static final int VERIFIED = 0x04;
    private static final int ATTESTED = 0x40;

    private final KeyPair pair;
    private final byte[] id = new byte[32];
    private byte[] handle;
    private long signatures;
    private boolean verifying = true;

    public SoftKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        new SecureRandom().nextBytes(id);
    }

    /** The next signature counts as this one. */
    public SoftKey countingFrom(long next) {
        signatures = next - 1;
        return this;
    }

    /** Says it is this person's. */
    public SoftKey of(UUID user) {
        handle =
                ByteBuffer.allocate(16)
                        .putLong(user.getMostSignificantBits())
                        .putLong(user.getLeastSignificantBits())
                        .array();
        return this;
    }

    /** A finger on the key, and no question who it is. */
    public SoftKey withoutVerification() {
        verifying = false;
        return this;
    }

    public String id() {
        return text(id);
    }

    /** Makes a passkey, as the page at {@code origin} is asked to. */
    public String create(String options, String origin) {
        JsonObject asked = read(options);
        handle = bytes(asked.getJsonObject("user").getString("id"));
        byte[] client = client("webauthn.create", asked.getString("challenge"), origin);
        byte[] authenticator =
                join(
                        authenticatorData(asked.getJsonObject("rp").getString("id"), ATTESTED),
                        new byte[16],
                        ByteBuffer.allocate(2).putShort((short) id.length).array(),
                        id,
                        coseKey());
        byte[] attestation =
                join(
                        hex("a363666d74646e6f6e656761747453746d74a0686175746844617461"),
                        hex("59"),
                        ByteBuffer.allocate(2).putShort((short) authenticator.length).array(),
                        authenticator);
        return answer(
                Json.createObjectBuilder()
                        .add("clientDataJSON", text(client))
                        .add("attestationObject", text(attestation))
                        .add("transports", Json.createArrayBuilder().add("internal")));
    }

    /** Shows the passkey, as the page at {@code origin} is asked to. */
    public String show(String options, String origin) {
        JsonObject asked = read(options);
        byte[] client = client("webauthn.get", asked.getString("challenge"), origin);
        byte[] authenticator = authenticatorData(asked.getString("rpId"), 0);
        return answer(
                Json.createObjectBuilder()
                        .add("clientDataJSON", text(client))
                        .add("authenticatorData", text(authenticator))
                        .add("signature", text(sign(join(authenticator, sha256(client)))))
                        .add("userHandle", text(handle)));
    }

    private String answer(JsonObjectBuilder response) {
        return Json.createObjectBuilder()
                .add("id", id())
                .add("rawId", id())
                .add("type", "public-key")
                .add("response", response)
                .add("clientExtensionResults", Json.createObjectBuilder())
                .build()
                .toString();
    }

    private static byte[] client(String type, String challenge, String origin) {
        return Json.createObjectBuilder()
                .add("type", type)
                .add("challenge", challenge)
                .add("origin", origin)
                .add("crossOrigin", false)
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] authenticatorData(String party, int more) {
        signatures++;
        return ByteBuffer.allocate(37)
                .put(sha256(party.getBytes(StandardCharsets.UTF_8)))
                .put((byte) (PRESENT | (verifying ? VERIFIED : 0) | more))
                .putInt((int) signatures)
                .array();
    }

    private byte[] coseKey() {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return join(
                hex("a5010203262001215820"),
                coordinate(key.getW().getAffineX()),
                hex("225820"),
                coordinate(key.getW().getAffineY()));
    }

    private static byte[] coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - length, fixed, 32 - length, length);
        return fixed;
    }

    private byte[] sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject read(String json) {
        try (var reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] hex(String text) {
        return java.util.HexFormat.of().parseHex(text);
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}

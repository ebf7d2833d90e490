package org.holdfast.verify;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A DSSE envelope (v1.0.2) with one Ed25519 signature. The signature covers the payload's bytes as
 * they are; the rest of the envelope is held to the one form in which it is written, so that no
 * byte of it can differ.
 */
final class Envelope {
    private Envelope() {}

    /** Signed by a key that was not given: nothing can be said of it. */
    static final class OtherKey extends Exception {
        private static final long serialVersionUID = 1L;

        OtherKey(String what, String keyId) {
            super(
                    what
                            + " is signed by key "
                            + keyId
                            + ", which is none of those given. Give that key's file with --key;"
                            + " get it from somebody you trust, not from whoever gave you this file.");
        }
    }

    /**
     * The payload, once its signature was verified.
     *
     * @param what name of what is signed, for messages
     */
    static Map<String, Object> open(String what, String text, String payloadType, Keys keys)
            throws Unproved, OtherKey {
        Map<String, Object> envelope = Json.object(text, what);
        String type = Json.text(envelope, "payloadType");
        List<Map<String, Object>> signatures = Json.objects(envelope, "signatures");
        if (signatures.size() != 1) {
            throw new Unproved(what + " has " + signatures.size() + " signatures instead of one.");
        }
        String keyId = Json.text(signatures.get(0), "keyid");
        byte[] payload = bytes(what, Json.text(envelope, "payload"));
        byte[] signature = bytes(what, Json.text(signatures.get(0), "sig"));
        if (!keyId.matches("[0-9a-f]{64}")) {
            throw new Unproved(what + " names no key.");
        }
        Base64.Encoder base64 = Base64.getEncoder();
        String asWritten =
                "{\"payloadType\":\""
                        + type
                        + "\",\"payload\":\""
                        + base64.encodeToString(payload)
                        + "\",\"signatures\":[{\"keyid\":\""
                        + keyId
                        + "\",\"sig\":\""
                        + base64.encodeToString(signature)
                        + "\"}]}";
        if (!asWritten.equals(text)) {
            throw new Unproved(what + " is not in the form in which Holdfast writes it.");
        }
        if (!type.equals(payloadType)) {
            throw new Unproved(
                    what + " is signed as \"" + type + "\", not as " + payloadType + ".");
        }
        if (!keys.has(keyId)) {
            throw new OtherKey(what, keyId);
        }
        if (!keys.verify(keyId, preAuthentication(type, payload), signature)) {
            throw new Unproved(
                    what
                            + " is not what key "
                            + keyId.substring(0, 8)
                            + "… signed: it was changed.");
        }
        return Json.object(utf8(what, payload), what);
    }

    private static byte[] bytes(String what, String base64) throws Unproved {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new Unproved(what + " has a part that is no Base64.");
        }
    }

    private static byte[] preAuthentication(String type, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                ("DSSEv1 "
                                + type.getBytes(StandardCharsets.UTF_8).length
                                + " "
                                + type
                                + " "
                                + payload.length
                                + " ")
                        .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /** Bytes that are no UTF-8 are refused, not replaced. */
    static String utf8(String what, byte[] bytes) throws Unproved {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new Unproved(what + " is no text in UTF-8.");
        }
    }
}

package org.holdfast.domain.shared;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A signed text in a DSSE envelope (Dead Simple Signing Envelope, v1.0.2): what is signed is the
 * payload's bytes as they are, with their type, so that no JSON has to be brought into a canonical
 * form to check it.
 *
 * @param payloadType media type of what is signed
 * @param payload the bytes that were signed
 * @param keyId SHA-256 of the public key in DER, hexadecimal
 * @param signature Ed25519, 64 bytes
 */
public record Dsse(String payloadType, byte[] payload, String keyId, byte[] signature) {
    public static final String AUDIT_HEAD = "application/vnd.holdfast.audit-head+json";
    public static final String AUDIT_EXPORT = "application/vnd.holdfast.audit-export+json";
    public static final String DRILL_RECORD = "application/vnd.holdfast.drill-record+json";
    public static final String DRILL_EVIDENCE = "application/vnd.holdfast.drill-evidence+json";
    public static final String PERIOD_EVIDENCE = "application/vnd.holdfast.period-evidence+json";

    /** What the key signs: {@code DSSEv1 <length> <type> <length> <payload>}. */
    public static byte[] preAuthentication(String payloadType, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int type = payloadType.getBytes(StandardCharsets.UTF_8).length;
        out.writeBytes(
                ("DSSEv1 " + type + " " + payloadType + " " + payload.length + " ")
                        .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    public byte[] preAuthentication() {
        return preAuthentication(payloadType, payload);
    }

    /**
     * The envelope in the one form that Holdfast writes: no blanks, members in this order. Nothing
     * in it needs escaping.
     */
    public String json() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "{\"payloadType\":\""
                + payloadType
                + "\",\"payload\":\""
                + base64.encodeToString(payload)
                + "\",\"signatures\":[{\"keyid\":\""
                + keyId
                + "\",\"sig\":\""
                + base64.encodeToString(signature)
                + "\"}]}";
    }
}

package org.holdfast.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A short text as an age file in ASCII armor (C2SP age specification): it can be pasted and mailed,
 * and {@code age -d} reads it as it is.
 */
public final class Armor {
    private static final String BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----\n";
    private static final String END = "\n-----END AGE ENCRYPTED FILE-----\n";

    private Armor() {}

    /** Encrypted to each of the recipients. */
    public static String encrypt(List<Recipient> recipients, String text) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (Link link = new Encrypt(recipients).onto(file)) {
            link.write(text.getBytes(StandardCharsets.UTF_8));
            link.seal();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return BEGIN
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(file.toByteArray())
                + END;
    }
}

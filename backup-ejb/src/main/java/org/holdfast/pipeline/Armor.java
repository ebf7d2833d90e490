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
    static final String BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----\n";
    static final String END = "-----END AGE ENCRYPTED FILE-----\n";

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
        return of(file.toByteArray());
    }

    /** An age file in armor. */
    static String of(byte[] file) {
        return BEGIN
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(file)
                + "\n"
                + END;
    }

    /**
     * The age file that is in armor; blanks round it and between its lines do not matter.
     *
     * @throws IOException it is none
     */
    static byte[] bytes(String armored) throws IOException {
        String text = armored.strip();
        if (!text.startsWith(BEGIN.strip()) || !text.endsWith(END.strip())) {
            throw new IOException("That is no age file in armor.");
        }
        try {
            return Base64.getDecoder()
                    .decode(
                            text.substring(
                                            BEGIN.strip().length(),
                                            text.length() - END.strip().length())
                                    .replaceAll("\\s", ""));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw new IOException("That is no age file in armor.", e);
        }
    }
}

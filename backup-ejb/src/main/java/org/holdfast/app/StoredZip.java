package org.holdfast.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip whose bytes follow from names and contents: nothing compressed, no times. The verifier
 * makes it again and compares, so that no byte beside the contents can be changed either.
 */
final class StoredZip {
    /** The very first moment of a zip, 1980, is written in the zone of the machine. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private final ZipOutputStream zip;

    StoredZip(OutputStream out) {
        zip = new ZipOutputStream(out);
        zip.setMethod(ZipOutputStream.STORED);
    }

    /** Writes the same bytes each time it is asked. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    static byte[] of(Map<String, byte[]> files) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StoredZip zip = new StoredZip(out);
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.add(file.getKey(), content -> content.write(file.getValue()));
            }
            zip.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Asks for the content twice: its size and sum stand before it. Gives the size in bytes. */
    long add(String name, Content content) throws IOException {
        long[] size = {0};
        CheckedOutputStream measured =
                new CheckedOutputStream(
                        new OutputStream() {
                            @Override
                            public void write(int one) {
                                size[0]++;
                            }

                            @Override
                            public void write(byte[] bytes, int from, int length) {
                                size[0] += length;
                            }
                        },
                        new CRC32());
        content.writeTo(measured);
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        entry.setSize(size[0]);
        entry.setCrc(measured.getChecksum().getValue());
        zip.putNextEntry(entry);
        content.writeTo(zip);
        zip.closeEntry();
        return size[0];
    }

    /** Without closing what it is written to. */
    void finish() throws IOException {
        zip.finish();
        zip.flush();
    }
}

package org.holdfast.verify;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The files of evidence: a zip, or the directory that it was unpacked into. One file is held in
 * memory at a time. A zip is made again from what it holds and compared: two programs that read one
 * zip differently find nothing to differ about.
 */
abstract sealed class Contents implements AutoCloseable {
    static Contents of(Path given) throws IOException, Unproved {
        return Files.isDirectory(given) ? new OfDirectory(given) : OfZip.read(given);
    }

    /** In the order in which they lie in a zip. */
    abstract List<String> names();

    abstract boolean has(String name);

    /** Whether {@link #names} has an order that was given by whoever wrote it. */
    abstract boolean ordered();

    abstract InputStream open(String name) throws IOException;

    @Override
    public void close() throws IOException {}

    byte[] bytes(String name) throws IOException, Unproved {
        requireThere(name);
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        }
    }

    private void requireThere(String name) throws Unproved {
        if (!has(name)) {
            throw new Unproved("There is no " + name + ".");
        }
    }

    String sha256(String name) throws IOException, Unproved {
        requireThere(name);
        try (DigestInputStream in = new DigestInputStream(open(name), Keys.digest())) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    /** A text that ends with its only line break. */
    String line(String name) throws IOException, Unproved {
        String text = Envelope.utf8(name, bytes(name));
        if (!text.endsWith("\n")) {
            throw new Unproved(name + " was cut off.");
        }
        return text.substring(0, text.length() - 1);
    }

    Map<String, Object> object(String name) throws IOException, Unproved {
        return Json.object(Envelope.utf8(name, bytes(name)), name);
    }

    static Unproved packedAnew() {
        return new Unproved(
                "The zip is not the one that Holdfast wrote: it was changed or packed anew. If you"
                        + " packed it yourself, unpack it and give the directory.");
    }

    private static final class OfDirectory extends Contents {
        private final Map<String, Path> files = new TreeMap<>();

        OfDirectory(Path given) throws IOException {
            try (Stream<Path> all = Files.walk(given)) {
                for (Path file : all.filter(f -> !Files.isDirectory(f)).toList()) {
                    files.put(given.relativize(file).toString().replace('\\', '/'), file);
                }
            }
        }

        @Override
        List<String> names() {
            return List.copyOf(files.keySet());
        }

        @Override
        boolean has(String name) {
            return files.containsKey(name);
        }

        @Override
        boolean ordered() {
            return false;
        }

        @Override
        InputStream open(String name) throws IOException {
            return Files.newInputStream(files.get(name));
        }
    }

    private static final class OfZip extends Contents {
        private static final LocalDateTime NO_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

        private final ZipFile zip;
        private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

        private OfZip(ZipFile zip) {
            this.zip = zip;
        }

        static OfZip read(Path given) throws IOException, Unproved {
            if (!Files.isReadable(given)) {
                throw new IOException(given + " is not there, or cannot be read");
            }
            OfZip read = null;
            try {
                read = new OfZip(new ZipFile(given.toFile()));
                Enumeration<? extends ZipEntry> entries = read.zip.entries();
                while (entries.hasMoreElements()) {
                    ZipEntry entry = entries.nextElement();
                    if (entry.getMethod() != ZipEntry.STORED
                            || read.entries.put(entry.getName(), entry) != null) {
                        throw packedAnew();
                    }
                }
                read.requireAsWritten(given);
                return read;
            } catch (Differs e) {
                read.close();
                throw packedAnew();
            } catch (IOException | IllegalArgumentException e) {
                if (read != null) {
                    read.close();
                }
                throw new Unproved("The zip is broken: it was cut off or changed.");
            } catch (Unproved e) {
                read.close();
                throw e;
            }
        }

        private void requireAsWritten(Path given) throws IOException {
            try (InputStream original = new BufferedInputStream(Files.newInputStream(given));
                    ZipOutputStream again = new ZipOutputStream(new Same(original))) {
                again.setMethod(ZipOutputStream.STORED);
                for (ZipEntry known : entries.values()) {
                    ZipEntry entry = new ZipEntry(known.getName());
                    entry.setTimeLocal(NO_TIME);
                    entry.setSize(known.getSize());
                    entry.setCrc(known.getCrc());
                    again.putNextEntry(entry);
                    try (InputStream in = zip.getInputStream(known)) {
                        in.transferTo(again);
                    }
                    again.closeEntry();
                }
                again.finish();
                if (original.read() >= 0) {
                    throw new Differs();
                }
            }
        }

        @Override
        List<String> names() {
            return List.copyOf(entries.keySet());
        }

        @Override
        boolean has(String name) {
            return entries.containsKey(name);
        }

        @Override
        boolean ordered() {
            return true;
        }

        @Override
        InputStream open(String name) throws IOException {
            return zip.getInputStream(entries.get(name));
        }

        @Override
        public void close() throws IOException {
            zip.close();
        }
    }

    /** What is written is not what was read. */
    private static final class Differs extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Takes what the original has at the same place, and nothing else. */
    private static final class Same extends OutputStream {
        private final InputStream original;

        Same(InputStream original) {
            this.original = original;
        }

        @Override
        public void write(int one) throws IOException {
            if (original.read() != (one & 0xff)) {
                throw new Differs();
            }
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            byte[] there = original.readNBytes(length);
            if (!java.util.Arrays.equals(there, 0, there.length, bytes, from, from + length)) {
                throw new Differs();
            }
        }
    }
}

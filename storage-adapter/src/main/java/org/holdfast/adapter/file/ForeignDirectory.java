package org.holdfast.adapter.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;

/**
 * Files that scripts left below one directory. Every step below it is taken from an open directory
 * and follows no link (openat(2) with O_NOFOLLOW), so nothing outside can be reached, whatever is
 * put there meanwhile.
 */
public final class ForeignDirectory implements ForeignFiles {
    private static final int DEEPEST = 8;

    private final String name;
    private final Path root;
    private final Trouble trouble;

    public ForeignDirectory(StoreAccess.Directory access) {
        this.name = access.name();
        this.root = access.directory().toAbsolutePath().normalize();
        this.trouble = new Trouble(name, root);
    }

    /** Something to do with an open directory. */
    private interface Use<T> {
        T with(SecureDirectoryStream<Path> directory) throws IOException;
    }

    private <T> T open(Use<T> use) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
            if (!(stream instanceof SecureDirectoryStream)) {
                throw new IOException(
                        "this system cannot open directories without following links");
            }
            return use.with((SecureDirectoryStream<Path>) stream);
        }
    }

    @Override
    public boolean list(int most, Consumer<Entry> each) throws StoreFailure {
        try {
            return open(directory -> new Walk(most, each).all(directory));
        } catch (IOException e) {
            throw trouble.with("list its files", e);
        } catch (DirectoryIteratorException e) {
            throw trouble.with("list its files", e.getCause());
        }
    }

    private static final class Walk {
        private final Consumer<Entry> each;
        private int left;
        private boolean whole = true;

        Walk(int most, Consumer<Entry> each) {
            this.left = most;
            this.each = each;
        }

        boolean all(SecureDirectoryStream<Path> directory) throws IOException {
            return of(directory, "", 0) && whole;
        }

        /** What cannot be looked into is one entry, and hides nothing else. */
        private boolean closed(String name, BasicFileAttributes attributes) {
            whole = false;
            if (left-- <= 0) {
                return false;
            }
            each.accept(entry(name, attributes));
            return true;
        }

        private boolean of(SecureDirectoryStream<Path> directory, String at, int depth)
                throws IOException {
            TreeMap<String, Path> names = new TreeMap<>();
            for (Path entry : directory) {
                names.put(entry.getFileName().toString(), entry.getFileName());
                if (names.size() > left + 1) {
                    names.pollLastEntry();
                }
            }
            for (var entry : names.entrySet()) {
                BasicFileAttributes attributes;
                try {
                    attributes = attributes(directory, entry.getValue());
                } catch (NoSuchFileException gone) {
                    continue;
                }
                if (attributes.isDirectory()) {
                    if (depth == DEEPEST) {
                        if (!closed(at + entry.getKey(), attributes)) {
                            return false;
                        }
                        continue;
                    }
                    try (SecureDirectoryStream<Path> below =
                            directory.newDirectoryStream(
                                    entry.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                        if (!of(below, at + entry.getKey() + "/", depth + 1)) {
                            return false;
                        }
                    } catch (NoSuchFileException gone) {
                        continue;
                    } catch (FileSystemException | DirectoryIteratorException unreadable) {
                        if (!closed(at + entry.getKey(), attributes)) {
                            return false;
                        }
                    }
                    continue;
                }
                if (left-- <= 0) {
                    return false;
                }
                each.accept(entry(at + entry.getKey(), attributes));
            }
            return true;
        }
    }

    private static Entry entry(String name, BasicFileAttributes attributes) {
        ForeignFiles.Kind kind =
                attributes.isRegularFile()
                        ? ForeignFiles.Kind.FILE
                        : attributes.isSymbolicLink()
                                ? ForeignFiles.Kind.LINK
                                : ForeignFiles.Kind.OTHER;
        return new Entry(
                name,
                kind == ForeignFiles.Kind.FILE ? attributes.size() : 0,
                attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS),
                kind);
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path entry)
            throws IOException {
        return directory
                .getFileAttributeView(
                        entry, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    @Override
    public InputStream read(String file) throws StoreFailure {
        try {
            return open(directory -> descend(directory, file));
        } catch (IOException e) {
            throw trouble.with("read " + file, e);
        }
    }

    private InputStream descend(SecureDirectoryStream<Path> directory, String file)
            throws IOException {
        int slash = file.indexOf('/');
        String first = slash < 0 ? file : file.substring(0, slash);
        if (first.isEmpty() || first.equals(".") || first.equals("..") || first.indexOf(0) >= 0) {
            throw missing(file);
        }
        Path entry = root.getFileSystem().getPath(first);
        BasicFileAttributes attributes = attributes(directory, entry);
        if (slash >= 0) {
            if (!attributes.isDirectory()) {
                throw missing(file);
            }
            try (SecureDirectoryStream<Path> below =
                    directory.newDirectoryStream(entry, LinkOption.NOFOLLOW_LINKS)) {
                return descend(below, file.substring(slash + 1));
            }
        }
        if (!attributes.isRegularFile()) {
            throw missing(file);
        }
        SeekableByteChannel channel =
                directory.newByteChannel(
                        entry, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        return new Whole(file, channel, channel.size());
    }

    private StoreFailure missing(String file) {
        return new StoreFailure(
                StoreFailure.Kind.MISSING, "Place \"" + name + "\" has no file \"" + file + "\".");
    }

    @Override
    public void close() {
        // Holds nothing open between calls.
    }

    /** The bytes up to the size that the file had when it was opened. */
    private final class Whole extends InputStream {
        private final String file;
        private final SeekableByteChannel channel;
        private final InputStream in;
        private final long size;
        private long at;

        Whole(String file, SeekableByteChannel channel, long size) {
            this.file = file;
            this.channel = channel;
            this.in = Channels.newInputStream(channel);
            this.size = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (at == size) {
                return -1;
            }
            int count;
            try {
                count = in.read(bytes, offset, (int) Math.min(length, size - at));
            } catch (IOException e) {
                throw trouble.with("read " + file + " at byte " + at, e);
            }
            if (count < 0) {
                throw new StoreFailure(
                        StoreFailure.Kind.CORRUPT,
                        "File \"%s\" of place \"%s\" ended at byte %,d of %,d."
                                .formatted(file, name, at, size));
            }
            at += count;
            return count;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}

package org.holdfast.adapter.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
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
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
    private static final Duration WALK = Duration.ofSeconds(10);

    /** NAME_MAX, in bytes. */
    private static final int LONGEST_NAME = 255;

    /**
     * For opening one file, and for one piece of it where somebody waits: who imports waits in a
     * transaction that holds a row.
     */
    public static final Duration OPENING = Duration.ofSeconds(5);

    /**
     * For looking up and opening one file where nobody waits: a share that pauses for less must not
     * cost an import that read for hours.
     */
    private static final Duration PATIENT = Duration.ofMinutes(5);

    private final String name;
    private final Path root;
    private final Trouble trouble;
    private final Optional<Duration> answer;
    private final Duration longest;

    /**
     * @param waiting whether somebody waits for what is read: then a piece of a file that does not
     *     come within {@link #OPENING} is a failure. Otherwise looking up and opening wait for
     *     minutes, and reading for as long as the system does, which is for ever with a share that
     *     is mounted hard
     */
    public ForeignDirectory(StoreAccess.Directory access, boolean waiting) {
        this(access, waiting ? Optional.of(OPENING) : Optional.empty(), WALK);
    }

    /**
     * @param answer within which each piece of a file has to come, where there is such a limit
     * @param longest that {@link #list} goes on looking for more
     */
    ForeignDirectory(StoreAccess.Directory access, Optional<Duration> answer, Duration longest) {
        this.name = access.name();
        this.root = access.directory().toAbsolutePath().normalize();
        this.trouble = Trouble.ofPlace(name, root);
        this.answer = answer;
        this.longest = longest;
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

    /** What is looked up or opened, for as long as who asks can wait. */
    private <T> T opening(Use<T> use) throws IOException {
        return answer.isPresent()
                ? Opening.within(root, OPENING, () -> open(use))
                : Opening.patiently(root, PATIENT, OPENING, () -> open(use));
    }

    @Override
    public boolean list(int most, Consumer<Entry> each) throws StoreFailure {
        try {
            Walk walk =
                    Opening.within(
                            root,
                            longest.plus(OPENING),
                            () -> open(directory -> new Walk(most, longest).of(directory)));
            walk.found.forEach(each);
            return walk.whole;
        } catch (IOException e) {
            throw trouble.with("list its files", e);
        } catch (DirectoryIteratorException e) {
            throw trouble.with("list its files", e.getCause());
        }
    }

    /** It goes by directories, and may leave out the last names of each. */
    @Override
    public boolean listsByName() {
        return false;
    }

    private static final class Walk {
        private final List<Entry> found = new ArrayList<>();
        private final int most;
        private final long until;
        private int directories;
        private boolean whole = true;

        Walk(int most, Duration longest) {
            this.most = most;
            this.until = System.nanoTime() + longest.toNanos();
        }

        Walk of(SecureDirectoryStream<Path> root) throws IOException {
            if (!all(root, "", 0)) {
                whole = false;
            }
            return this;
        }

        private boolean late() {
            return System.nanoTime() - until > 0;
        }

        /** What cannot be looked into is one entry, and hides nothing else. */
        private boolean closed(String name, BasicFileAttributes attributes) {
            whole = false;
            return add(name, attributes);
        }

        private boolean add(String name, BasicFileAttributes attributes) {
            if (found.size() == most) {
                return false;
            }
            found.add(entry(name, attributes));
            return true;
        }

        /** Whether to go on. */
        private boolean all(SecureDirectoryStream<Path> directory, String at, int depth)
                throws IOException {
            TreeMap<String, Path> names = new TreeMap<>();
            for (Path entry : directory) {
                names.put(entry.getFileName().toString(), entry.getFileName());
                if (names.size() > 2 * most) {
                    names.pollLastEntry();
                    whole = false;
                }
                if (late()) {
                    return false;
                }
            }
            for (var entry : names.entrySet()) {
                if (late() || !one(directory, at + entry.getKey(), entry.getValue(), depth)) {
                    return false;
                }
            }
            return true;
        }

        private boolean one(
                SecureDirectoryStream<Path> directory, String name, Path entry, int depth)
                throws IOException {
            BasicFileAttributes attributes;
            try {
                attributes = attributes(directory, entry);
            } catch (NoSuchFileException gone) {
                return true;
            }
            if (!attributes.isDirectory()) {
                return add(name, attributes);
            }
            if (depth == DEEPEST) {
                return closed(name, attributes);
            }
            if (directories++ == most) {
                return false;
            }
            try (SecureDirectoryStream<Path> below =
                    directory.newDirectoryStream(entry, LinkOption.NOFOLLOW_LINKS)) {
                return all(below, name + "/", depth + 1);
            } catch (NoSuchFileException gone) {
                return true;
            } catch (FileSystemException | DirectoryIteratorException unreadable) {
                return closed(name, attributes);
            }
        }
    }

    private static Entry entry(String name, BasicFileAttributes attributes) {
        ForeignFiles.Kind kind =
                attributes.isRegularFile()
                        ? ForeignFiles.Kind.FILE
                        : attributes.isSymbolicLink()
                                ? ForeignFiles.Kind.LINK
                                : attributes.isDirectory()
                                        ? ForeignFiles.Kind.DIRECTORY
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

    /** What to do where the way down ends. */
    private interface End<T> {
        T at(SecureDirectoryStream<Path> directory, Path entry, BasicFileAttributes attributes)
                throws IOException;
    }

    @Override
    public Optional<Entry> find(String file) throws StoreFailure {
        if (longestName(file) > LONGEST_NAME) {
            return Optional.empty();
        }
        try {
            return opening(directory -> find(directory, file));
        } catch (IOException e) {
            throw trouble.with("look up " + file, e);
        }
    }

    private static int longestName(String file) {
        return Stream.of(file.split("/", -1))
                .mapToInt(name -> name.getBytes(StandardCharsets.UTF_8).length)
                .max()
                .orElse(0);
    }

    private Optional<Entry> find(SecureDirectoryStream<Path> directory, String file)
            throws IOException {
        try {
            return Optional.of(descend(directory, file, (in, entry, found) -> entry(file, found)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (StoreFailure e) {
            if (e.kind() == StoreFailure.Kind.MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public InputStream read(String file) throws StoreFailure {
        try {
            return opening(
                    directory ->
                            descend(
                                    directory,
                                    file,
                                    (in, entry, found) -> opened(file, in, entry, found)));
        } catch (IOException e) {
            throw trouble.with("read " + file, e);
        }
    }

    private <T> T descend(SecureDirectoryStream<Path> directory, String file, End<T> end)
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
                return descend(below, file.substring(slash + 1), end);
            }
        }
        return end.at(directory, entry, attributes);
    }

    private InputStream opened(
            String file,
            SecureDirectoryStream<Path> directory,
            Path entry,
            BasicFileAttributes attributes)
            throws IOException {
        if (!attributes.isRegularFile()) {
            throw missing(file);
        }
        SeekableByteChannel channel =
                directory.newByteChannel(
                        entry, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        return WholeFile.of(
                file,
                channel,
                bytes -> answer.isPresent() ? new TimedReads(root, answer.get(), bytes) : bytes,
                trouble);
    }

    private StoreFailure missing(String file) {
        return new StoreFailure(
                StoreFailure.Kind.MISSING, "Place \"" + name + "\" has no file \"" + file + "\".");
    }

    @Override
    public void close() {
        // Holds nothing open between calls.
    }
}

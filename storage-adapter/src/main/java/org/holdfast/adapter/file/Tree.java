package org.holdfast.adapter.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A tree of directories whose files have keys: their paths below the root, joined by slashes. It
 * knows how to grow and prune directories while other processes do the same, and how to walk in the
 * order of keys.
 */
final class Tree {
    /** Names of a directory held at once while walking. */
    static final int PAGE = 4096;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

    /** How often a directory may vanish under our hands before that is an error. */
    private static final int RACES = 100;

    private final Path root;
    private final boolean posix;

    Tree(Path root) {
        this.root = root;
        this.posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    Path root() {
        return root;
    }

    Path path(String key) {
        return root.resolve(key);
    }

    /** Makes the root and its missing parents. */
    void make() throws IOException {
        Files.createDirectories(root, directoryMode());
    }

    FileAttribute<?>[] fileMode() {
        return mode("rw-------");
    }

    private FileAttribute<?>[] directoryMode() {
        return mode("rwx------");
    }

    private FileAttribute<?>[] mode(String mode) {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
                }
                : new FileAttribute<?>[0];
    }

    /** What to do with a path whose directory was just made. */
    interface Placing {
        void at(Path path) throws IOException;
    }

    /**
     * Makes the directory of {@code key}, then lets {@code placing} put something there. Another
     * process may prune the still empty directory between the two: then both are done again.
     */
    void place(String key, Placing placing) throws IOException {
        Path path = path(key);
        for (int race = 1; ; race++) {
            grow(path.getParent());
            try {
                placing.at(path);
                return;
            } catch (NoSuchFileException pruned) {
                if (race == RACES) {
                    throw pruned;
                }
            }
        }
    }

    private void grow(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (directory.equals(root)) {
            make();
            return;
        }
        for (int race = 1; ; race++) {
            grow(directory.getParent());
            try {
                Files.createDirectory(directory, directoryMode());
                force(directory.getParent());
                return;
            } catch (FileAlreadyExistsException other) {
                if (Files.isDirectory(directory)) {
                    return;
                }
                if (race == RACES) {
                    throw other;
                }
            } catch (NoSuchFileException pruned) {
                if (race == RACES) {
                    throw pruned;
                }
            }
        }
    }

    /** Removes a file, if it is there, and the directories it leaves empty. */
    void remove(Path file) throws IOException {
        if (!Files.deleteIfExists(file)) {
            return;
        }
        force(file.getParent());
        prune(file.getParent());
    }

    /** Removes {@code directory} and its parents below the root while they are empty. */
    void prune(Path directory) throws IOException {
        Path at = directory;
        while (!at.equals(root) && at.startsWith(root)) {
            try {
                Files.deleteIfExists(at);
            } catch (DirectoryNotEmptyException inUse) {
                return;
            }
            at = at.getParent();
        }
    }

    /**
     * Makes a directory's entries last through a power cut (fsync(2) on the directory). Some
     * network file systems refuse that for directories; like PostgreSQL's own fsync_fname, their
     * "Invalid argument" and "Bad file descriptor" are not taken for a failure.
     */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException pruned) {
            // Whoever removed it has no entries left to keep.
        } catch (IOException e) {
            String said = String.valueOf(e.getMessage());
            if (!said.contains("Invalid argument") && !said.contains("Bad file descriptor")) {
                throw e;
            }
        }
    }

    /** What a walk meets. */
    interface Visitor {
        void file(String key, Path path, BasicFileAttributes attributes) throws IOException;
    }

    /**
     * Shows every regular file whose key begins with {@code prefix}, in the order of keys. Of each
     * directory at most {@value #PAGE} names are held at once; files that come or go meanwhile are
     * met or not. Symbolic links and names that no key can have are passed over.
     */
    void walk(String prefix, Visitor visitor) throws IOException {
        walk(root, "", prefix, visitor);
    }

    private void walk(Path directory, String at, String prefix, Visitor visitor)
            throws IOException {
        String after = "";
        List<String> page;
        do {
            page = page(directory, at, prefix, after);
            for (String name : page) {
                if (name.endsWith("/")) {
                    Path below = directory.resolve(name.substring(0, name.length() - 1));
                    walk(below, at + name, prefix, visitor);
                } else {
                    Path file = directory.resolve(name);
                    try {
                        visitor.file(at + name, file, attributes(file));
                    } catch (NoSuchFileException gone) {
                        continue;
                    }
                }
                after = name;
            }
        } while (page.size() == PAGE);
    }

    /**
     * The next names of a directory. A directory's name gets its slash before names are compared:
     * in the order of keys {@code a.b} stands before {@code a/b}.
     */
    private static List<String> page(Path directory, String at, String prefix, String after)
            throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!NAME.matcher(name).matches()) {
                    continue;
                }
                BasicFileAttributes attributes;
                try {
                    attributes = attributes(entry);
                } catch (NoSuchFileException gone) {
                    continue;
                }
                String key = at + name;
                if (attributes.isDirectory()) {
                    name += "/";
                    key += "/";
                    if (!key.startsWith(prefix) && !prefix.startsWith(key)) {
                        continue;
                    }
                } else if (!attributes.isRegularFile() || !key.startsWith(prefix)) {
                    continue;
                }
                if (name.compareTo(after) > 0) {
                    names.add(name);
                    if (names.size() > PAGE) {
                        names.pollLast();
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException gone) {
            return List.of();
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return List.copyOf(names);
    }

    /** Whether a part of the path that would have to be a directory is a file (ENOTDIR). */
    boolean isBelowAFile(Path path) {
        for (Path at = path.getParent(); !at.equals(root); at = at.getParent()) {
            if (Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    /** Attributes of the entry itself, not of what a link points to. */
    static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}

package org.holdfast.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A private directory (mode 0700) for one run: passfiles, the children's error output, scratch. It
 * is removed with all that is in it when it is closed.
 */
public final class WorkDir implements AutoCloseable {
    private final Path path;

    private WorkDir(Path path) {
        this.path = path;
    }

    /**
     * Makes a new one below {@code base}, which is made (mode 0700) where it is missing.
     *
     * @throws IOException the directory cannot be made or the file system knows no permissions
     */
    public static WorkDir below(Path base) throws IOException {
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        if (!Files.isDirectory(base)) {
            Files.createDirectories(base, owner);
        }
        return new WorkDir(Files.createTempDirectory(base, "run-", owner));
    }

    /** Absolute. */
    public Path path() {
        return path.toAbsolutePath();
    }

    /**
     * Lets others pass through it (mode 0711), and no more: a program of another account can have
     * it as its working directory and write nothing there. To be given away it is not made, since
     * whoever owns it could lay links in the way of its removal.
     */
    void letPass() throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** A new, empty file of mode 0600. */
    public Path newFile(String prefix) throws IOException {
        return Files.createTempFile(path(), prefix + "-", "");
    }

    @Override
    public void close() {
        try {
            delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Removes a tree where it is there, links as links; whoever is just ending may remove files of
     * it meanwhile.
     */
    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path dir, IOException failure)
                            throws IOException {
                        Files.deleteIfExists(dir);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}

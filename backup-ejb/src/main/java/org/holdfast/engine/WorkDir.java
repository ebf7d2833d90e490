package org.holdfast.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A private directory (mode 0700) for one run: passfiles, the children's error output, scratch. It
 * is removed with all that is in it when it is closed, and by {@link #removeLeft} where the server
 * was killed before: a lock beside it tells whether its server still runs.
 */
public final class WorkDir implements AutoCloseable {
    private static final String PREFIX = "run-";

    /** Between a directory and the lock beside it lie no more than moments. */
    private static final Duration BEING_MADE = Duration.ofHours(1);

    /** A server cannot ask for a lock of its own without losing it. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path real;
    private final FileChannel held;

    private WorkDir(Path path, Path real, FileChannel held) {
        this.path = path;
        this.real = real;
        this.held = held;
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
        Path path = Files.createTempDirectory(base, PREFIX, owner);
        Path real = path.toRealPath();
        OWN.add(real);
        FileChannel held =
                FileChannel.open(
                        lockOf(path),
                        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        held.lock();
        return new WorkDir(path, real, held);
    }

    private static Path lockOf(Path dir) {
        return dir.resolveSibling("." + dir.getFileName() + ".held");
    }

    /**
     * Removes directories below {@code base} whose server was killed, with all that is in them.
     *
     * @return how many; 0 where there is no such {@code base}
     */
    public static int removeLeft(Path base) throws IOException {
        if (!Files.isDirectory(base)) {
            return 0;
        }
        int removed = 0;
        try (DirectoryStream<Path> found = Files.newDirectoryStream(base, PREFIX + "*")) {
            for (Path each : found) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)
                        && !OWN.contains(each.toRealPath())
                        && removeIfLeft(each)) {
                    removed++;
                }
            }
        }
        return removed;
    }

    private static boolean removeIfLeft(Path dir) throws IOException {
        Path file = lockOf(dir);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Instant made = Files.getLastModifiedTime(dir).toInstant();
            if (made.isAfter(Instant.now().minus(BEING_MADE))) {
                return false;
            }
            delete(dir);
            return true;
        }
        try (FileChannel channel =
                        FileChannel.open(
                                file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return false;
            }
            delete(dir);
            Files.deleteIfExists(file);
            return true;
        } catch (NoSuchFileException | AccessDeniedException e) {
            // removed meanwhile, or another account's
            return false;
        }
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
        try (held) {
            delete(path);
            Files.deleteIfExists(lockOf(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            OWN.remove(real);
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

package org.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The one of all servers of a build that writes its classes to an archive when it ends. Not in the
 * middle of its life (jcmd's dynamic_dump): the JVM then fell over its own lambdas. It holds a
 * lock, which the system takes back however this JVM ends: then the next one learns.
 */
final class Learner {
    /** Before the lock is tried: closing a file gives up all locks on it of a process (fcntl). */
    private static final AtomicBoolean HERE = new AtomicBoolean();

    private final Path archive;
    private final FileChannel token;

    private Learner(Path archive) throws IOException {
        this.archive = archive;
        this.token =
                FileChannel.open(
                        archive.resolveSibling("learning"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
    }

    /** Nobody where the archive is there, or where another one learns. */
    static Optional<Learner> of(Path archive) throws IOException {
        if (Files.exists(archive) || !HERE.compareAndSet(false, true)) {
            return Optional.empty();
        }
        Learner learner = new Learner(archive);
        if (learner.token.tryLock() != null && Files.notExists(archive)) {
            return Optional.of(learner);
        }
        learner.giveBack();
        return Optional.empty();
    }

    /** Where its server is to write. */
    Path making() {
        return archive.resolveSibling("classes.making-" + ProcessHandle.current().pid());
    }

    /**
     * To be told once of its server.
     *
     * @param inOrder whether what it wrote is whole; otherwise another one may learn
     */
    void ended(boolean inOrder) {
        try {
            if (inOrder && Files.exists(making())) {
                Files.move(making(), archive, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.deleteIfExists(making());
            }
            giveBack();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void giveBack() throws IOException {
        token.close();
        HERE.set(false);
    }
}

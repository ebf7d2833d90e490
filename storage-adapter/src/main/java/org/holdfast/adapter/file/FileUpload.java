package org.holdfast.adapter.file;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.holdfast.adapter.UploadLife;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;
import org.holdfast.domain.storage.Upload;

/** A file growing under {@code .uploads/} until it is renamed to its place. */
final class FileUpload implements Upload {
    private static final int BUFFER = 256 * 1024;

    /**
     * Bytes after which a flush to the disk begins, and how many may wait for it. Left to itself
     * the kernel gathers up to a fifth of the memory, and publishing would stand still while a slow
     * disk takes all of it at once.
     */
    private static final long FLUSH = 32L * 1024 * 1024;

    private static final long UNFLUSHED = 8 * FLUSH;

    private static final Executor FLUSHERS =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "directory-store-flush");
                        thread.setDaemon(true);
                        return thread;
                    });

    private final ObjectKey key;
    private final Path growing;
    private final Tree objects;
    private final Tree uploads;
    private final Trouble trouble;
    private final FileChannel channel;
    private final Body body = new Body();
    private final UploadLife life;

    private FileUpload(
            ObjectKey key,
            Path growing,
            FileChannel channel,
            Tree objects,
            Tree uploads,
            Trouble trouble) {
        this.key = key;
        this.life = new UploadLife(key);
        this.growing = growing;
        this.channel = channel;
        this.objects = objects;
        this.uploads = uploads;
        this.trouble = trouble;
    }

    /**
     * @param name the path below {@code .uploads/}
     */
    static FileUpload begin(ObjectKey key, String name, Tree objects, Tree uploads, Trouble trouble)
            throws IOException {
        FileChannel[] opened = new FileChannel[1];
        uploads.place(
                name,
                path ->
                        opened[0] =
                                FileChannel.open(
                                        path,
                                        Set.of(
                                                StandardOpenOption.CREATE_NEW,
                                                StandardOpenOption.WRITE),
                                        uploads.fileMode()));
        return new FileUpload(key, uploads.path(name), opened[0], objects, uploads, trouble);
    }

    @Override
    public OutputStream body() {
        return body;
    }

    @Override
    public Blob publish() throws StoreFailure {
        life.publishing();
        Path[] place = new Path[1];
        try {
            body.awaitFlush();
            channel.force(true);
            channel.close();
            objects.place(
                    key.value(),
                    path -> {
                        Files.move(growing, path, StandardCopyOption.ATOMIC_MOVE);
                        place[0] = path;
                    });
            Tree.force(place[0].getParent());
            BasicFileAttributes attributes = Tree.attributes(place[0]);
            if (attributes.size() != body.written) {
                throw new StoreFailure(
                        Kind.CORRUPT,
                        "%s has %,d bytes instead of the %,d that were written."
                                .formatted(place[0], attributes.size(), body.written));
            }
            life.published();
            prune();
            return DirectoryStore.blob(key, attributes);
        } catch (IOException e) {
            if (place[0] != null) {
                takeBack(place[0], e);
            }
            throw trouble.writing("publish " + key, e);
        }
    }

    /** What failed to become durable must not stay visible. */
    private void takeBack(Path place, IOException cause) {
        try {
            objects.remove(place);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void prune() {
        try {
            uploads.prune(growing.getParent());
        } catch (IOException e) {
            // An empty directory under .uploads/ disturbs nobody.
        }
    }

    @Override
    public void close() {
        if (!life.abort()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            channel.close();
            uploads.remove(growing);
        } catch (IOException e) {
            // unfinished() still tells of it, so the sweep removes it later.
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Body extends OutputStream {
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        private long written;
        private long flushed;
        private CompletableFuture<Void> flush = CompletableFuture.completedFuture(null);

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            life.requireWriting();
            while (length > 0) {
                int n = Math.min(length, buffer.remaining());
                buffer.put(bytes, offset, n);
                offset += n;
                length -= n;
                if (!buffer.hasRemaining()) {
                    drain();
                }
            }
        }

        @Override
        public void flush() throws IOException {
            if (life.writing()) {
                drain();
            }
        }

        @Override
        public void close() throws IOException {
            if (life.writing()) {
                drain();
                life.written();
            }
        }

        private void force() {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A failed flush is told once, to whoever asked for it: it must not be lost. */
        private void awaitFlush() throws IOException {
            try {
                flush.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UncheckedIOException io) {
                    throw io.getCause();
                }
                throw new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
        }

        private void drain() throws StoreFailure {
            buffer.flip();
            try {
                while (buffer.hasRemaining()) {
                    written += channel.write(buffer);
                }
                if (written - flushed >= UNFLUSHED
                        || (flush.isDone() && written - flushed >= FLUSH)) {
                    awaitFlush();
                    flushed = written;
                    flush = CompletableFuture.runAsync(this::force, FLUSHERS);
                }
            } catch (IOException e) {
                life.failed();
                throw trouble.writing("write " + key, e);
            }
            buffer.clear();
        }
    }
}

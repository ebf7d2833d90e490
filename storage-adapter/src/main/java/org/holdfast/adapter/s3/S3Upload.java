package org.holdfast.adapter.s3;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.holdfast.adapter.UploadLife;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;

/**
 * An object on its way into a bucket.
 *
 * <p>The writer fills one part while at most two are sent by other threads, so it waits for the
 * network only when that is slower than it, and three parts are all that is held. What fits one
 * part is sent by a single PUT when it is published; the multipart upload begins with the first
 * full part. Publishing is Complete, followed by a look at the object; closing is Abort.
 */
final class S3Upload implements Upload {
    private static final int IN_FLIGHT = 2;

    private final ObjectKey key;
    private final UploadLife life;
    private final String object;
    private final S3Store store;
    private final Wire wire;
    private final Patience patience;
    private final Trouble trouble;
    private final PartSizes sizes;
    private final ExecutorService senders;
    private final Duration cleaning;

    private final Deque<byte[]> spare = new ConcurrentLinkedDeque<>();
    private final Semaphore flights = new Semaphore(IN_FLIGHT);
    private final TreeMap<Integer, String> etags = new TreeMap<>();
    private final Body body = new Body();
    private Part filling = new Part(spare);
    private int number = 1;
    private long written;
    private String uploadId;

    /** Set when a request was sent that may have begun another upload than the one in hand. */
    private boolean strayUpload;

    /** Set when a request was sent that may have made the object visible. */
    private boolean maybeVisible;

    private volatile StoreFailure failure;

    S3Upload(
            ObjectKey key,
            String object,
            S3Store store,
            Wire wire,
            Patience patience,
            Trouble trouble,
            PartSizes sizes,
            ExecutorService senders,
            Duration cleaning) {
        this.key = key;
        this.life = new UploadLife(key);
        this.object = object;
        this.store = store;
        this.wire = wire;
        this.patience = patience;
        this.trouble = trouble;
        this.sizes = sizes;
        this.senders = senders;
        this.cleaning = cleaning;
    }

    @Override
    public OutputStream body() {
        return body;
    }

    @Override
    public Blob publish() throws StoreFailure {
        life.publishing();
        if (uploadId == null) {
            putWhole();
        } else {
            if (filling.length() > 0) {
                send();
            }
            awaitFlights();
            complete();
        }
        Blob blob = seen();
        life.published();
        if (strayUpload) {
            sweep(patience.within(cleaning));
        }
        return blob;
    }

    private void putWhole() throws StoreFailure {
        Wire.Sum sum = wire.sum(filling);
        maybeVisible = true;
        patience.call("write " + key, () -> wire.put(object, filling, sum));
    }

    /**
     * Joins the parts. The answer may be lost after the store has done it; so before another
     * attempt the object is looked for, and found whole counts as done.
     */
    private void complete() throws StoreFailure {
        io.minio.messages.Part[] parts =
                etags.entrySet().stream()
                        .map(e -> new io.minio.messages.Part(e.getKey(), e.getValue()))
                        .toArray(io.minio.messages.Part[]::new);
        String doing = "publish " + key;
        Patience.Tries tries = patience.tries(doing);
        boolean unanswered = false;
        while (true) {
            maybeVisible = true;
            try {
                Patience.await(doing, wire.complete(object, uploadId, parts));
                return;
            } catch (ExecutionException e) {
                Throwable cause = Trouble.cause(e);
                boolean gone = cause instanceof Answered answer && answer.is("NoSuchUpload");
                unanswered |= Trouble.advice(cause) == Trouble.Advice.WAIT;
                if (!unanswered) {
                    throw trouble.with(doing, cause);
                }
                Optional<Blob> there = store.stat(key);
                if (there.isPresent() && there.get().size() == written) {
                    return;
                }
                if (gone) {
                    // An earlier attempt took the parts; what it makes of them shows shortly.
                    tries.failed(new IOException("its parts are gone and it is not there", cause));
                } else {
                    tries.failed(cause);
                }
            }
        }
    }

    /** What was published, looked at: success is what the store shows, not what it answered. */
    private Blob seen() throws StoreFailure {
        Blob blob =
                store.stat(key)
                        .orElseThrow(
                                () ->
                                        trouble.corrupt(
                                                "took "
                                                        + key
                                                        + " and does not show it. Do not keep"
                                                        + " backups in it before that is"
                                                        + " explained."));
        if (blob.size() != written) {
            throw trouble.corrupt(
                    "shows %s with %,d bytes instead of the %,d that were written."
                            .formatted(key, blob.size(), written));
        }
        return blob;
    }

    /** Hands the filled part to a sender; waits while two are on their way. */
    private void send() throws StoreFailure {
        if (number > PartSizes.MOST) {
            throw trouble.corrupt(
                    "takes no object as large as " + key + ": 10,000 parts are full.");
        }
        if (uploadId == null) {
            create();
        }
        acquire(1);
        if (failure != null) {
            flights.release();
            throw failure;
        }
        Part part = filling;
        int n = number++;
        filling = new Part(spare);
        senders.execute(() -> fly(n, part));
    }

    private void create() throws StoreFailure {
        String doing = "begin " + key;
        Patience.Tries tries = patience.tries(doing, life::aborted);
        while (uploadId == null) {
            try {
                uploadId = Patience.await(doing, wire.create(object));
            } catch (ExecutionException e) {
                strayUpload = true;
                tries.failed(Trouble.cause(e));
            }
        }
        if (life.aborted()) {
            store.abort(key, uploadId, patience.within(cleaning));
            throw new StoreFailure(Kind.UNREACHABLE, "The upload of " + key + " was given up.");
        }
    }

    private void fly(int n, Part part) {
        try {
            String doing = "write part " + n + " of " + key;
            Wire.Sum sum = wire.sum(part);
            Patience.Tries tries = patience.tries(doing, life::aborted);
            while (failure == null && !life.aborted()) {
                try {
                    String etag = Patience.await(doing, wire.put(object, uploadId, n, part, sum));
                    synchronized (etags) {
                        etags.put(n, etag);
                    }
                    return;
                } catch (ExecutionException e) {
                    tries.failed(Trouble.cause(e));
                }
            }
        } catch (StoreFailure e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new StoreFailure(Kind.UNREACHABLE, "Part " + n + " of " + key + ": " + e, e);
        } finally {
            part.release();
            flights.release();
        }
    }

    private void acquire(int permits) throws StoreFailure {
        try {
            flights.acquire(permits);
        } catch (InterruptedException e) {
            throw Patience.interrupted("write " + key);
        }
    }

    private void awaitFlights() throws StoreFailure {
        acquire(IN_FLIGHT);
        flights.release(IN_FLIGHT);
        if (failure != null) {
            throw failure;
        }
        if (etags.size() != number - 1) {
            throw new IllegalStateException(
                    "Of " + (number - 1) + " parts of " + key + " only " + etags.size() + " went.");
        }
    }

    @Override
    public void close() {
        if (!life.abort()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            abort(patience.within(cleaning));
        } catch (StoreFailure e) {
            // unfinished() still tells of it, so the sweep removes it later.
        } finally {
            filling.release();
            spare.clear();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void abort(Patience patience) throws StoreFailure {
        if (uploadId != null) {
            landAll();
            store.abort(key, uploadId, patience);
        }
        if (strayUpload) {
            sweep(patience);
        }
        if (maybeVisible) {
            store.delete(key, patience);
        }
    }

    /** A part that arrives after the Abort would lie in the store for ever. */
    private void landAll() {
        long end = System.nanoTime() + cleaning.toNanos();
        try {
            while (!flights.tryAcquire(IN_FLIGHT, 50, TimeUnit.MILLISECONDS)) {
                wire.cancel(uploadId);
                if (System.nanoTime() > end) {
                    return;
                }
            }
            flights.release(IN_FLIGHT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keys are used once, so every unfinished upload of this key is ours. */
    private void sweep(Patience patience) {
        try {
            List<UnfinishedUpload> strays = new ArrayList<>();
            store.unfinished(key.value(), strays::add, patience);
            for (UnfinishedUpload stray : strays) {
                if (stray.key().equals(key)) {
                    store.abort(key, stray.id(), patience);
                }
            }
        } catch (StoreFailure e) {
            // unfinished() still tells of them.
        }
    }

    private final class Body extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            requireWriting();
            try {
                while (length > 0) {
                    long size = sizes.of(Math.min(number, PartSizes.MOST));
                    if (filling.length() == size) {
                        // Only now is it known that this part is not the whole object.
                        send();
                        continue;
                    }
                    int n = (int) Math.min(length, size - filling.length());
                    filling.write(bytes, offset, n);
                    written += n;
                    offset += n;
                    length -= n;
                }
            } catch (StoreFailure e) {
                life.failed();
                throw e;
            }
        }

        private void requireWriting() throws IOException {
            StoreFailure failed = failure;
            if (failed != null) {
                life.failed();
                throw failed;
            }
            life.requireWriting();
        }

        @Override
        public void close() {
            life.written();
        }
    }
}

package org.holdfast.adapter.s3;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Response;
import org.holdfast.domain.shared.BlockInput;
import org.holdfast.domain.storage.StoreFailure;

/**
 * An object's bytes from the first to the last. A connection that breaks is replaced by one that
 * goes on where it broke, for the same object (If-Match with its ETag, RFC 9110 section 13.1.1).
 */
final class WholeObject extends BlockInput {
    private final Wire wire;
    private final Patience patience;
    private final Trouble trouble;
    private final Object key;
    private final String object;
    private String etag;
    private long size = -1;
    private long at;
    private volatile HeldBody body;
    private volatile boolean closed;

    /** Held while the body is read: only its holder may close the body. */
    private final ReentrantLock reading = new ReentrantLock();

    private WholeObject(Wire wire, Patience patience, Trouble trouble, Object key, String object) {
        this.wire = wire;
        this.patience = patience;
        this.trouble = trouble;
        this.key = key;
        this.object = object;
    }

    static WholeObject open(
            Wire wire, Patience patience, Trouble trouble, Object key, String object)
            throws StoreFailure {
        WholeObject whole = new WholeObject(wire, patience, trouble, key, object);
        whole.connect(patience.tries(whole.doing(), whole::isClosed));
        return whole;
    }

    private String doing() {
        return at == 0 ? "read " + key : "read %s from byte %,d".formatted(key, at);
    }

    private boolean isClosed() {
        return closed;
    }

    /** Asks for the rest until it comes. */
    private void connect(Patience.Tries tries) throws StoreFailure {
        while (true) {
            try {
                Response response = Patience.await(doing(), wire.get(object, at, etag));
                accept(response);
                return;
            } catch (ExecutionException e) {
                Throwable cause = Trouble.cause(e);
                if (cause instanceof Answered answer) {
                    if (answer.status() == 404 && !answer.is("NoSuchBucket")) {
                        throw trouble.missing(key, answer);
                    }
                    if (answer.status() == 412) {
                        throw trouble.corrupt(
                                "replaced %s while it was read; what was read is of no use."
                                        .formatted(key));
                    }
                }
                tries.failed(cause);
            }
        }
    }

    private void accept(Response response) throws StoreFailure {
        HeldBody next = (HeldBody) response.body();
        long length = next.contentLength();
        if (at == 0 && response.code() == 200 && length < 0) {
            response.close();
            throw trouble.corrupt(
                    "does not say how long %s is, so its end could not be told from a break."
                            .formatted(key));
        }
        if (at == 0 && response.code() == 200) {
            size = length;
            etag = response.header("ETag");
        } else if (response.code() != 206
                || !("bytes " + at + "-" + (size - 1) + "/" + size)
                        .equals(response.header("Content-Range"))) {
            response.close();
            throw trouble.corrupt(
                    "answered %s for bytes %,d to %,d of %s."
                            .formatted(
                                    response.header("Content-Range", "HTTP " + response.code()),
                                    at,
                                    size - 1,
                                    key));
        }
        body = next;
        if (closed) {
            next.cancel();
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        reading.lock();
        try {
            return readOn(bytes, offset, length);
        } finally {
            if (closed) {
                body.close();
            }
            reading.unlock();
        }
    }

    private int readOn(byte[] bytes, int offset, int length) throws IOException {
        Patience.Tries tries = null;
        while (true) {
            if (closed) {
                throw new IOException("The stream of " + key + " is closed.");
            }
            if (at == size) {
                return -1;
            }
            IOException broken;
            try {
                int n =
                        body.source()
                                .inputStream()
                                .read(bytes, offset, (int) Math.min(length, size - at));
                if (n > 0) {
                    at += n;
                    return n;
                }
                broken = new IOException("the answer ended early");
            } catch (IOException e) {
                broken = e;
            }
            if (closed) {
                throw new IOException("The stream of " + key + " is closed.", broken);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw Patience.interrupted(doing());
            }
            abandon();
            if (tries == null) {
                tries = patience.tries(doing(), this::isClosed);
            }
            tries.failed(broken);
            connect(tries);
        }
    }

    private void abandon() {
        HeldBody old = body;
        old.cancel();
        old.close();
    }

    /** May be called by another thread to end a read that hangs. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (at < size) {
                body.cancel();
            }
            if (reading.tryLock()) {
                try {
                    body.close();
                } finally {
                    reading.unlock();
                }
            }
        }
    }
}

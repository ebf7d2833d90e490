package org.holdfast.pipeline;

import java.io.IOException;
import java.io.OutputStream;

/**
 * An output stream whose end is said aloud. {@link #seal()} writes what a format needs at its end
 * and passes the call on to the next link; {@link #close()} only lets go. A link that was closed
 * without being sealed, or whose write failed, has left an artifact that no reader accepts as whole
 * (invariant 2: closing never publishes).
 */
public abstract class Link extends OutputStream {
    private enum State {
        OPEN,
        BROKEN,
        SEALED
    }

    /** Where this link writes. */
    protected final OutputStream next;

    private State state = State.OPEN;
    private boolean closed;

    protected Link(OutputStream next) {
        this.next = next;
    }

    /** Takes bytes; an exception leaves the link broken for good. */
    protected abstract void take(byte[] bytes, int offset, int length) throws IOException;

    /** Writes what the format needs at its end; called once, after the last byte. */
    protected void ending() throws IOException {}

    /** Frees what is held (native memory, threads); must not write. */
    protected void release() {}

    @Override
    public final void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public final void write(byte[] bytes, int offset, int length) throws IOException {
        requireOpen("written to");
        state = State.BROKEN;
        take(bytes, offset, length);
        state = State.OPEN;
    }

    /** Flushing in midstream would only make chunks smaller; bytes leave when they are due. */
    @Override
    public final void flush() {}

    /**
     * Ends the stream well: writes this link's ending and seals the next one. Call it when all that
     * was to be written is known to have been written (the child exited with 0), never from a
     * {@code finally}.
     *
     * @throws IllegalStateException the stream was closed, sealed before, or a write had failed
     */
    public final void seal() throws IOException {
        requireOpen("sealed");
        state = State.BROKEN;
        ending();
        if (next instanceof Link link) {
            link.seal();
        } else {
            next.flush();
        }
        state = State.SEALED;
    }

    public final boolean sealed() {
        return state == State.SEALED;
    }

    /** Lets go of this link and the next; writes nothing. May be called more than once. */
    @Override
    public final void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            release();
        } finally {
            next.close();
        }
    }

    private void requireOpen(String what) {
        if (closed || state != State.OPEN) {
            String why = closed ? "closed" : state == State.SEALED ? "sealed" : "broken";
            throw new IllegalStateException("A stream that is " + why + " cannot be " + what + ".");
        }
    }
}

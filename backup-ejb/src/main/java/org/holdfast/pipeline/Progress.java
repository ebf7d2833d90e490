package org.holdfast.pipeline;

/** Told now and then how far a stream has come, by the thread that drives it. */
@FunctionalInterface
public interface Progress {
    /** Nobody watches. */
    Progress NONE = (raw, stored) -> {};

    /**
     * Called about every half second while the stream runs, also when nothing moved (so it may
     * renew a lease), and once at its end. What it throws ends the stream.
     *
     * @param raw bytes on the database's side so far
     * @param stored bytes on the store's side so far
     */
    void at(long raw, long stored);
}

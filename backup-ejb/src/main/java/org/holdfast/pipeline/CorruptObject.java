package org.holdfast.pipeline;

import java.io.IOException;

/** A stored object is not what was written: cut, changed, or followed by something else. */
public class CorruptObject extends IOException {
    /** What noticed it. */
    public enum Found {
        /** Its SHA-256 or length differs from the manifest's. */
        HASH,
        /** It is no age file, or its header was changed. */
        HEADER,
        /** A chunk did not authenticate, or the last one is missing. */
        ENCRYPTION,
        /** zstd or gzip: damaged, cut, or not at its end. */
        COMPRESSION
    }

    private final Found found;
    private final long position;

    public CorruptObject(Found found, long position, String message, Throwable cause) {
        super(message, cause);
        this.found = found;
        this.position = position;
    }

    public Found found() {
        return found;
    }

    /** How many stored bytes had been read when it was noticed; the damage lies before. */
    public long position() {
        return position;
    }
}

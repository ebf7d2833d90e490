package org.holdfast.domain.snapshot;

/** How deeply a copy was read back. */
public enum ReadDepth {
    /** All hashes equal, decrypted, decompressed and read to the dump's end. */
    WHOLE,
    /** All hashes equal; it was not decrypted. */
    HASHES
}

package org.holdfast.security;

import java.nio.file.Path;

/** Sealers for the tests of other rooms. */
public final class SealersOfTests {
    private SealersOfTests() {}

    /** As a server that starts with this data directory has it. */
    public static Sealer in(Path data) {
        return new Sealer(new KeyDirectory(data));
    }
}

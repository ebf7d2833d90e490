package org.holdfast.security;

import java.nio.file.Path;

/** Signing keys in a directory of a test. */
public final class SigningKeysOfTests {
    private SigningKeysOfTests() {}

    public static SigningKeys in(Path directory) {
        return new SigningKeys(new KeyDirectory(directory));
    }
}

package org.holdfast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Scripts that stand in for programs, or for a command of somebody's own. */
public final class Programs {
    private Programs() {}

    /**
     * Writes one, or another in its place.
     *
     * @param program in a directory that is there
     * @param text for sh, its first line left out
     */
    public static void script(Path program, String text) throws IOException {
        Files.writeString(program, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}

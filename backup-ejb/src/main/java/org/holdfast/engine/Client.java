package org.holdfast.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.holdfast.domain.shared.Refused;

/**
 * PostgreSQL's client programs of one major version.
 *
 * @param version of pg_dump and its siblings
 * @param directory absolute
 */
public record Client(ServerVersion version, Path directory) {
    public int major() {
        return version.major();
    }

    /**
     * A program's absolute path.
     *
     * @throws Refused CLIENT-MISSING
     */
    public Path program(String name) {
        Path path = directory.resolve(name);
        if (!Files.isExecutable(path)) {
            throw new Refused(
                    "CLIENT-MISSING",
                    "There is no " + name + " in " + directory + ".",
                    "Install postgresql-client-" + major() + ".");
        }
        return path;
    }

    /** Whether a server can be made with what lies here. */
    boolean serves() {
        return Stream.of("initdb", "pg_ctl", "postgres")
                .allMatch(name -> Files.isExecutable(directory.resolve(name)));
    }

    /**
     * Whether psql has the restricted mode, with its later fixes, that keeps a plain dump from
     * running commands of this machine (CVE-2025-8714, CVE-2026-18408): 14.25, 15.20, 16.15, 17.11,
     * 18.5 or newer.
     */
    public boolean restricts() {
        return version.atLeast(19, 0)
                || inMajor(18, 5)
                || inMajor(17, 11)
                || inMajor(16, 15)
                || inMajor(15, 20)
                || inMajor(14, 25);
    }

    private boolean inMajor(int major, int minor) {
        return major() == major && version.minor() >= minor;
    }
}

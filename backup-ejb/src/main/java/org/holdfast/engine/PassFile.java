package org.holdfast.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * A libpq password file (PostgreSQL manual, 34.16): one line, mode 0600, in a {@link WorkDir}. It
 * answers for every host and database of one child, because a child is told its server by other
 * means and connects nowhere else. Without a password it is an empty file, so that no passfile of
 * the account is read.
 */
public final class PassFile implements AutoCloseable {
    private final Path path;

    private PassFile(Path path) {
        this.path = path;
    }

    public static PassFile write(WorkDir dir, PostgresUrl url) throws IOException {
        Path path = dir.newFile("pass");
        if (!url.password().isEmpty()) {
            Files.writeString(
                    path,
                    "*:*:*:" + escape(url.user()) + ":" + escape(url.password().reveal()) + "\n");
        }
        return new PassFile(path);
    }

    /** Colon and backslash are escaped by a backslash. */
    static String escape(String field) {
        return field.replace("\\", "\\\\").replace(":", "\\:");
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}

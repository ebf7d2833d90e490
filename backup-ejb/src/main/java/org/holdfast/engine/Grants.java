package org.holdfast.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * Who may do what with the objects of a database (GRANT on schemas, tables, columns, functions, …
 * and default privileges). A snapshot holds none of it, so a restore takes it from the database
 * that it replaces: the roles of the target may afterwards what they might before.
 *
 * <p>pg_dump and pg_restore do the reading and writing. Large objects are left out: their numbers
 * say nothing of whether they are the same.
 */
public final class Grants {
    private static final Pattern PRIVILEGE =
            Pattern.compile("\\d+; \\d+ \\d+ (DEFAULT )?ACL (?!- LARGE OBJECTS? ).*");

    private final Client client;
    private final WorkDir dir;
    private final Path archive;
    private final Path list;
    private final long count;

    private Grants(Client client, WorkDir dir, Path archive, Path list, long count) {
        this.client = client;
        this.dir = dir;
        this.archive = archive;
        this.list = list;
        this.count = count;
    }

    /**
     * Reads the grants of a database. They are kept in {@code dir}.
     *
     * @throws ChildFailed the role may not read every table's definition, among other reasons
     */
    public static Grants of(Client client, PostgresUrl url, WorkDir dir, Cancel cancel)
            throws IOException {
        Path archive = dir.newFile("grants");
        try (ChildProcess dump = PgDump.of(client, url).privileges().start(dir, cancel)) {
            Files.copy(dump.stream(), archive, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            dump.requireSuccess();
        }
        Path list = dir.newFile("grants-list");
        long count;
        try (ChildProcess toc = PgRestore.list(client).from(archive, 1).start(dir, cancel)) {
            List<String> lines =
                    new String(toc.stream().readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> PRIVILEGE.matcher(line).matches())
                            .toList();
            toc.requireSuccess();
            Files.write(list, lines);
            count = lines.size();
        }
        return new Grants(client, dir, archive, list, count);
    }

    /** On how many objects there is something. */
    public long count() {
        return count;
    }

    /**
     * Gives the same in another database. What is not there stays ungranted.
     *
     * @param psql with restricted mode
     * @return the last errors of what could not be granted, empty where all could
     */
    public String give(Client psql, PostgresUrl to, Cancel cancel) throws IOException {
        if (count == 0) {
            return "";
        }
        try (ChildProcess script =
                        PgRestore.privileges(client, list).from(archive, 1).start(dir, cancel);
                Psql run = Psql.startGoingOn(psql, to, dir, cancel)) {
            try (InputStream sql = script.stream()) {
                run.feed(sql);
            }
            script.requireSuccess();
            run.requireSuccess();
            return run.lastWords();
        }
    }
}

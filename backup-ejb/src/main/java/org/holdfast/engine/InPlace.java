package org.holdfast.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * A restore into the existing database, in one transaction: a failure or cancel leaves the database
 * as it was, and other sessions see the old content until the end.
 *
 * <p>pg_restore's own {@code --clean --single-transaction} fails on partitioned tables with a
 * primary key (it drops inherited constraints one by one). So pg_restore writes the dump as a
 * script, and a restricted psql runs in one transaction what has to go first and then the script.
 * The script's last words, and with them its COMMIT, are held back until the dump was read to its
 * end and pg_restore has exited with 0.
 */
public final class InPlace {
    /** What goes before the dump's own drops, and what comes after its last statement. */
    private record Around(String before, String after) {}

    private static final int HELD_BACK = 8 << 10;

    /** How psql ends where the server refused a statement, and with it the transaction. */
    private static final int STATEMENT_FAILED = 3;

    private static final byte[] COMMIT = "\nCOMMIT;\n".getBytes(StandardCharsets.US_ASCII);

    private static final String BEGIN =
            """
            BEGIN;
            SET LOCAL lock_timeout = '60s';
            SET LOCAL client_min_messages = error;
            SET LOCAL search_path = pg_catalog;
            """;

    /** Everything a user can make. The schema public comes back with its owner and grants. */
    private static final String DROP_ALL =
            """
            DO $holdfast$
            DECLARE
                each record;
                public_owner text := 'pg_database_owner';
                public_comment text := 'standard public schema';
                public_grants text[] := ARRAY['GRANT USAGE ON SCHEMA public TO PUBLIC'];
            BEGIN
                IF current_setting('server_version_num')::int < 140000 THEN
                    public_owner := current_user;
                END IF;
                FOR each IN SELECT nspowner, nspacl, obj_description(oid, 'pg_namespace') AS said
                    FROM pg_namespace WHERE nspname = 'public'
                LOOP
                    public_owner := pg_get_userbyid(each.nspowner);
                    public_comment := each.said;
                    SELECT coalesce(array_agg(format('GRANT %s ON SCHEMA public TO %s%s',
                               a.privilege_type,
                               CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                                    ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                               CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)),
                               ARRAY[]::text[])
                    INTO public_grants FROM aclexplode(each.nspacl) a;
                END LOOP;
                FOR each IN SELECT evtname AS name FROM pg_event_trigger LOOP
                    EXECUTE format('DROP EVENT TRIGGER IF EXISTS %I', each.name);
                END LOOP;
                FOR each IN SELECT pubname AS name FROM pg_publication LOOP
                    EXECUTE format('DROP PUBLICATION IF EXISTS %I', each.name);
                END LOOP;
                FOR each IN SELECT extname AS name FROM pg_extension WHERE extname <> 'plpgsql' LOOP
                    EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', each.name);
                END LOOP;
                FOR each IN SELECT nspname AS name FROM pg_namespace
                    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                LOOP
                    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', each.name);
                END LOOP;
                FOR each IN SELECT fdwname AS name FROM pg_foreign_data_wrapper LOOP
                    EXECUTE format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', each.name);
                END LOOP;
                PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
                CREATE SCHEMA public;
                EXECUTE format('COMMENT ON SCHEMA public IS %L', public_comment);
                EXECUTE format('ALTER SCHEMA public OWNER TO %I', public_owner);
                FOR i IN 1 .. cardinality(public_grants) LOOP
                    EXECUTE public_grants[i];
                END LOOP;
            END
            $holdfast$;
            """;

    /**
     * Indexes of partitioned tables, from the top, and the foreign keys that need them; pg_restore
     * would try to drop the inherited parts first.
     */
    private static final String DROP_PARTITIONED_INDEXES =
            """
            CREATE TEMP TABLE holdfast_keys ON COMMIT DROP AS
                SELECT conrelid, conrelid::regclass::text AS relation, conname,
                       pg_get_constraintdef(k.oid) AS definition
                FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid
                WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relkind = 'p';
            DO $holdfast$
            DECLARE
                each record;
            BEGIN
                FOR each IN SELECT * FROM pg_temp.holdfast_keys LOOP
                    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.relation, each.conname);
                END LOOP;
                FOR each IN SELECT i.oid::regclass::text AS index, x.indrelid::regclass::text AS relation,
                                   k.conname
                    FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid
                    LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')
                    WHERE i.relkind = 'I' AND NOT i.relispartition
                LOOP
                    IF each.conname IS NULL THEN
                        EXECUTE format('DROP INDEX %s', each.index);
                    ELSE
                        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.relation, each.conname);
                    END IF;
                END LOOP;
            END
            $holdfast$;
            """;

    /** Foreign keys of tables that the dump does not know come back, or the restore fails. */
    private static final String RETURN_FOREIGN_KEYS =
            """
            SET LOCAL search_path = pg_catalog;
            DO $holdfast$
            DECLARE
                each record;
            BEGIN
                FOR each IN SELECT k.* FROM pg_temp.holdfast_keys k JOIN pg_class c ON c.oid = k.conrelid
                    WHERE NOT EXISTS (SELECT FROM pg_constraint p
                                      WHERE p.conrelid = k.conrelid AND p.conname = k.conname)
                LOOP
                    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s',
                                   each.relation, each.conname, each.definition);
                END LOOP;
            END
            $holdfast$;
            """;

    /** What became of the one transaction; whoever fails in between cannot know it. */
    public static final class End {
        private final String mark;
        private boolean sent;
        private boolean committed;

        public End() {
            this("");
        }

        private End(String mark) {
            this.mark = mark;
        }

        void sent() {
            sent = true;
        }

        void refused() {
            sent = false;
        }

        void committed() {
            committed = true;
        }

        /** Whether the database holds the archive. */
        public boolean isCommitted() {
            return committed;
        }

        /** Whether COMMIT went out and no answer came: the database may hold either. */
        public boolean isUnseen() {
            return sent && !committed;
        }
    }

    private InPlace() {}

    /**
     * An end by which {@link #committed} knows later, and after a crash too, that it was: a mark on
     * the database is part of the transaction.
     */
    public static End marked(TargetServer server, UUID restore) throws IOException {
        return new End(
                "\n"
                        + Marks.addingInPlace(
                                server.session(), server.target().database(), restore.toString())
                        + ";\n");
    }

    /**
     * Whether the transaction of a restore was committed. What a lost worker left running in the
     * target database is ended first: it cannot become so any more.
     *
     * @throws Refused TARGET-SESSIONS where something of it does not end
     */
    public static boolean committed(TargetServer server, UUID restore) throws IOException {
        server.endOwnSessions();
        return Marks.of(server.session(), server.target().database())
                .contains(Marks.inPlace(restore.toString()));
    }

    /**
     * Drops everything of a user's, also what the dump does not know, and restores.
     *
     * @param client with restricted mode
     * @param owner who gets what is made, empty: the connecting role
     * @param archive a custom-format dump whose hash was checked before
     * @param end told before COMMIT is sent and, where it was refused, after
     * @return bytes of the archive
     * @throws ChildFailed in the words of pg_restore or psql; the database is as it was, unless
     *     {@code end} says that it cannot be known
     */
    public static long replace(
            Client client,
            PostgresUrl url,
            Optional<String> owner,
            InputStream archive,
            WorkDir dir,
            Cancel cancel,
            End end)
            throws IOException {
        return run(new Around(BEGIN + DROP_ALL, ""), client, url, owner, archive, dir, cancel, end);
    }

    /**
     * Drops each object that the dump knows before it is made anew ({@code --clean --if-exists});
     * others stay, and where one depends on what is dropped, the restore fails.
     *
     * @param client with restricted mode
     * @param owner who gets what is made, empty: the connecting role
     * @param archive a custom-format dump whose hash was checked before
     * @param end told before COMMIT is sent and, where it was refused, after
     * @return bytes of the archive
     * @throws ChildFailed in the words of pg_restore or psql; the database is as it was, unless
     *     {@code end} says that it cannot be known
     */
    public static long clean(
            Client client,
            PostgresUrl url,
            Optional<String> owner,
            InputStream archive,
            WorkDir dir,
            Cancel cancel,
            End end)
            throws IOException {
        return run(
                new Around(BEGIN + DROP_PARTITIONED_INDEXES, RETURN_FOREIGN_KEYS),
                client,
                url,
                owner,
                archive,
                dir,
                cancel,
                end);
    }

    private static long run(
            Around around,
            Client client,
            PostgresUrl url,
            Optional<String> owner,
            InputStream archive,
            WorkDir dir,
            Cancel cancel,
            End end)
            throws IOException {
        String handOver = owner.map(Ownership::script).orElse("");
        try (ChildProcess restore = PgRestore.script(client).start(dir, cancel);
                ChildProcess psql = Psql.launch(client, url, dir, cancel, List.of())) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            long[] fed = new long[1];
            Thread feeder =
                    new Thread(
                            () -> {
                                try {
                                    fed[0] = restore.feed(archive);
                                } catch (IOException | RuntimeException | Error e) {
                                    failure.set(e);
                                    restore.kill();
                                }
                            },
                            "holdfast-feeds-pg_restore");
            feeder.setDaemon(true);
            feeder.start();
            try {
                psql.feedPart(bytes(around.before()));
                byte[] last = pump(restore.stream(), psql);
                join(feeder);
                rethrow(failure.get());
                restore.requireSuccess();
                int commit = lastCommit(last);
                psql.feedPart(new ByteArrayInputStream(last, 0, commit));
                psql.feedPart(bytes("\n" + around.after() + handOver + end.mark));
                end.sent();
                psql.feed(new ByteArrayInputStream(last, commit, last.length - commit));
                psql.requireSuccess();
                end.committed();
                return fed[0];
            } catch (IOException | RuntimeException e) {
                psql.kill();
                restore.kill();
                join(feeder);
                Throwable first = failure.get();
                boolean psqlSaid = e instanceof ChildFailed f && f.program().equals("psql");
                if (psqlSaid && ((ChildFailed) e).exitCode() == STATEMENT_FAILED) {
                    end.refused();
                }
                if (first != null && first != e && !psqlSaid) {
                    first.addSuppressed(e);
                    rethrow(first);
                }
                throw e;
            }
        }
    }

    /** Passes the script on but for its last bytes, which are returned. */
    private static byte[] pump(InputStream script, ChildProcess psql) throws IOException {
        byte[] buffer = new byte[128 << 10];
        int kept = 0;
        int n;
        while ((n = script.read(buffer, kept, buffer.length - kept)) >= 0) {
            int have = kept + n;
            int send = Math.max(0, have - HELD_BACK);
            psql.feedPart(new ByteArrayInputStream(buffer, 0, send));
            kept = have - send;
            System.arraycopy(buffer, send, buffer, 0, kept);
        }
        return java.util.Arrays.copyOf(buffer, kept);
    }

    private static int lastCommit(byte[] script) throws IOException {
        for (int i = script.length - COMMIT.length; i >= 0; i--) {
            if (java.util.Arrays.equals(script, i, i + COMMIT.length, COMMIT, 0, COMMIT.length)) {
                return i;
            }
        }
        throw new IOException("pg_restore wrote a script that does not end with COMMIT.");
    }

    private static InputStream bytes(String sql) {
        return new ByteArrayInputStream(sql.getBytes(StandardCharsets.UTF_8));
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }
}

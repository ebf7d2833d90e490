package org.holdfast.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.BlockInput;
import org.holdfast.domain.shared.Refused;

/**
 * Plain SQL as pg_dump writes it, read line by line with bounded memory. It carries no checksum and
 * no length, and psql returns 0 for a file cut inside a COPY; so it is read twice: {@link Check}
 * first, to its end, and only then {@link #guarded} into psql.
 */
public final class PlainSql {
    static final String TRAILER = "-- PostgreSQL database dump complete";
    static final String CLUSTER_TRAILER = "-- PostgreSQL database cluster dump complete";
    private static final Pattern RESTRICT = Pattern.compile("\\\\(un)?restrict [A-Za-z0-9]+");
    private static final Pattern FROM_VERSION =
            Pattern.compile("-- Dumped from database version (\\d+)(?:\\.(\\d+))?.*");
    private static final Pattern DATABASE_LINE =
            Pattern.compile(
                    "(CREATE|ALTER|DROP|COMMENT ON) DATABASE .*|\\\\(connect|encoding) .*"
                            + "|(GRANT|REVOKE) .* ON DATABASE .*");
    private static final Pattern OPENING =
            Pattern.compile("|--.*|SET .*|SELECT pg_catalog\\.set_config\\(.*");

    private PlainSql() {}

    static Refused cluster() {
        return new Refused(
                "SQL-CLUSTER",
                "The SQL dump is of a whole cluster (pg_dumpall).",
                "Give a dump of one database, made by pg_dump.");
    }

    static Refused truncated() {
        return new Refused(
                "SQL-TRUNCATED",
                "The SQL dump does not end with pg_dump's last line, \""
                        + TRAILER
                        + "\": it is cut off or was changed.",
                "Get the whole file; nothing of it was applied.");
    }

    /** Where in a dump a line stands. */
    private enum Part {
        /** Before the first statement about content: settings, and lines about the database. */
        OPENING,
        BODY,
        /** Rows of a COPY. */
        ROWS,
        /** Behind the trailer line. */
        AFTER
    }

    /** What a line is, as far as this class cares. */
    private enum Line {
        ORDINARY,
        /** {@code \restrict} or {@code \\unrestrict} of the dump's own. */
        RESTRICTION,
        /** Makes, changes or connects to a database. */
        DATABASE
    }

    /** Follows the parts of a dump from line to line. */
    private static final class Reader {
        private Part part = Part.OPENING;
        private boolean clusterDump;
        private ServerVersion from;

        /**
         * @param head the line, or its first bytes where it is long
         * @param tail its last bytes
         */
        Line line(String head, String tail) {
            if (part == Part.ROWS) {
                if (head.equals("\\.")) {
                    part = Part.BODY;
                }
                return Line.ORDINARY;
            }
            if (head.equals(TRAILER)) {
                part = Part.AFTER;
                return Line.ORDINARY;
            }
            if (head.equals(CLUSTER_TRAILER)) {
                clusterDump = true;
                part = Part.AFTER;
                return Line.ORDINARY;
            }
            if (part != Part.BODY && RESTRICT.matcher(head).matches()) {
                return Line.RESTRICTION;
            }
            if (part == Part.AFTER) {
                if (!head.isBlank() && !head.equals("--")) {
                    part = Part.BODY;
                }
                return Line.ORDINARY;
            }
            if (part == Part.OPENING) {
                if (DATABASE_LINE.matcher(head).matches()) {
                    return Line.DATABASE;
                }
                Matcher version = FROM_VERSION.matcher(head);
                if (version.matches() && from == null) {
                    int minor = version.group(2) == null ? 0 : Integer.parseInt(version.group(2));
                    from = new ServerVersion(Integer.parseInt(version.group(1)) * 10_000 + minor);
                }
                if (!OPENING.matcher(head).matches()) {
                    part = Part.BODY;
                }
            }
            if (head.startsWith("COPY ") && tail.endsWith(" FROM stdin;")) {
                part = Part.ROWS;
            }
            return Line.ORDINARY;
        }
    }

    /** Splits bytes into lines, of which only head and tail are kept. */
    private abstract static class Lines {
        private static final int HEAD = 1024;
        private static final int TAIL = 16;

        final byte[] head = new byte[HEAD];
        int length;
        private final byte[] tail = new byte[TAIL];
        private long total;

        void take(byte b) {
            if (b == '\n') {
                end();
                length = 0;
                total = 0;
                return;
            }
            if (length < HEAD) {
                head[length++] = b;
                if (length == HEAD) {
                    full();
                }
            } else {
                overflow(b);
            }
            tail[(int) (total++ % TAIL)] = b;
        }

        boolean begun() {
            return total > 0;
        }

        String text() {
            int end = length > 0 && length < HEAD && head[length - 1] == '\r' ? length - 1 : length;
            return new String(head, 0, end, StandardCharsets.UTF_8);
        }

        String tailText() {
            int kept = (int) Math.min(total, TAIL);
            byte[] last = new byte[kept];
            for (int i = 0; i < kept; i++) {
                last[i] = tail[(int) ((total - kept + i) % TAIL)];
            }
            return new String(last, StandardCharsets.ISO_8859_1).stripTrailing();
        }

        /** The line is complete. */
        abstract void end();

        /** The head is full; more of the line comes. */
        void full() {}

        void overflow(byte b) {}
    }

    /**
     * Reads plain SQL to its end and says whether it is whole. Write all of it here, then ask
     * {@link #requireComplete}.
     */
    public static final class Check extends OutputStream {
        private final Reader reader = new Reader();
        private String databaseLine;
        private final Lines lines =
                new Lines() {
                    @Override
                    void end() {
                        if (reader.line(text(), tailText()) == Line.DATABASE
                                && databaseLine == null) {
                            databaseLine = text();
                        }
                    }
                };

        @Override
        public void write(int b) {
            lines.take((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                lines.take(bytes[i]);
            }
        }

        /**
         * @param createAllowed ALLOW_CREATE_IN_DUMP: statements that make a database are then left
         *     out instead of refused
         * @throws Refused SQL-CLUSTER, SQL-TRUNCATED or SQL-CREATE-DATABASE
         */
        public void requireComplete(boolean createAllowed) {
            if (lines.begun()) {
                lines.end();
            }
            if (reader.clusterDump) {
                throw cluster();
            }
            if (reader.part != Part.AFTER) {
                throw truncated();
            }
            if (databaseLine != null && !createAllowed) {
                throw new Refused(
                        "SQL-CREATE-DATABASE",
                        "The SQL dump makes or changes a database itself: " + databaseLine,
                        "Make the dump without --create, or set ALLOW_CREATE_IN_DUMP=1 to have such"
                                + " lines left out.");
            }
        }

        /** The server's version that the dump names, where it names one. */
        public Optional<ServerVersion> dumpedFrom() {
            return Optional.ofNullable(reader.from);
        }
    }

    /**
     * The dump as psql gets it: first a {@code \restrict} of ours, so that no line of the dump runs
     * a command of this machine; without the dump's own restrictions, which could lift ours, and
     * without lines that make or connect to a database.
     *
     * @param key letters and digits that nobody can guess
     */
    static InputStream guarded(InputStream sql, String key) {
        return new Guarded(sql, key);
    }

    private static final class Guarded extends BlockInput {
        private final InputStream sql;
        private final Reader reader = new Reader();
        private final byte[] in = new byte[64 << 10];
        private byte[] out = new byte[128 << 10];
        private int from;
        private int to;
        private boolean ended;
        private boolean passing;
        private final Lines lines =
                new Lines() {
                    @Override
                    void end() {
                        Line line = reader.line(text(), tailText());
                        if (!passing) {
                            if (line != Line.ORDINARY) {
                                return;
                            }
                            put(head, length);
                        }
                        passing = false;
                        put('\n');
                    }

                    @Override
                    void full() {
                        put(head, length);
                        passing = true;
                    }

                    @Override
                    void overflow(byte b) {
                        put(b);
                    }
                };

        Guarded(InputStream sql, String key) {
            this.sql = sql;
            byte[] first = ("\\restrict " + key + "\n").getBytes(StandardCharsets.US_ASCII);
            put(first, first.length);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (from == to) {
                if (ended) {
                    return -1;
                }
                from = 0;
                to = 0;
                int n = sql.read(in);
                if (n < 0) {
                    ended = true;
                    if (lines.begun()) {
                        lines.end();
                    }
                } else {
                    for (int i = 0; i < n; i++) {
                        lines.take(in[i]);
                    }
                }
            }
            int n = Math.min(length, to - from);
            System.arraycopy(out, from, bytes, offset, n);
            from += n;
            return n;
        }

        @Override
        public void close() throws IOException {
            sql.close();
        }

        private void put(byte[] bytes, int length) {
            if (to + length > out.length) {
                out = java.util.Arrays.copyOf(out, Math.max(out.length * 2, to + length));
            }
            System.arraycopy(bytes, 0, out, to, length);
            to += length;
        }

        private void put(int b) {
            if (to == out.length) {
                out = java.util.Arrays.copyOf(out, out.length * 2);
            }
            out[to++] = (byte) b;
        }
    }
}

package org.holdfast.verify;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * An export of the audit log: a first line, an entry a line, and a last line that signs the SHA-256
 * of every byte before it. Read line by line, whatever the size.
 */
final class AuditFile {
    private static final String FIRST = "{\"kind\":\"holdfast-audit-export/1\",\"entries\":[";
    private static final String STATEMENT = "\"statement\":";
    private static final String TYPE = "application/vnd.holdfast.audit-export+json";
    private static final String HEAD_TYPE = "application/vnd.holdfast.audit-head+json";
    private static final String GENESIS = "0".repeat(64);
    private static final int LONGEST_LINE = 64 << 20;

    private AuditFile() {}

    /** A head that was taken from a store. */
    private record Head(Path file, String catalog, long entries, String hash, String at) {}

    static boolean looksLikeOne(byte[] beginning) {
        return new String(beginning, StandardCharsets.UTF_8)
                .startsWith("{\"kind\":\"holdfast-audit-export/");
    }

    /** Gives the sentences of what was proved. */
    static List<String> verify(Path file, Keys keys, List<Path> headFiles)
            throws IOException, Unproved, Envelope.OtherKey {
        List<Head> heads = new java.util.ArrayList<>();
        for (Path head : headFiles) {
            heads.add(head(head, keys));
        }
        Map<Long, String> wanted = new java.util.HashMap<>();
        heads.forEach(head -> wanted.put(head.entries(), null));

        MessageDigest digest = Keys.digest();
        long entries = 0;
        long last = 0;
        String hash = GENESIS;
        boolean gaps = false;
        String statementLine = null;
        try (Lines lines = new Lines(Files.newInputStream(file))) {
            byte[] line = lines.next();
            if (line == null || !new String(line, StandardCharsets.UTF_8).equals(FIRST + "\n")) {
                throw new Unproved("This is no audit export of a form that this verifier knows.");
            }
            digest.update(line);
            boolean comma = false;
            boolean closed = false;
            while ((line = lines.next()) != null) {
                String text = Envelope.utf8("Line " + lines.number(), line);
                if (closed) {
                    statementLine = text;
                    break;
                }
                digest.update(line);
                if (text.equals("],\n")) {
                    closed = true;
                    continue;
                }
                if (entries > 0 && !comma) {
                    throw new Unproved("Line " + lines.number() + " does not follow a comma.");
                }
                comma = text.endsWith(",\n");
                Map<String, Object> entry =
                        Json.object(
                                text.substring(0, text.length() - (comma ? 2 : 1)),
                                "Line " + lines.number());
                long seq = Json.number(entry, "seq");
                String before = Json.text(entry, "previousHash");
                String own = Json.text(entry, "hash");
                if (!own.equals(hash(entry, seq, before))) {
                    throw new Unproved(
                            "Entry " + seq + " was changed: its hash is not that of its content.");
                }
                if (seq <= last) {
                    throw new Unproved("Entry " + seq + " stands behind entry " + last + ".");
                }
                boolean next = seq == last + 1;
                gaps |= !next;
                if (next && !before.equals(hash)) {
                    throw new Unproved(
                            "Entry "
                                    + seq
                                    + " does not follow the one before: the chain is broken.");
                }
                last = seq;
                hash = own;
                entries++;
                if (wanted.containsKey(seq)) {
                    wanted.put(seq, own);
                }
            }
            if (statementLine == null
                    || !statementLine.startsWith(STATEMENT)
                    || !statementLine.endsWith("}\n")
                    || lines.next() != null) {
                throw new Unproved(
                        "The signed statement is not the last line: the file was cut off, or"
                                + " something was put behind it.");
            }
        }
        Map<String, Object> statement =
                Envelope.open(
                        "The statement",
                        statementLine.substring(STATEMENT.length(), statementLine.length() - 2),
                        TYPE,
                        keys);
        if (!Json.text(statement, "sha256").equals(HexFormat.of().formatHex(digest.digest()))) {
            throw new Unproved(
                    "What stands before the statement is not what was signed: entries were changed,"
                            + " added, left out or exchanged.");
        }
        if (entries != Json.number(statement, "entries")) {
            throw new Unproved("The statement speaks of another number of entries.");
        }
        String at = Json.text(statement, "at");
        boolean filtered = Json.yes(statement, "filtered");
        long chain = Json.number(statement, "chainEntries");
        if (!filtered
                && (gaps || last != chain || !hash.equals(Json.text(statement, "chainHash")))) {
            throw new Unproved("The entries are not the whole chain that the statement speaks of.");
        }
        List<String> said = new java.util.ArrayList<>();
        said.add(
                filtered
                        ? "Each of the "
                                + entries
                                + " exported entries is as it was signed at "
                                + at
                                + ". The export is filtered: of what lies between them it says"
                                + " nothing."
                        : "The chain is whole from entry 1 to entry "
                                + chain
                                + ", as it was signed at "
                                + at
                                + ".");
        for (Head head : heads) {
            said.add(compared(head, statement, filtered, chain, wanted.get(head.entries())));
        }
        return said;
    }

    private static String compared(
            Head head, Map<String, Object> statement, boolean filtered, long chain, String hash)
            throws Unproved {
        if (!head.catalog().equals(Json.text(statement, "catalog"))) {
            throw new Unproved(head.file() + " is a head of another installation's log.");
        }
        if (head.entries() > chain) {
            throw new Unproved(
                    head.file()
                            + " says that the log had "
                            + head.entries()
                            + " entries at "
                            + head.at()
                            + "; the export knows of "
                            + chain
                            + ". Either the export is older, or the log's end was cut off.");
        }
        if (head.entries() == 0) {
            return "The head of " + head.at() + " speaks of an empty log.";
        }
        if (hash == null) {
            if (filtered) {
                return "The head of "
                        + head.at()
                        + " cannot be compared: its entry is not in this filtered export.";
            }
            throw new Unproved("Entry " + head.entries() + " of " + head.file() + " is missing.");
        }
        if (!hash.equals(head.hash())) {
            throw new Unproved(
                    "Entry "
                            + head.entries()
                            + " is not the one whose hash was signed at "
                            + head.at()
                            + ": the log was written anew.");
        }
        return "Entry "
                + head.entries()
                + " is the one whose hash was signed into the store at "
                + head.at()
                + ".";
    }

    private static Head head(Path file, Keys keys) throws IOException, Unproved, Envelope.OtherKey {
        String text = Envelope.utf8(file.toString(), Files.readAllBytes(file));
        Map<String, Object> head =
                Envelope.open(
                        file.toString(),
                        text.endsWith("\n") ? text.substring(0, text.length() - 1) : text,
                        HEAD_TYPE,
                        keys);
        return new Head(
                file,
                Json.text(head, "catalog"),
                Json.number(head, "entries"),
                Json.text(head, "hash"),
                Json.text(head, "at"));
    }

    /** SHA-256 over every field, each preceded by its length in bytes and a colon. */
    private static String hash(Map<String, Object> entry, long seq, String before) throws Unproved {
        return fields(
                before,
                Long.toString(seq),
                Json.text(entry, "at"),
                Json.text(entry, "actor"),
                Json.text(entry, "action"),
                Json.text(entry, "subject"),
                Json.text(entry, "detail"));
    }

    static String fields(String... fields) {
        MessageDigest digest = Keys.digest();
        for (String field : fields) {
            byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Lines as bytes, each with its end; of the last one that may be missing. */
    private static final class Lines implements AutoCloseable {
        private final InputStream in;
        private long number;

        Lines(InputStream in) {
            this.in = new BufferedInputStream(in, 1 << 16);
        }

        byte[] next() throws IOException, Unproved {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.read(); c >= 0; c = in.read()) {
                line.write(c);
                if (c == '\n') {
                    break;
                }
                if (line.size() > LONGEST_LINE) {
                    throw new Unproved("Line " + (number + 1) + " is longer than any entry.");
                }
            }
            number++;
            return line.size() == 0 ? null : line.toByteArray();
        }

        long number() {
            return number;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}

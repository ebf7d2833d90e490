package org.holdfast.engine;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Sha256;

/**
 * The definitions in a text that pg_dump or pg_restore wrote of a schema, object by object: what
 * stands between one {@code -- Name: …; Type: …} and the next. They are read as lines, not as SQL.
 * Memory grows with the number of objects (some 200 bytes each) and not with their length; the text
 * stays in its file.
 *
 * <p>Left out, because they differ between two dumps of the same: what stands before the first
 * object (settings, versions, the {@code \restrict} token) and its like at the end; {@code SET
 * default_tablespace} behind an object, which an object's heading repeats; {@code REFRESH
 * MATERIALIZED VIEW}, which is content; and a heading that nothing but comments follow, as that of
 * the schema {@code public}. {@code SET default_table_access_method} counts for the tables after
 * it.
 */
final class Definitions {
    private static final int LONGEST_LINE = 64 << 10;
    private static final int LONGEST_NAME = 300;
    private static final int LONGEST_SHOWN = 160;
    private static final int SHOWN = 3;

    private static final Pattern HEADING =
            Pattern.compile("-- Name: .*; Type: [A-Z ]+; Schema: .*");
    private static final Pattern OWNER = Pattern.compile("; Owner: [^;]*");
    private static final Pattern BETWEEN =
            Pattern.compile(
                    "|--|-- PostgreSQL database dump complete|\\\\unrestrict [A-Za-z0-9]+"
                            + "|SET default_tablespace = .*;");
    private static final String METHOD = "SET default_table_access_method = ";
    private static final Pattern STORED =
            Pattern.compile(".*; Type: (TABLE|MATERIALIZED VIEW); .*");
    private static final String REFRESH = "REFRESH MATERIALIZED VIEW ";

    /**
     * One object as it is defined.
     *
     * @param name what pg_dump heads it with: {@code Name: orders; Type: TABLE; Schema: shop}
     * @param hash of its lines
     * @param from where in the text its lines begin, behind the heading
     */
    record Definition(String name, String hash, long from) {}

    private final Path text;
    private final Map<String, List<Definition>> byName;
    private final int count;

    private Definitions(Path text, Map<String, List<Definition>> byName, int count) {
        this.text = text;
        this.byName = byName;
        this.count = count;
    }

    /** Reads a text to its end; the file is needed for {@link #firstDifference} later on. */
    static Definitions of(Path text) throws IOException {
        Reader reader = new Reader();
        try (Lines lines = new Lines(text, 0)) {
            Line line;
            while ((line = lines.next()) != null) {
                reader.take(line, lines.at());
            }
        }
        reader.end();
        return new Definitions(text, reader.byName, reader.count);
    }

    /** How many objects are defined. */
    int count() {
        return count;
    }

    /**
     * In what another text differs; each object of a name that comes several times counts.
     *
     * @param missing objects that only this text has
     * @param more objects that only the other has
     * @param changed objects that both have and define differently, as they are in this and the
     *     other
     */
    record Difference(List<Definition> missing, List<Definition> more, List<Changed> changed) {
        boolean none() {
            return missing.isEmpty() && more.isEmpty() && changed.isEmpty();
        }
    }

    record Changed(Definition here, Definition there) {}

    Difference against(Definitions other) {
        Difference found = new Difference(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        byName.forEach(
                (name, mine) -> {
                    List<Definition> here = new ArrayList<>(mine);
                    List<Definition> there =
                            new ArrayList<>(other.byName.getOrDefault(name, List.of()));
                    here.removeIf(one -> takeEqual(there, one));
                    int both = Math.min(here.size(), there.size());
                    for (int i = 0; i < both; i++) {
                        found.changed().add(new Changed(here.get(i), there.get(i)));
                    }
                    found.missing().addAll(here.subList(both, here.size()));
                    found.more().addAll(there.subList(both, there.size()));
                });
        other.byName.forEach(
                (name, theirs) -> {
                    if (!byName.containsKey(name)) {
                        found.more().addAll(theirs);
                    }
                });
        return found;
    }

    private static boolean takeEqual(List<Definition> from, Definition one) {
        for (int i = 0; i < from.size(); i++) {
            if (from.get(i).hash().equals(one.hash())) {
                from.remove(i);
                return true;
            }
        }
        return false;
    }

    /** Whether there is an object of this name. */
    boolean has(Definition one) {
        return byName.containsKey(one.name());
    }

    /** Whether there is an object of this name with the very same lines. */
    boolean hasSame(Definition one) {
        return byName.getOrDefault(one.name(), List.of()).stream()
                .anyMatch(mine -> mine.hash().equals(one.hash()));
    }

    /** The first lines in which an object's two definitions differ, cut to some hundred letters. */
    String firstDifference(Changed changed, Definitions other) throws IOException {
        try (Lines here = new Lines(text, changed.here().from());
                Lines there = new Lines(other.text, changed.there().from())) {
            for (int number = 1; ; number++) {
                String mine = ended(here.next());
                String theirs = ended(there.next());
                if (mine == null && theirs == null) {
                    return "in a setting before it";
                }
                if (mine == null || theirs == null || !mine.equals(theirs)) {
                    return "line "
                            + number
                            + ": expected \""
                            + shown(mine, here)
                            + "\", found \""
                            + shown(theirs, there)
                            + "\"";
                }
            }
        }
    }

    /** Null at the text's end and where the next object begins. */
    private static String ended(Line line) {
        return line == null || HEADING.matcher(line.text()).matches() ? null : line.text();
    }

    private static String shown(String first, Lines rest) throws IOException {
        StringBuilder shown = new StringBuilder();
        String line = first;
        for (int i = 0; line != null && i < SHOWN; i++) {
            if (!BETWEEN.matcher(line).matches()) {
                shown.append(shown.isEmpty() ? "" : "\n").append(cut(line.strip(), LONGEST_SHOWN));
            }
            line = ended(rest.next());
        }
        return shown.isEmpty() ? "(nothing)" : shown.toString();
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }

    /** Follows a text from line to line. */
    private static final class Reader {
        private final Map<String, List<Definition>> byName = new HashMap<>();
        private final List<byte[]> between = new ArrayList<>();
        private int count;
        private String method = "";
        private String name;
        private long from;
        private boolean comments;
        private boolean refresh;
        private MessageDigest digest;

        void take(Line line, long behind) {
            String text = line.text();
            if (line.whole() && HEADING.matcher(text).matches()) {
                end();
                begin(text, behind);
                return;
            }
            if (name == null) {
                method = text.startsWith(METHOD) ? text : method;
                return;
            }
            if (line.whole() && (BETWEEN.matcher(text).matches() || text.startsWith(METHOD))) {
                // counted only where something of the object still comes behind it
                between.add(line.bytes());
                return;
            }
            between.forEach(digest::update);
            between.clear();
            digest.update(line.bytes());
            if (!text.startsWith("-- ")) {
                refresh = comments && text.startsWith(REFRESH);
                comments = false;
            }
        }

        private void begin(String heading, long behind) {
            String said = OWNER.matcher(heading.substring(3)).replaceFirst("");
            name = cut(said, LONGEST_NAME);
            from = behind;
            comments = true;
            refresh = false;
            digest = Sha256.digest();
            digest.update(said.getBytes(StandardCharsets.UTF_8));
            if (STORED.matcher(heading).matches()) {
                digest.update(method.getBytes(StandardCharsets.UTF_8));
            }
        }

        void end() {
            for (byte[] line : between) {
                String text = new String(line, StandardCharsets.UTF_8).stripTrailing();
                method = text.startsWith(METHOD) ? text : method;
            }
            between.clear();
            if (name != null && !comments && !refresh) {
                String hash = Sha256.ofDigest(digest.digest()).hex();
                byName.computeIfAbsent(name, n -> new ArrayList<>(1))
                        .add(new Definition(name, hash, from));
                count++;
            }
            name = null;
        }
    }

    /**
     * A line, or a piece of one that is very long.
     *
     * @param bytes with its end
     * @param whole whether it is a line from beginning to end
     */
    private record Line(byte[] bytes, boolean whole) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8).stripTrailing();
        }
    }

    /** Lines of a file from some byte on. */
    private static final class Lines implements AutoCloseable {
        private final InputStream in;
        private long at;
        private boolean begun;

        Lines(Path file, long from) throws IOException {
            InputStream opened = Files.newInputStream(file);
            try {
                opened.skipNBytes(from);
            } catch (IOException e) {
                opened.close();
                throw e;
            }
            this.in = new BufferedInputStream(opened, LONGEST_LINE);
            this.at = from;
        }

        /** Behind the line that was given last. */
        long at() {
            return at;
        }

        /** Null at the end. */
        Line next() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream(128);
            boolean whole = !begun;
            int b = -1;
            while (line.size() < LONGEST_LINE && (b = in.read()) >= 0) {
                line.write(b);
                if (b == '\n') {
                    break;
                }
            }
            at += line.size();
            begun = b >= 0 && b != '\n';
            return line.size() == 0 ? null : new Line(line.toByteArray(), whole && !begun);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}

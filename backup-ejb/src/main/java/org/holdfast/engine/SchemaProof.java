package org.holdfast.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.drill.DrillCheck.Verdict;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * Holds the definitions of a restored database against those of the archive that it came from.
 * PostgreSQL's own tools write both: {@code pg_restore --schema-only} prints the archive's, {@code
 * pg_dump --schema-only} the database's, without owners and privileges, which a snapshot does not
 * hold.
 *
 * <p>PostgreSQL writes some expressions in other words once it has read them: {@code CHECK (s IN
 * ('a', 'b'))} of a varchar is {@code ARRAY[…]::text[]} in the first dump and {@code
 * ARRAY[(…)::text]} in that of the restored table. So where something differs, the archive's schema
 * alone goes into an empty database of the same server; what is there to the letter as in the
 * restored database is PostgreSQL's wording and no difference.
 */
public final class SchemaProof {
    private static final int SHOWN = 5;

    /** Makes and drops an empty database like the restored one, on its server. */
    public interface Reference {
        PostgresUrl make() throws IOException;

        void drop() throws IOException;
    }

    /** What the look came to. */
    record Result(Verdict verdict, String words) {}

    private final Client client;
    private final PostgresUrl restored;
    private final WorkDir dir;
    private final Cancel cancel;

    /**
     * @param client that can read the archive and dump the server
     * @param dir where both texts lie meanwhile
     */
    SchemaProof(Client client, PostgresUrl restored, WorkDir dir, Cancel cancel) {
        this.client = client;
        this.restored = restored;
        this.dir = dir;
        this.cancel = cancel;
    }

    /**
     * @param head the archive, or as much of it as holds the table of contents
     */
    Definitions expected(Path head) throws IOException {
        return definitions(PgRestore.definitions(client).from(head, 1).start(dir, cancel));
    }

    private Definitions of(PostgresUrl database) throws IOException {
        return definitions(PgDump.of(client, database).schemaOnly().start(dir, cancel));
    }

    private Definitions definitions(ChildProcess printing) throws IOException {
        Path text = dir.newFile("schema");
        try (printing) {
            Files.copy(printing.stream(), text, StandardCopyOption.REPLACE_EXISTING);
            printing.requireSuccess();
        }
        return Definitions.of(text);
    }

    Result against(Definitions expected, Path head, Reference reference) throws IOException {
        Definitions found = of(restored);
        Definitions.Difference difference = expected.against(found);
        if (difference.none()) {
            return new Result(Verdict.PASSED, found.count() + " objects, each the same");
        }
        try {
            return judged(expected, found, difference, anew(head, reference));
        } catch (ChildFailed | ServerFailure e) {
            List<String> words = new ArrayList<>();
            difference.missing().forEach(d -> words.add("missing: " + d.name()));
            difference.more().forEach(d -> words.add("not in the archive: " + d.name()));
            for (Definitions.Changed changed : shown(difference.changed())) {
                words.add(words(expected, changed, found));
            }
            return new Result(
                    difference.missing().isEmpty() ? Verdict.WARNED : Verdict.FAILED,
                    joined(words, count(difference))
                            + ". Whether PostgreSQL only words it otherwise is not known: "
                            + e.getMessage());
        }
    }

    /** What the archive's schema alone makes on this server. */
    private Definitions anew(Path head, Reference reference) throws IOException {
        PostgresUrl url = reference.make();
        try {
            PgRestore restore = PgRestore.into(client, url).schemaOnly().from(head, 1);
            try (ChildProcess child = restore.start(dir, cancel)) {
                child.requireSuccess();
            }
            return of(url);
        } finally {
            if (!cancel.asked()) {
                reference.drop();
            }
        }
    }

    private Result judged(
            Definitions expected,
            Definitions found,
            Definitions.Difference difference,
            Definitions anew)
            throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> odd = new ArrayList<>();
        int reworded = 0;
        for (Definitions.Definition missing : difference.missing()) {
            (anew.has(missing) ? wrong : odd).add("missing: " + missing.name());
        }
        for (Definitions.Definition more : difference.more()) {
            if (anew.hasSame(more)) {
                reworded++;
            } else {
                wrong.add("not in the archive: " + more.name());
            }
        }
        int wrongs = wrong.size();
        for (Definitions.Changed changed : difference.changed()) {
            if (anew.hasSame(changed.there())) {
                reworded++;
            } else if (wrongs++ < SHOWN) {
                wrong.add(words(expected, changed, found));
            }
        }
        if (wrongs > 0) {
            return new Result(Verdict.FAILED, joined(wrong, wrongs));
        }
        String same =
                found.count()
                        + " objects; "
                        + reworded
                        + " worded otherwise by PostgreSQL, as in a database made of the archive's"
                        + " schema alone";
        return odd.isEmpty()
                ? new Result(Verdict.PASSED, same)
                : new Result(
                        Verdict.WARNED,
                        joined(odd, odd.size())
                                + ". A database made of the archive's schema alone lacks it too.");
    }

    private static String words(
            Definitions expected, Definitions.Changed changed, Definitions found)
            throws IOException {
        return changed.here().name() + ", " + expected.firstDifference(changed, found);
    }

    private static int count(Definitions.Difference difference) {
        return difference.missing().size() + difference.more().size() + difference.changed().size();
    }

    private static <T> List<T> shown(List<T> all) {
        return all.subList(0, Math.min(SHOWN, all.size()));
    }

    private static String joined(List<String> words, int all) {
        List<String> shown = shown(words);
        return String.join("; ", shown)
                + (all > shown.size() ? "; and " + (all - shown.size()) + " more" : "");
    }
}

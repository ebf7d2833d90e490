package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.holdfast.domain.audit.Anchors;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.shared.Dsse;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.security.SigningKeys;

/**
 * The audit log as a file. What is written is read a thousand entries at a time, up to the entry
 * that was the last when the export was asked for.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, AUDITOR_NAME})
public class AuditExport {
    private static final int AT_ONCE = 1000;
    private static final String[] COLUMNS = {
        "Number", "Time (UTC)", "Who", "Act", "Subject", "Details", "Hash before", "Hash"
    };
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private AuditLog audit;
    private Anchors anchors;
    private SigningKeys keys;
    private Clock clock;

    protected AuditExport() {}

    @Inject
    public AuditExport(AuditLog audit, Anchors anchors, SigningKeys keys, Clock clock) {
        this.audit = audit;
        this.anchors = anchors;
        this.keys = keys;
        this.clock = clock;
    }

    /** What it can be written as; JSON is signed, and the verifier checks it. */
    public enum Format {
        CSV("text/csv; charset=utf-8"),
        XLSX("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        JSON("application/json");

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }

        public String mediaType() {
            return mediaType;
        }
    }

    /** Writes the file; nothing of it is held whole in memory. */
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    public record File(String name, String mediaType, Writer content) {}

    public File file(Format format, AuditFilter filter) {
        AuditLog.Head head = audit.head();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Rows rows = new Rows(audit, filter, head.entries());
        UUID catalog = anchors.catalog();
        Writer writer =
                switch (format) {
                    case CSV -> out -> csv(rows, out);
                    case XLSX -> out -> Sheets.write(COLUMNS, rows::forEach, out);
                    case JSON -> out -> json(rows, filter, head, catalog, now, keys, out);
                };
        return new File(
                "holdfast-audit-"
                        + STAMP.format(now)
                        + "."
                        + format.name().toLowerCase(Locale.ROOT),
                format.mediaType(),
                writer);
    }

    /** Takes one row. */
    interface Each<T> {
        void take(T row) throws IOException;
    }

    private record Rows(AuditLog audit, AuditFilter filter, long last) {
        void entries(Each<AuditEntry> each) throws IOException {
            long after = 0;
            List<AuditEntry> some;
            do {
                some = audit.following(filter, after, last, AT_ONCE);
                for (AuditEntry entry : some) {
                    each.take(entry);
                    after = entry.seq();
                }
            } while (some.size() == AT_ONCE);
        }

        void forEach(Each<String[]> each) throws IOException {
            entries(
                    e ->
                            each.take(
                                    new String[] {
                                        Long.toString(e.seq()),
                                        e.at().toString(),
                                        e.actor(),
                                        e.action(),
                                        e.subject(),
                                        e.detail(),
                                        e.previousHash(),
                                        e.hash()
                                    }));
        }
    }

    private static void csv(Rows rows, OutputStream out) throws IOException {
        out.write(Sheets.csv(COLUMNS));
        rows.forEach(cells -> out.write(Sheets.csv(cells)));
    }

    /**
     * One entry a line. The last line is the statement, a DSSE envelope over the SHA-256 of every
     * byte before that line: what was left out, added or exchanged is found without the product.
     */
    private static void json(
            Rows rows,
            AuditFilter filter,
            AuditLog.Head head,
            UUID catalog,
            Instant now,
            SigningKeys keys,
            OutputStream out)
            throws IOException {
        DigestOutputStream hashed = new DigestOutputStream(out, Sha256.digest());
        hashed.write(utf8("{\"kind\":\"holdfast-audit-export/1\",\"entries\":["));
        long[] entries = {0};
        rows.entries(entry -> hashed.write(utf8((entries[0]++ == 0 ? "\n" : ",\n") + line(entry))));
        hashed.write(utf8("\n],\n"));
        JsonObjectBuilder statement =
                Json.createObjectBuilder()
                        .add("kind", "holdfast-audit-statement/1")
                        .add("catalog", catalog.toString())
                        .add("at", now.toString())
                        .add("filtered", !filter.all())
                        .add("entries", entries[0])
                        .add("chainEntries", head.entries())
                        .add("chainHash", head.hash())
                        .add("sha256", Sha256.ofDigest(hashed.getMessageDigest().digest()).hex());
        JsonObjectBuilder asked = Json.createObjectBuilder();
        filter.from().ifPresent(from -> asked.add("from", from.toString()));
        filter.to().ifPresent(to -> asked.add("to", to.toString()));
        filter.actor().ifPresent(actor -> asked.add("actor", actor));
        filter.action().ifPresent(action -> asked.add("action", action));
        filter.subject().ifPresent(subject -> asked.add("subject", subject));
        statement.add("filter", asked);
        Dsse envelope = keys.sign(Dsse.AUDIT_EXPORT, utf8(CanonicalJson.text(statement.build())));
        out.write(utf8("\"statement\":" + envelope.json() + "}\n"));
    }

    private static String line(AuditEntry entry) {
        return Json.createObjectBuilder()
                .add("seq", entry.seq())
                .add("at", entry.at().toString())
                .add("actor", entry.actor())
                .add("action", entry.action())
                .add("subject", entry.subject())
                .add("detail", entry.detail())
                .add("previousHash", entry.previousHash())
                .add("hash", entry.hash())
                .build()
                .toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

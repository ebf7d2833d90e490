package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.drill.DrillAges;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.EvidencePeriod;
import org.holdfast.domain.shared.Dsse;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.security.SigningKeys;

/**
 * The evidence of all drills of a period as one file that an auditor can check alone. It is written
 * drill by drill: never more than one drill's files, the index and its paper are in memory. Without
 * a transaction of its own, for the chain over drills must not be held for so long.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, AUDITOR_NAME})
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PeriodEvidence {
    /** Drills that one file holds at most. */
    static final int MOST = 1000;

    private static final String STATEMENT = "period.dsse.json";
    private static final int AT_ONCE = 200;

    private DrillRecorder recorder;
    private DrillRecords records;
    private Drills drills;
    private DrillAges ages;
    private Sources sources;
    private DrillFolder folder;
    private DrillChain chain;
    private SigningKeys keys;
    private Clock clock;

    protected PeriodEvidence() {}

    @Inject
    public PeriodEvidence(
            DrillRecorder recorder,
            DrillRecords records,
            Drills drills,
            DrillAges ages,
            Sources sources,
            DrillFolder folder,
            DrillChain chain,
            SigningKeys keys,
            Clock clock) {
        this.recorder = recorder;
        this.records = records;
        this.drills = drills;
        this.ages = ages;
        this.sources = sources;
        this.folder = folder;
        this.chain = chain;
        this.keys = keys;
        this.clock = clock;
    }

    /** Writes the zip as it is made; it is not held whole in memory. */
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    public record File(String name, Writer content) {}

    /** The published JSON Schema of {@code period.json}. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
    public String schema() {
        return DrillFolder.resource("period.schema.json");
    }

    /**
     * Looks whether there is a file to be taken, without making it.
     *
     * @throws Refused as {@link #file}
     */
    public void requireTakeable(String period, Optional<String> source) {
        asked(period, source);
    }

    /**
     * What was not sealed yet is sealed now.
     *
     * @param period as {@link EvidencePeriod#of} reads it
     * @param source name of a database; empty: all
     * @throws Refused EVIDENCE-PERIOD, EVIDENCE-MANY, NOT-FOUND
     */
    public File file(String period, Optional<String> source) {
        Asked asked = asked(period, source);
        List<UUID> ended =
                asked.rows().stream()
                        .filter(row -> row.verdict() != null)
                        .map(Drills.Row::id)
                        .toList();
        Set<UUID> unsealed = new HashSet<>(records.unsealed(ended));
        ended.stream().filter(unsealed::contains).forEach(id -> recorder.seal(id));
        Segment segment = segment(asked);
        PeriodIndex index =
                new PeriodIndex(
                        asked.period(),
                        asked.source().map(Source::name),
                        asked.until(),
                        asked.now());
        for (UUID id : ended) {
            index.add(sealed(id, segment.last()));
        }
        asked.rows().stream().filter(row -> row.verdict() == null).forEach(index::addUnended);
        segment.first().keySet().removeAll(ended);
        drills.names(segment.first().keySet()).stream()
                .sorted(
                        Comparator.comparing(Drills.Name::requestedAt)
                                .thenComparing(Drills.Name::number))
                .forEach(
                        drill ->
                                index.addOther(
                                        drill,
                                        asked.source()
                                                .filter(of -> !of.id().equals(drill.sourceId()))
                                                .isPresent()));
        JsonObject whole = index.json(ages.uses());
        return new File(
                name(asked), out -> new Writing(out, whole, segment, asked.until()).all(ended));
    }

    private record Asked(
            EvidencePeriod period,
            Optional<Source> source,
            Instant until,
            Instant now,
            List<Drills.Row> rows) {}

    private Asked asked(String text, Optional<String> name) {
        EvidencePeriod period = EvidencePeriod.of(text);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant until = period.endBy(now);
        Optional<Source> source = name.map(this::named);
        Drills.Filter filter = Drills.Filter.ALL.since(period.begin()).before(until);
        Drills.Filter narrowed = source.map(of -> filter.ofSource(of.id())).orElse(filter);
        List<Drills.Row> rows = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<Drills.Row> page = drills.page(narrowed, cursor, AT_ONCE);
            rows.addAll(page.items());
            cursor = page.next();
            if (rows.size() > MOST) {
                throw new Refused(
                        "EVIDENCE-MANY",
                        "There are more than " + MOST + " drills in " + period.name() + ".",
                        "Take a shorter period, or one database at a time.");
            }
        } while (cursor.isPresent());
        Collections.reverse(rows);
        return new Asked(period, source, until, now, rows);
    }

    private Source named(String name) {
        return sources.byName(name).orElseThrow(() -> Refused.notFound("database", name));
    }

    /**
     * What the chain says of the period.
     *
     * @param last number of the last link
     * @param hash of it
     * @param first drills whose first record was sealed in the period, with that moment
     */
    private record Segment(long last, String hash, Map<UUID, Instant> first) {}

    private Segment segment(Asked asked) {
        Set<UUID> seen = new HashSet<>();
        Map<UUID, Instant> first = new LinkedHashMap<>();
        DrillRecords.Link[] end = new DrillRecords.Link[1];
        chain.each(
                Long.MAX_VALUE,
                link -> {
                    end[0] = link;
                    if (seen.add(link.drillId())
                            && !link.at().isBefore(asked.period().begin())
                            && link.at().isBefore(asked.until())) {
                        first.put(link.drillId(), link.at());
                    }
                });
        return end[0] == null
                ? new Segment(0, DrillRecords.Link.GENESIS, first)
                : new Segment(end[0].seq(), end[0].hash(), first);
    }

    /** The newest that the chain knew then: somebody may have signed meanwhile. */
    private DrillRecords.Sealed sealed(UUID id, long last) {
        return records.of(id).stream()
                .filter(record -> record.link().seq() <= last)
                .reduce((older, newer) -> newer)
                .orElseThrow();
    }

    private static String name(Asked asked) {
        return "holdfast-drills-"
                + asked.period().name().replace("..", "-to-")
                + asked.source().map(of -> "-" + of.name()).orElse("")
                + ".zip";
    }

    private final class Writing {
        private final StoredZip zip;
        private final JsonObject index;
        private final Segment segment;
        private final Instant until;
        private final JsonArrayBuilder listed = Json.createArrayBuilder();

        Writing(OutputStream out, JsonObject index, Segment segment, Instant until) {
            this.zip = new StoredZip(out);
            this.index = index;
            this.segment = segment;
            this.until = until;
        }

        void all(List<UUID> ended) throws IOException {
            byte[] told = DrillFolder.part(index);
            add("README.txt", DrillFolder.utf8(DrillFolder.resource("period-readme.txt")));
            add(
                    "summary.pdf",
                    PeriodPaper.pdf(
                            index,
                            new PeriodPaper.Proof(
                                    Sha256.of(told),
                                    segment.last(),
                                    segment.hash(),
                                    keys.fingerprint())));
            add("period.json", told);
            add("period.schema.json", DrillFolder.utf8(schema()));
            add(
                    "drill-record.schema.json",
                    DrillFolder.utf8(DrillFolder.resource("drill-record.schema.json")));
            add("control-map.json", DrillFolder.utf8(DrillFolder.resource("control-map.json")));
            add("chain.json", out -> chain.write(segment.last(), out));
            for (UUID id : ended) {
                DrillRecords.Sealed whole = sealed(id, segment.last());
                JsonObject record = CanonicalJson.read(whole.document());
                String in = PeriodIndex.folder(record) + "/";
                for (Map.Entry<String, byte[]> file : folder.files(whole, record).entrySet()) {
                    add(in + file.getKey(), file.getValue());
                }
            }
            byte[] statement = DrillFolder.utf8(statement() + "\n");
            zip.add(STATEMENT, out -> out.write(statement));
            zip.finish();
        }

        private void add(String name, byte[] bytes) throws IOException {
            add(name, out -> out.write(bytes));
        }

        private void add(String name, StoredZip.Content content) throws IOException {
            MessageDigest digest = Sha256.digest();
            long size =
                    zip.add(
                            name,
                            out -> {
                                digest.reset();
                                content.writeTo(new DigestOutputStream(out, digest));
                            });
            listed.add(
                    Json.createObjectBuilder()
                            .add("name", name)
                            .add("bytes", size)
                            .add("sha256", Sha256.ofDigest(digest.digest()).hex()));
        }

        private String statement() {
            JsonObject period = index.getJsonObject("period");
            return keys.sign(
                            Dsse.PERIOD_EVIDENCE,
                            DrillFolder.utf8(
                                    CanonicalJson.text(
                                            Json.createObjectBuilder()
                                                    .add("kind", "holdfast-period-evidence/1")
                                                    .add("from", period.getString("from"))
                                                    .add("until", until.toString())
                                                    .add("at", index.getString("madeAt"))
                                                    .add("chainEntries", segment.last())
                                                    .add("chainHash", segment.hash())
                                                    .add("files", listed)
                                                    .build())))
                    .json();
        }
    }
}

package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.alert.Pulses;
import org.holdfast.domain.alert.StoreChecks;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.Shrinkage;

/** Reads what alerts are judged by, with one query for each sort of fact. */
@ApplicationScoped
@Transactional
public class CatalogAlertFacts implements Pulses, StoreChecks, Expiries {
    /** How long a broken glass is told as news; its record stays for ever. */
    private static final Duration GLASS_NEWS = Duration.ofDays(7);

    /** Of each source the newest kept backup, and those that it is compared with. */
    private static final String SIZES =
            """
            SELECT s.taken_at, s.raw_bytes,
                   CASE WHEN r.row_proof <> 'OFF' THEN s.table_count END,
                   CASE WHEN r.row_proof <> 'OFF' THEN s.row_count END, so.id
            FROM sources so CROSS JOIN LATERAL (
                SELECT x.id, x.taken_at FROM snapshots x WHERE x.source_id = so.id AND x.rung <> 'EXPIRED'
                  AND EXISTS (SELECT 1 FROM snapshot_copies c
                              WHERE c.snapshot_id = x.id AND c.state IN ('UPLOADED', 'VERIFIED'))
                  AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = x.id)
                ORDER BY x.taken_at DESC LIMIT 1) newest
            CROSS JOIN LATERAL (
                SELECT * FROM snapshots x WHERE x.source_id = so.id AND x.taken_at <= newest.taken_at
                  AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = x.id)
                  AND (x.id = newest.id OR x.shrunken IS NULL OR x.shrunken_accepted_at IS NOT NULL)
                  AND x.taken_at >= coalesce((
                      SELECT max(a.taken_at) FROM snapshots a WHERE a.source_id = so.id
                      AND a.taken_at <= newest.taken_at AND a.shrunken_accepted_at IS NOT NULL), '-infinity')
                ORDER BY x.taken_at DESC LIMIT ?1) s JOIN backup_runs r ON r.id = s.id
            WHERE NOT so.retired ORDER BY so.id, s.taken_at DESC""";

    private static final String SOURCES =
            """
            SELECT so.id, so.name, so.known_since, good.taken_at, p.paused_by, p.paused_until, run.failure_text
            FROM sources so
            LEFT JOIN LATERAL (
                SELECT x.taken_at FROM snapshots x
                WHERE x.source_id = so.id AND x.rung IN ('UPLOADED', 'VERIFIED', 'RESTORED')
                  AND EXISTS (SELECT 1 FROM snapshot_copies c
                              WHERE c.snapshot_id = x.id AND c.state IN ('UPLOADED', 'VERIFIED'))
                  AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = x.id)
                ORDER BY x.taken_at DESC LIMIT 1) good ON true
            LEFT JOIN source_schedules p
                ON p.source_id = so.id AND p.paused_at IS NOT NULL AND p.paused_until > CAST(?1 AS timestamptz)
            LEFT JOIN LATERAL (
                SELECT CASE WHEN r.state = 'FAILED' THEN r.failure_text END AS failure_text
                FROM backup_runs r WHERE r.source_id = so.id AND r.state IN ('COMPLETED', 'FAILED')
                  AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = r.id)
                ORDER BY r.queued_at DESC, r.id DESC LIMIT 1) run ON true
            WHERE NOT so.retired ORDER BY so.name""";

    private static final String SUSPECT =
            """
            SELECT s.source_id, s.id, s.taken_at,
                   NOT EXISTS (SELECT 1 FROM snapshots n WHERE n.source_id = s.source_id
                               AND n.taken_at > s.taken_at AND n.rung <> 'EXPIRED'
                               AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = n.id)),
                   coalesce(s.doubt, 'no reason was noted')
            FROM snapshots s WHERE s.rung = 'SUSPECT' AND s.damaged ORDER BY s.taken_at DESC LIMIT 10000""";

    private static final String STORES =
            """
            SELECT st.name, coalesce(c.missing, 0), c.oldest, c.why, coalesce(c.corrupt, 0),
                   k.failing_since, k.failure
            FROM stores st
            LEFT JOIN (
                SELECT c.store_id, count(*) FILTER (WHERE c.state = 'FAILED') AS missing,
                       min(s.committed_at) FILTER (WHERE c.state = 'FAILED') AS oldest,
                       max(c.failure) FILTER (WHERE c.state = 'FAILED') AS why,
                       count(*) FILTER (WHERE c.state = 'CORRUPT') AS corrupt
                FROM snapshot_copies c JOIN snapshots s ON s.id = c.snapshot_id AND s.rung <> 'EXPIRED'
                WHERE c.state IN ('FAILED', 'CORRUPT') AND c.doomed_at IS NULL GROUP BY c.store_id) c ON c.store_id = st.id
            LEFT JOIN store_checks k ON k.store_id = st.id
            WHERE NOT st.retired ORDER BY st.name""";

    private static final String GLASS =
            """
            SELECT CASE WHEN kind = 'RESTORE' THEN 'restore/' ELSE 'approval/' END || id, what, decided_by, decided_at
            FROM approval_inbox WHERE break_glass AND decided_at > CAST(?1 AS timestamptz) ORDER BY decided_at""";

    /**
     * What was seen of late: certificates are looked at each hour, and of a server that is gone for
     * good nobody has to know; logins are looked at with each backup, and fail as they were read.
     * The keys of stores, where somebody said when they end, for as long as that is said: the store
     * shows each minute whether it takes them. And tokens that somebody works with: one that has
     * expired is told for a week, one that was not used for a month is nobody's, and one that was
     * made for some days ends as it was meant to.
     */
    private static final String EXPIRING =
            """
            SELECT e.kind, e.subject, e.what, e.expires_at, e.begins_at,
                   CASE WHEN e.kind = 'CERTIFICATE_EXPIRES' THEN e.read_at END, CAST(NULL AS timestamptz),
                   coalesce(e.verified_at > e.read_at - interval '2 hours', false)
            FROM expiries e
            WHERE e.seen_at > CAST(?1 AS timestamptz)
                - CASE WHEN e.kind = 'CERTIFICATE_EXPIRES' THEN interval '2 days' ELSE interval '40 days' END
              AND (e.subject NOT LIKE 'source/%' OR EXISTS (
                  SELECT 1 FROM sources so WHERE 'source/' || so.name = e.subject AND NOT so.retired))
            UNION ALL
            SELECT 'CREDENTIAL_EXPIRES', 'token/' || t.id,
                   'API token "' || t.name || '" of ' || u.name, t.expires_at, NULL, NULL, NULL, true
            FROM api_tokens t JOIN users u ON u.id = t.user_id
            WHERE t.revoked_at IS NULL AND NOT u.disabled
              AND t.expires_at > CAST(?1 AS timestamptz) - interval '7 days'
              AND t.expires_at < CAST(?1 AS timestamptz) + interval '366 days'
              AND t.last_used_at > CAST(?1 AS timestamptz) - interval '30 days'
              AND t.expires_at - t.created_at > interval '20 days'
            UNION ALL
            SELECT 'CREDENTIAL_EXPIRES', 'store/' || st.name, 'The access key of store ' || st.name,
                   CAST(st.keys_end_on AS timestamp) AT TIME ZONE 'UTC', NULL, coalesce(k.checked_at, 'epoch'),
                   CASE WHEN k.failing_since IS NULL THEN k.checked_at END, true
            FROM stores st LEFT JOIN store_checks k ON k.store_id = st.id
            WHERE NOT st.retired AND st.keys_end_on IS NOT NULL
            ORDER BY 4""";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Inject private RecipientKeys keys;
    @Inject private PolicyInForce policy;
    @Inject private CatalogDrillStandings drills;

    AlertFacts at(Instant now) {
        return new AlertFacts(
                now,
                sources(now),
                stores(),
                keysDue(),
                glass(now),
                pulses(),
                drills.facts(),
                audit(),
                known(now));
    }

    private List<AlertFacts.OfAudit> audit() {
        return Sql.rows(
                entities,
                "SELECT st.name, a.at, a.mismatch FROM audit_anchors a JOIN stores st ON st.id = a.store_id"
                        + " WHERE a.mismatch IS NOT NULL AND NOT st.retired ORDER BY st.name",
                row ->
                        new AlertFacts.OfAudit(
                                Rows.text(row[0]),
                                Optional.ofNullable(Rows.instant(row[1])),
                                Rows.text(row[2])));
    }

    private List<AlertFacts.OfSource> sources(Instant now) {
        Map<UUID, List<Shrinkage.Size>> sizes = new HashMap<>();
        Sql.rows(entities, SIZES, row -> row, Shrinkage.MOST_BEFORE + 1)
                .forEach(
                        row ->
                                sizes.computeIfAbsent(Rows.uuid(row[4]), id -> new ArrayList<>())
                                        .add(CatalogSnapshots.size(row)));
        Map<UUID, List<AlertFacts.Suspect>> suspect = new HashMap<>();
        Sql.rows(entities, SUSPECT, row -> row)
                .forEach(
                        row ->
                                suspect.computeIfAbsent(Rows.uuid(row[0]), id -> new ArrayList<>())
                                        .add(
                                                new AlertFacts.Suspect(
                                                        Rows.uuid(row[1]),
                                                        Rows.instant(row[2]),
                                                        (Boolean) row[3],
                                                        Rows.text(row[4]))));
        return Sql.rows(
                entities,
                SOURCES,
                row -> {
                    UUID id = Rows.uuid(row[0]);
                    return new AlertFacts.OfSource(
                            Rows.text(row[1]),
                            Rows.instant(row[2]),
                            Optional.ofNullable(Rows.instant(row[3])),
                            Optional.ofNullable(Rows.text(row[4]))
                                    .map(by -> new AlertFacts.Pause(by, Rows.instant(row[5]))),
                            Optional.ofNullable(Rows.text(row[6])),
                            List.copyOf(sizes.getOrDefault(id, List.of())),
                            List.copyOf(suspect.getOrDefault(id, List.of())));
                },
                Rows.timestamp(now));
    }

    private List<AlertFacts.OfStore> stores() {
        return Sql.rows(
                entities,
                STORES,
                row ->
                        new AlertFacts.OfStore(
                                Rows.text(row[0]),
                                Rows.number(row[1]),
                                Optional.ofNullable(Rows.instant(row[2])),
                                Optional.ofNullable(Rows.text(row[3])),
                                Rows.number(row[4]),
                                Optional.ofNullable(Rows.instant(row[5])),
                                Optional.ofNullable(Rows.text(row[6]))));
    }

    private List<AlertFacts.OfKey> keysDue() {
        int days = policy.now().keyRotationDays();
        return keys.all().stream()
                .map(key -> new AlertFacts.OfKey(key.name(), key.rotationDue(days), key.proofDue()))
                .toList();
    }

    private List<AlertFacts.Glass> glass(Instant now) {
        return Sql.rows(
                entities,
                GLASS,
                row ->
                        new AlertFacts.Glass(
                                Rows.text(row[0]),
                                Rows.text(row[1]),
                                Rows.text(row[2]),
                                Rows.instant(row[3])),
                Rows.timestamp(now.minus(GLASS_NEWS)));
    }

    @Override
    public List<AlertFacts.Expiring> known(Instant now) {
        return Sql.rows(entities, EXPIRING, CatalogAlertFacts::expiring, Rows.timestamp(now));
    }

    private static AlertFacts.Expiring expiring(Object[] row) {
        return new AlertFacts.Expiring(
                AlertKind.valueOf(Rows.text(row[0])),
                Rows.text(row[1]),
                Rows.text(row[2]),
                Rows.instant(row[3]),
                Optional.ofNullable(Rows.instant(row[4])),
                Optional.ofNullable(Rows.instant(row[5])),
                Optional.ofNullable(Rows.instant(row[6])),
                (Boolean) row[7]);
    }

    @Override
    public Map<String, AlertFacts.Expiring> ends(
            AlertKind kind, Collection<String> subjects, Instant now) {
        return ends(
                Sql.rows(
                        entities,
                        "SELECT * FROM ("
                                + EXPIRING
                                + ") known WHERE kind = ?2 AND subject = ANY(CAST(?3 AS text[]))",
                        CatalogAlertFacts::expiring,
                        Rows.timestamp(now),
                        kind.name(),
                        array(subjects)),
                now);
    }

    static Map<String, AlertFacts.Expiring> ends(List<AlertFacts.Expiring> known, Instant now) {
        return known.stream()
                .filter(it -> !it.endedUnseen(now))
                .collect(Collectors.toMap(AlertFacts.Expiring::subject, Function.identity()));
    }

    @Override
    public void onlyHosts(Collection<String> subjects, String by) {
        Sql.change(
                entities,
                "DELETE FROM expiries WHERE kind = 'CERTIFICATE_EXPIRES' AND subject LIKE ?1"
                        + " AND subject <> ALL(CAST(?2 AS text[]))"
                        + " AND (seen_by = ?3 OR seen_at < clock_timestamp() - interval '2 days')",
                HOSTS + "%",
                array(subjects),
                by);
    }

    /** As PostgreSQL reads it; subjects are of names and addresses. */
    private static String array(Collection<String> texts) {
        return texts.stream()
                .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Override
    public void seen(Thing thing, Optional<Term> term) {
        if (term.isEmpty()) {
            Sql.change(
                    entities,
                    "DELETE FROM expiries WHERE kind = ?1 AND subject = ?2",
                    thing.kind().name(),
                    thing.subject());
            return;
        }
        Sql.change(
                entities,
                "INSERT INTO expiries (kind, subject, what, expires_at, begins_at, seen_by,"
                        + " verified_by, verified_at)"
                        + " VALUES (?1, ?2, ?3, CAST(?4 AS timestamptz), CAST(?5 AS timestamptz), ?6,"
                        + " CASE WHEN CAST(?7 AS boolean) THEN CAST(?6 AS text) END,"
                        + " CASE WHEN CAST(?7 AS boolean) THEN clock_timestamp() END)"
                        + " ON CONFLICT (kind, subject) DO UPDATE SET what = excluded.what,"
                        + " expires_at = excluded.expires_at, begins_at = excluded.begins_at,"
                        + " verified_at = CASE WHEN excluded.verified_at IS NOT NULL THEN excluded.verified_at"
                        + " WHEN expiries.verified_by <> excluded.seen_by THEN expiries.verified_at END,"
                        + " verified_by = coalesce(excluded.verified_by,"
                        + " nullif(expiries.verified_by, excluded.seen_by)),"
                        + " seen_by = excluded.seen_by,"
                        + " seen_at = excluded.seen_at, read_at = excluded.read_at",
                thing.kind().name(),
                thing.subject(),
                thing.what(),
                Rows.timestamp(term.get().until()),
                term.get().from().map(Rows::timestamp).orElse(null),
                thing.by(),
                thing.verified());
    }

    @Override
    public void still(AlertKind kind, String subject) {
        Sql.change(
                entities,
                "UPDATE expiries SET seen_at = clock_timestamp() WHERE kind = ?1 AND subject = ?2",
                kind.name(),
                subject);
    }

    private List<AlertFacts.Pulse> pulses() {
        return Sql.rows(
                entities,
                "SELECT beat, at FROM pulses ORDER BY beat",
                row ->
                        new AlertFacts.Pulse(
                                AlertFacts.Duty.valueOf(Rows.text(row[0])), Rows.instant(row[1])));
    }

    @Override
    public void beat(AlertFacts.Duty duty) {
        Sql.change(
                entities, "UPDATE pulses SET at = clock_timestamp() WHERE beat = ?1", duty.name());
    }

    @Override
    public void checked(UUID storeId, Optional<String> failure) {
        Sql.change(
                entities,
                "INSERT INTO store_checks AS k (store_id, checked_at, failing_since, failure)"
                        + " VALUES (?1, clock_timestamp(), CASE WHEN CAST(?2 AS text) IS NOT NULL THEN clock_timestamp() END, CAST(?2 AS text))"
                        + " ON CONFLICT (store_id) DO UPDATE SET checked_at = excluded.checked_at,"
                        + " failing_since = CASE WHEN excluded.failure IS NOT NULL"
                        + " THEN coalesce(k.failing_since, excluded.failing_since) END,"
                        + " failure = excluded.failure",
                storeId,
                failure.orElse(null));
    }
}

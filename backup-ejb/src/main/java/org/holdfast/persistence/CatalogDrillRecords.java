package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.shared.Sha256;

/**
 * Tables {@code drill_records} and {@code drill_record_head}. Whoever appends locks the head until
 * his transaction ends.
 */
@ApplicationScoped
@Transactional
public class CatalogDrillRecords implements DrillRecords {
    private static final String LINK = "seq, drill_id, made_at, sha256, previous_hash, hash";
    private static final String WHOLE =
            "SELECT " + LINK + ", document, envelope FROM drill_records WHERE drill_id = ?1";

    private static final String UNSEALED =
            "SELECT id, number FROM drills"
                    + " WHERE verdict IS NOT NULL AND (sealed_at IS NULL OR destroyed_at > sealed_at)";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    private record Head(long seq, String hash) {}

    @Override
    public Sealed append(
            UUID drillId, Instant at, String document, Function<Link, String> envelope) {
        entities.flush();
        Head head =
                Sql.rows(
                                entities,
                                "SELECT seq, hash FROM drill_record_head WHERE one FOR UPDATE",
                                row -> new Head(Rows.number(row[0]), Rows.text(row[1])))
                        .get(0);
        Link link =
                Link.behind(
                        head.seq(),
                        head.hash(),
                        drillId,
                        at.truncatedTo(ChronoUnit.MICROS),
                        Sha256.of(document));
        String signed = envelope.apply(link);
        Sql.change(
                entities,
                "INSERT INTO drill_records (seq, drill_id, made_at, sha256, previous_hash, hash, document, envelope)"
                        + " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                link.seq(),
                drillId,
                Rows.timestamp(link.at()),
                link.record().hex(),
                link.previous(),
                link.hash(),
                document,
                signed);
        Sql.change(
                entities,
                "UPDATE drill_record_head SET seq = ?1, hash = ?2 WHERE one",
                link.seq(),
                link.hash());
        Sql.change(
                entities,
                "UPDATE drills SET sealed_at = ?1 WHERE id = ?2",
                Rows.timestamp(link.at()),
                drillId);
        return new Sealed(link, document, signed);
    }

    @Override
    public Optional<Sealed> newest(UUID drillId) {
        return Sql.rows(
                        entities,
                        WHOLE + " ORDER BY seq DESC LIMIT 1",
                        CatalogDrillRecords::sealed,
                        drillId)
                .stream()
                .findFirst();
    }

    @Override
    public List<Sealed> of(UUID drillId) {
        return Sql.rows(entities, WHOLE + " ORDER BY seq", CatalogDrillRecords::sealed, drillId);
    }

    @Override
    public List<Link> links(long after, long last, int max) {
        return Sql.rows(
                entities,
                "SELECT "
                        + LINK
                        + " FROM drill_records WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
                CatalogDrillRecords::link,
                after,
                last,
                max);
    }

    @Override
    public List<UUID> unsealed(int max) {
        return Sql.rows(
                entities,
                UNSEALED + " ORDER BY finished_at DESC LIMIT ?1",
                row -> Rows.uuid(row[0]),
                max);
    }

    @Override
    public List<UUID> unsealed(Collection<UUID> ids) {
        return Sql.rows(
                entities,
                UNSEALED + " AND id = ANY (CAST(string_to_array(?1, ',') AS uuid[]))",
                row -> Rows.uuid(row[0]),
                ids.stream().map(UUID::toString).collect(Collectors.joining(",")));
    }

    private static Link link(Object[] row) {
        return new Link(
                Rows.number(row[0]),
                Rows.uuid(row[1]),
                Rows.instant(row[2]),
                new Sha256(Rows.text(row[3])),
                Rows.text(row[4]),
                Rows.text(row[5]));
    }

    private static Sealed sealed(Object[] row) {
        return new Sealed(link(row), Rows.text(row[6]), Rows.text(row[7]));
    }
}

package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.snapshot.RunState;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Stray;
import org.holdfast.domain.snapshot.Strays;
import org.holdfast.domain.storage.ObjectKey;

/** Table {@code strays}. */
@ApplicationScoped
@Transactional
public class CatalogStrays implements Strays {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public Optional<Stray.Run> run(UUID runId, UUID storeId) {
        return Sql.rows(
                        entities,
                        "SELECT r.state, s.key_prefix, c.state AS copy FROM backup_runs r"
                                + " LEFT JOIN snapshots s ON s.id = r.id"
                                + " LEFT JOIN snapshot_copies c ON c.snapshot_id = s.id AND c.store_id = ?"
                                + " WHERE r.id = ?",
                        c ->
                                new Stray.Run(
                                        RunState.valueOf(Rows.text(c[0])).ended(),
                                        Optional.ofNullable(Rows.text(c[1])).map(ObjectKey::new),
                                        Optional.ofNullable(Rows.text(c[2]))
                                                .map(SnapshotCopy.State::valueOf)),
                        storeId,
                        runId)
                .stream()
                .findFirst();
    }

    @Override
    public List<Stray> note(UUID storeId, List<Stray> found, Instant now) {
        for (Stray stray : found) {
            Sql.change(
                    entities,
                    "INSERT INTO strays (store_id, kind, place, whose, objects, bytes, newest_at,"
                            + " found_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)"
                            + " ON CONFLICT (store_id, kind, place) DO UPDATE SET whose ="
                            + " excluded.whose, objects = excluded.objects, bytes = excluded.bytes,"
                            + " newest_at = excluded.newest_at, seen_at = excluded.seen_at,"
                            + " found_at = CASE WHEN strays.whose = excluded.whose THEN"
                            + " strays.found_at ELSE excluded.found_at END",
                    storeId,
                    stray.kind().name(),
                    stray.place(),
                    stray.whose().name(),
                    stray.objects(),
                    stray.bytes(),
                    Rows.timestamp(stray.newestAt()),
                    Rows.timestamp(now));
        }
        Sql.change(
                entities,
                "DELETE FROM strays WHERE store_id = ?1 AND seen_at < ?2",
                storeId,
                Rows.timestamp(now));
        return in(storeId);
    }

    @Override
    public void forget(UUID storeId, Stray stray) {
        Sql.change(
                entities,
                "DELETE FROM strays WHERE store_id = ?1 AND kind = ?2 AND place = ?3",
                storeId,
                stray.kind().name(),
                stray.place());
    }

    @Override
    public List<Stray> in(UUID storeId) {
        return Sql.rows(
                entities,
                "SELECT kind, place, whose, objects, bytes, newest_at, found_at FROM strays"
                        + " WHERE store_id = ? ORDER BY found_at, place",
                c ->
                        new Stray(
                                Stray.Kind.valueOf(Rows.text(c[0])),
                                Rows.text(c[1]),
                                Stray.Whose.valueOf(Rows.text(c[2])),
                                Rows.number(c[3]),
                                Rows.number(c[4]),
                                Rows.instant(c[5]),
                                Rows.instant(c[6])),
                storeId);
    }
}

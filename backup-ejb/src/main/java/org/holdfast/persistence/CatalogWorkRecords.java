package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.snapshot.WorkRecords;

/** Tables {@code work_log} and {@code work_phases}. */
@ApplicationScoped
@Transactional
public class CatalogWorkRecords implements WorkRecords {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public List<Line> log(UUID workId, long afterSeq, int max) {
        return Sql.rows(
                entities,
                """
                SELECT seq, at, level, text FROM work_log
                WHERE work_id = ? AND seq > ? ORDER BY seq LIMIT ?""",
                row ->
                        new Line(
                                Rows.number(row[0]),
                                Rows.instant(row[1]),
                                Rows.text(row[2]),
                                Rows.text(row[3])),
                workId,
                afterSeq,
                max);
    }

    @Override
    public List<Phase> phases(UUID workId) {
        return Sql.rows(
                entities,
                """
                SELECT attempt, name, started_at, finished_at, bytes, total_bytes FROM work_phases
                WHERE work_id = ? ORDER BY id""",
                row ->
                        new Phase(
                                (int) Rows.number(row[0]),
                                Rows.text(row[1]),
                                Rows.instant(row[2]),
                                Optional.ofNullable(Rows.instant(row[3])),
                                Rows.number(row[4]),
                                Rows.number(row[5])),
                workId);
    }
}

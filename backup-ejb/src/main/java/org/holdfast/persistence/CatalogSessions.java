package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.people.BrowserSession;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.Role;

/** Table {@code browser_sessions}. */
@ApplicationScoped
@Transactional
public class CatalogSessions implements BrowserSessions {
    private static final Duration REMEMBERED = Duration.ofDays(31);
    private static final String COLUMNS =
            "s.id, s.user_id, s.address, s.browser, s.recovered, s.started_at, s.last_used_at";
    private static final String OPEN =
            "s.ended_at IS NULL AND s.last_used_at > CAST(? AS timestamptz) AND s.started_at >"
                    + " CAST(? AS timestamptz)";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    /** A session that was not used since then has ended. */
    static Instant idleSince(Instant now) {
        return now.minus(BrowserSession.IDLE).minus(BrowserSession.GRAIN);
    }

    /** A session that began before then has ended. */
    static Instant startedSince(Instant now) {
        return now.minus(BrowserSession.WHOLE);
    }

    @Override
    public void add(BrowserSession session) {
        Sql.change(
                entities,
                "DELETE FROM browser_sessions WHERE started_at < CAST(? AS timestamptz)",
                Rows.timestamp(session.startedAt().minus(REMEMBERED)));
        Sql.change(
                entities,
                """
                INSERT INTO browser_sessions (id, user_id, address, browser, recovered, started_at, last_used_at)
                VALUES (?, ?, ?, ?, ?, CAST(? AS timestamptz), CAST(? AS timestamptz))""",
                session.id(),
                session.userId(),
                session.address(),
                session.browser(),
                session.recovered(),
                Rows.timestamp(session.startedAt()),
                Rows.timestamp(session.lastUsedAt()));
    }

    @Override
    public Optional<Holder> holder(UUID id, Instant now) {
        return Sql.rows(
                        entities,
                        "SELECT "
                                + COLUMNS
                                + ", u.name, u.role FROM browser_sessions s JOIN users u ON u.id ="
                                + " s.user_id WHERE s.id = ? AND NOT u.disabled AND "
                                + OPEN,
                        row ->
                                new Holder(
                                        session(row),
                                        Rows.text(row[7]),
                                        Role.valueOf(Rows.text(row[8]))),
                        id,
                        Rows.timestamp(idleSince(now)),
                        Rows.timestamp(startedSince(now)))
                .stream()
                .findFirst();
    }

    @Override
    public void used(UUID id, Instant now) {
        Sql.change(
                entities,
                """
                UPDATE browser_sessions SET last_used_at = CAST(? AS timestamptz)
                WHERE id = ? AND last_used_at < CAST(? AS timestamptz)""",
                Rows.timestamp(now),
                id,
                Rows.timestamp(now));
    }

    @Override
    public List<BrowserSession> open(UUID userId, Instant now) {
        return Sql.rows(
                entities,
                "SELECT "
                        + COLUMNS
                        + " FROM browser_sessions s WHERE s.user_id = ? AND "
                        + OPEN
                        + " ORDER BY s.last_used_at DESC, s.id DESC",
                CatalogSessions::session,
                userId,
                Rows.timestamp(idleSince(now)),
                Rows.timestamp(startedSince(now)));
    }

    private static BrowserSession session(Object[] row) {
        return new BrowserSession(
                Rows.uuid(row[0]),
                Rows.uuid(row[1]),
                Rows.text(row[2]),
                Rows.text(row[3]),
                (Boolean) row[4],
                Rows.instant(row[5]),
                Rows.instant(row[6]));
    }

    @Override
    public boolean end(UUID userId, UUID id, Instant now) {
        return Sql.change(
                        entities,
                        "UPDATE browser_sessions s SET ended_at = CAST(? AS timestamptz) WHERE"
                                + " s.user_id = ? AND s.id = ? AND "
                                + OPEN,
                        Rows.timestamp(now),
                        userId,
                        id,
                        Rows.timestamp(idleSince(now)),
                        Rows.timestamp(startedSince(now)))
                == 1;
    }

    @Override
    public int endAll(UUID userId, UUID but, Instant now) {
        return Sql.change(
                entities,
                "UPDATE browser_sessions s SET ended_at = CAST(? AS timestamptz) WHERE s.user_id ="
                        + " ? AND s.id IS DISTINCT FROM CAST(? AS uuid) AND "
                        + OPEN,
                Rows.timestamp(now),
                userId,
                but == null ? null : but.toString(),
                Rows.timestamp(idleSince(now)),
                Rows.timestamp(startedSince(now)));
    }

    @Override
    public void renewed(UUID id) {
        Sql.change(entities, "UPDATE browser_sessions SET recovered = false WHERE id = ?", id);
    }
}

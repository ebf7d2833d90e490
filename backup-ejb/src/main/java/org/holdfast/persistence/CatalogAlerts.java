package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.alert.Alert;
import org.holdfast.domain.alert.AlertBook;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.Delivery;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Page;

/** Tables {@code alerts}, {@code alert_deliveries} and {@code alert_watch}. */
@ApplicationScoped
@Transactional
public class CatalogAlerts implements AlertBook {
    private static final String COLUMNS =
            "id, alert_id, channel, event, step, contact, state, attempt, made_at, next_try_at,"
                    + " sent_at, failure";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Inject private CatalogAlertFacts facts;

    @Override
    public Optional<Instant> begin(Duration every) {
        return entities
                .createNativeQuery(
                        "UPDATE alert_watch SET judged_at = clock_timestamp()"
                                + " WHERE judged_at <= clock_timestamp() - make_interval(secs => ?1)"
                                + " RETURNING judged_at")
                .setParameter(1, every.toMillis() / 1000.0)
                .getResultList()
                .stream()
                .map(Rows::instant)
                .findFirst();
    }

    @Override
    public AlertFacts facts(Instant now) {
        return facts.at(now);
    }

    @Override
    public List<Alert> open(int first, int max) {
        return entities.createQuery(
                        "SELECT a FROM Alert a WHERE a.resolvedAt IS NULL ORDER BY CASE"
                                + " WHEN a.severity = :critical THEN 0"
                                + " WHEN a.severity = :warning THEN 1 ELSE 2 END, a.openedAt, a.id",
                        Alert.class)
                .setParameter("critical", Severity.CRITICAL)
                .setParameter("warning", Severity.WARNING)
                .setHint("eclipselink.refresh", "true")
                .setFirstResult(first)
                .setMaxResults(max)
                .getResultList();
    }

    @Override
    public long countOpen() {
        return Rows.number(
                Sql.value(entities, "SELECT count(*) FROM alerts WHERE resolved_at IS NULL"));
    }

    @Override
    public Optional<Instant> judgedAt() {
        return Optional.ofNullable(
                Rows.instant(
                        Sql.value(
                                entities,
                                "SELECT nullif(judged_at, '-infinity') FROM alert_watch")));
    }

    @Override
    public Map<Severity, Long> unanswered() {
        Map<Severity, Long> counted = new EnumMap<>(Severity.class);
        Sql.rows(
                        entities,
                        "SELECT severity, count(*) FROM alerts WHERE resolved_at IS NULL"
                                + " AND acknowledged_at IS NULL GROUP BY severity",
                        row -> row)
                .forEach(
                        row ->
                                counted.put(
                                        Severity.valueOf(Rows.text(row[0])), Rows.number(row[1])));
        return counted;
    }

    @Override
    public void add(Alert alert) {
        entities.persist(alert);
        entities.flush();
    }

    @Override
    public Optional<Alert> find(UUID id) {
        return Optional.ofNullable(entities.find(Alert.class, id));
    }

    @Override
    public Optional<Alert> lock(UUID id) {
        return Rows.lock(entities, Alert.class, id);
    }

    @Override
    public Page<Alert> history(Optional<String> cursor, int max) {
        Optional<Rows.Cursor> from = cursor.map(Rows.Cursor::of);
        @SuppressWarnings("unchecked")
        List<Alert> alerts =
                entities.createNativeQuery(
                                "SELECT * FROM alerts WHERE resolved_at IS NOT NULL"
                                        + (from.isEmpty()
                                                ? ""
                                                : " AND (resolved_at, id) < (CAST(?2 AS timestamptz), CAST(?3 AS uuid))")
                                        + " ORDER BY resolved_at DESC, id DESC LIMIT ?1",
                                Alert.class)
                        .setParameter(1, max + 1)
                        .setParameter(2, from.map(c -> Rows.timestamp(c.at())).orElse(null))
                        .setParameter(3, from.map(Rows.Cursor::id).orElse(null))
                        .getResultList();
        return Page.of(alerts, max, last -> new Rows.Cursor(last.resolvedAt(), last.id()).text());
    }

    // --- deliveries --------------------------------------------------------------------------

    @Override
    public void send(UUID alert, String channel, Notice.Event event, int step, String contact) {
        Sql.change(
                entities,
                "INSERT INTO alert_deliveries (id, alert_id, channel, event, step, contact, state, next_try_at)"
                        + " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'WAITING', clock_timestamp())"
                        + " ON CONFLICT (alert_id, channel, event, step) DO NOTHING",
                Ids.next(),
                alert,
                channel,
                event.name(),
                step,
                contact);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<String> toldOver(UUID alert) {
        return ((List<Object>)
                        entities.createNativeQuery(
                                        "SELECT DISTINCT channel FROM alert_deliveries WHERE alert_id = ?1 ORDER BY 1")
                                .setParameter(1, alert)
                                .getResultList())
                .stream().map(Object::toString).toList();
    }

    @Override
    public Optional<Delivery> claim() {
        return Sql.rows(
                        entities,
                        "UPDATE alert_deliveries SET attempt = attempt + 1,"
                                + " next_try_at = clock_timestamp() + interval '1 minute'"
                                + " WHERE id = (SELECT d.id FROM alert_deliveries d"
                                + " WHERE d.state = 'WAITING' AND d.next_try_at <= clock_timestamp()"
                                + " AND NOT EXISTS (SELECT 1 FROM alert_deliveries b WHERE b.alert_id = d.alert_id"
                                + " AND b.channel = d.channel AND b.state = 'WAITING' AND (b.made_at, b.id) < (d.made_at, d.id))"
                                + " ORDER BY d.next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
                                + " RETURNING "
                                + COLUMNS,
                        CatalogAlerts::delivery)
                .stream()
                .findFirst();
    }

    @Override
    public void delivered(UUID delivery) {
        Sql.change(
                entities,
                "UPDATE alert_deliveries SET state = 'SENT', sent_at = clock_timestamp(),"
                        + " next_try_at = NULL, failure = NULL WHERE id = ?1 AND state = 'WAITING'",
                delivery);
    }

    @Override
    public void undelivered(UUID delivery, String why, Optional<Duration> again) {
        if (again.isEmpty()) {
            Sql.change(
                    entities,
                    "UPDATE alert_deliveries SET state = 'GIVEN_UP', next_try_at = NULL,"
                            + " failure = ?2 WHERE id = ?1 AND state = 'WAITING'",
                    delivery,
                    why);
            return;
        }
        Sql.change(
                entities,
                "UPDATE alert_deliveries SET failure = ?2, next_try_at = clock_timestamp()"
                        + " + make_interval(secs => ?3) WHERE id = ?1 AND state = 'WAITING'",
                delivery,
                why,
                again.get().toMillis() / 1000.0);
    }

    @Override
    public List<Delivery> deliveries(List<UUID> alerts) {
        if (alerts.isEmpty()) {
            return List.of();
        }
        String ids = alerts.stream().map(UUID::toString).collect(Collectors.joining(","));
        return Sql.rows(
                entities,
                "SELECT "
                        + COLUMNS
                        + " FROM alert_deliveries WHERE alert_id = ANY (CAST(string_to_array(?1, ',') AS uuid[]))"
                        + " ORDER BY made_at, id",
                CatalogAlerts::delivery,
                ids);
    }

    private static Delivery delivery(Object[] row) {
        return new Delivery(
                Rows.uuid(row[0]),
                Rows.uuid(row[1]),
                Rows.text(row[2]),
                Notice.Event.valueOf(Rows.text(row[3])),
                (int) Rows.number(row[4]),
                Rows.text(row[5]),
                Delivery.State.valueOf(Rows.text(row[6])),
                (int) Rows.number(row[7]),
                Rows.instant(row[8]),
                Rows.instant(row[9]),
                Rows.instant(row[10]),
                Rows.text(row[11]));
    }
}

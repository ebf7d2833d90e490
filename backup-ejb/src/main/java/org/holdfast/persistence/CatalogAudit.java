package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.audit.AuditLog;

/**
 * Tables {@code audit_log} and {@code audit_head}. Whoever appends locks the head until his
 * transaction ends, so entries stand in the order of their numbers and none is missing.
 */
@ApplicationScoped
@Transactional
public class CatalogAudit implements AuditLog {
    private static final int AT_ONCE = 1000;

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void append(String actor, String action, String subject, Map<String, ?> detail) {
        Head head = head(" FOR UPDATE");
        AuditEntry entry =
                new AuditEntry(
                        head.entries() + 1,
                        Instant.now(),
                        actor,
                        action,
                        subject,
                        canonical(detail),
                        head.hash());
        entities.persist(entry);
        entities.flush();
        Sql.change(
                entities,
                "UPDATE audit_head SET seq = ?, hash = ? WHERE one",
                entry.seq(),
                entry.hash());
    }

    @Override
    public Head head() {
        return head("");
    }

    private Head head(String lock) {
        return Sql.rows(
                        entities,
                        "SELECT seq, hash FROM audit_head WHERE one" + lock,
                        row -> new Head(Rows.number(row[0]), Rows.text(row[1])))
                .get(0);
    }

    @Override
    public Optional<String> hashAt(long seq) {
        return Sql.rows(
                        entities,
                        "SELECT hash, seq FROM audit_log WHERE seq = ?1",
                        row -> Rows.text(row[0]),
                        seq)
                .stream()
                .findFirst();
    }

    @Override
    public List<String> actors() {
        return Sql.rows(
                entities,
                "SELECT DISTINCT split_part(actor, ' (token ', 1) AS name, '' FROM audit_log ORDER BY 1",
                row -> Rows.text(row[0]));
    }

    @Override
    public List<String> actions() {
        return Sql.rows(
                entities,
                "SELECT DISTINCT action, '' FROM audit_log ORDER BY 1",
                row -> Rows.text(row[0]));
    }

    /** Sorted keys, no blanks: the same facts always give the same text. */
    static String canonical(Map<String, ?> detail) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        new TreeMap<String, Object>(detail)
                .forEach(
                        (name, value) -> {
                            if (value instanceof Boolean yes) {
                                json.add(name, yes);
                            } else if (value instanceof Integer number) {
                                json.add(name, number);
                            } else if (value instanceof Long number) {
                                json.add(name, number);
                            } else {
                                json.add(name, String.valueOf(value));
                            }
                        });
        return json.build().toString();
    }

    @Override
    public List<AuditEntry> newest(AuditFilter filter, Optional<Long> before, int max) {
        return entries(filter, 0, before.orElse(Long.MAX_VALUE) - 1, "DESC", max);
    }

    @Override
    public List<AuditEntry> following(AuditFilter filter, long after, long last, int max) {
        return entries(filter, after, last, "ASC", max);
    }

    private List<AuditEntry> entries(
            AuditFilter filter, long after, long last, String order, int max) {
        Map<String, Object> values = new LinkedHashMap<>();
        StringBuilder query =
                new StringBuilder(
                        "SELECT e FROM AuditEntry e WHERE e.seq > :after AND e.seq <= :last");
        values.put("after", after);
        values.put("last", last);
        filter.from()
                .ifPresent(
                        from -> {
                            query.append(" AND e.at >= :from");
                            values.put("from", from);
                        });
        filter.to()
                .ifPresent(
                        to -> {
                            query.append(" AND e.at < :to");
                            values.put("to", to);
                        });
        filter.actor()
                .ifPresent(
                        actor -> {
                            query.append(
                                    " AND (e.actor = :actor OR e.actor LIKE :token ESCAPE '!')");
                            values.put("actor", actor);
                            values.put("token", literally(actor) + " (token %");
                        });
        filter.action()
                .ifPresent(
                        action -> {
                            query.append(
                                    " AND (e.action = :action OR e.action LIKE :family ESCAPE '!')");
                            values.put("action", action);
                            values.put("family", literally(action) + ".%");
                        });
        filter.subject()
                .ifPresent(
                        subject -> {
                            query.append(" AND LOWER(e.subject) LIKE :subject ESCAPE '!'");
                            values.put(
                                    "subject",
                                    "%" + literally(subject.toLowerCase(Locale.ROOT)) + "%");
                        });
        TypedQuery<AuditEntry> typed =
                entities.createQuery(query + " ORDER BY e.seq " + order, AuditEntry.class);
        values.forEach(typed::setParameter);
        return typed.setMaxResults(max).setHint("eclipselink.read-only", "true").getResultList();
    }

    /** For LIKE: what a person typed stands for itself. */
    private static String literally(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    /**
     * Reads the chain from its first entry, a thousand at a time. The head is read first: what is
     * appended meanwhile is not looked at, and a chain cut off at its end is found by being shorter
     * than its head says.
     */
    @Override
    public ChainStatus verify() {
        Head head = head("");
        AuditEntry before = null;
        long whole = 0;
        while (whole < head.entries()) {
            List<AuditEntry> some = following(AuditFilter.ALL, whole, head.entries(), AT_ONCE);
            if (some.isEmpty()) {
                return new ChainStatus(whole, Optional.of(whole + 1));
            }
            for (AuditEntry entry : some) {
                if (!entry.follows(before)) {
                    return new ChainStatus(whole, Optional.of(whole + 1));
                }
                before = entry;
                whole++;
            }
        }
        String last = before == null ? AuditEntry.GENESIS : before.hash();
        return last.equals(head.hash())
                ? new ChainStatus(whole, Optional.empty())
                : new ChainStatus(whole, Optional.of(whole));
    }
}

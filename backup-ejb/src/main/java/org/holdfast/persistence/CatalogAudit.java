package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.audit.AuditEntry;
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
                        head.seq() + 1,
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

    private record Head(long seq, String hash) {}

    private Head head(String lock) {
        return Sql.rows(
                        entities,
                        "SELECT seq, hash FROM audit_head WHERE one" + lock,
                        row -> new Head(Rows.number(row[0]), Rows.text(row[1])))
                .get(0);
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
    public List<AuditEntry> newest(Optional<Long> before, int max) {
        return entities.createQuery(
                        "SELECT e FROM AuditEntry e WHERE e.seq < :before ORDER BY e.seq DESC",
                        AuditEntry.class)
                .setParameter("before", before.orElse(Long.MAX_VALUE))
                .setMaxResults(max)
                .getResultList();
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
        while (whole < head.seq()) {
            List<AuditEntry> some =
                    entities.createQuery(
                                    "SELECT e FROM AuditEntry e WHERE e.seq > :after AND e.seq <= :head"
                                            + " ORDER BY e.seq",
                                    AuditEntry.class)
                            .setParameter("after", whole)
                            .setParameter("head", head.seq())
                            .setMaxResults(AT_ONCE)
                            .setHint("eclipselink.read-only", "true")
                            .getResultList();
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

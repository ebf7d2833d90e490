package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.policy.PolicyFile;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.policy.PolicyVersions;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;

/** Tables {@code policy_versions} and {@code policy_files}. */
@ApplicationScoped
@Transactional
public class CatalogPolicies implements PolicyVersions {
    private static final String FILES =
            "SELECT server, path, sha256, problems, seen_at FROM policy_files WHERE ";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public int newest() {
        return (int)
                Rows.number(
                        Sql.value(
                                entities, "SELECT coalesce(max(number), 0) FROM policy_versions"));
    }

    @Override
    public Optional<PolicyVersion> inForce() {
        return first("SELECT v FROM PolicyVersion v ORDER BY v.number DESC");
    }

    @Override
    public Optional<PolicyVersion> find(int number) {
        return Optional.ofNullable(entities.find(PolicyVersion.class, number));
    }

    @Override
    public Optional<PolicyVersion> newestOfFile() {
        return first(
                "SELECT v FROM PolicyVersion v WHERE v.origin ="
                        + " org.holdfast.domain.policy.PolicyVersion.Origin.FILE"
                        + " ORDER BY v.number DESC");
    }

    private Optional<PolicyVersion> first(String query) {
        return entities.createQuery(query, PolicyVersion.class)
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    @Override
    public Optional<PolicyVersion> newestOf(Sha256 document) {
        return entities.createQuery(
                        "SELECT v FROM PolicyVersion v WHERE v.sha256 = :hash"
                                + " ORDER BY v.number DESC",
                        PolicyVersion.class)
                .setParameter("hash", document.hex())
                .setMaxResults(1)
                .getResultStream()
                .findFirst();
    }

    @Override
    public Page<PolicyVersion> page(Optional<String> cursor, int max) {
        List<PolicyVersion> found =
                entities.createQuery(
                                "SELECT v FROM PolicyVersion v WHERE v.number < :before"
                                        + " ORDER BY v.number DESC",
                                PolicyVersion.class)
                        .setParameter(
                                "before",
                                cursor.map(CatalogPolicies::before).orElse(Integer.MAX_VALUE))
                        .setMaxResults(max + 1)
                        .getResultList();
        return Page.of(found, max, last -> Integer.toString(last.number()));
    }

    private static int before(String cursor) {
        try {
            return Integer.parseInt(cursor);
        } catch (NumberFormatException e) {
            throw new Refused(
                    "BAD-CURSOR",
                    "The page asked for does not exist.",
                    "Begin with the first page and follow each answer's \"next\".");
        }
    }

    @Override
    public void add(PolicyVersion version) {
        entities.persist(version);
        entities.flush();
    }

    @Override
    public void lock() {
        Sql.value(entities, "SELECT pg_advisory_xact_lock(hashtext('holdfast policy')) IS NULL");
    }

    @Override
    public List<PolicyFile> files() {
        return Sql.rows(
                entities,
                FILES + "seen_at > clock_timestamp() - interval '10 minutes' ORDER BY server, path",
                CatalogPolicies::file);
    }

    @Override
    public Optional<PolicyFile> file(String server, String path) {
        return Sql.rows(
                        entities,
                        FILES + "server = ?1 AND path = ?2",
                        CatalogPolicies::file,
                        server,
                        path)
                .stream()
                .findFirst();
    }

    private static PolicyFile file(Object[] row) {
        String problems = Rows.text(row[3]);
        return new PolicyFile(
                Rows.text(row[0]),
                Rows.text(row[1]),
                Optional.ofNullable(Rows.text(row[2])).map(Sha256::new),
                problems.isEmpty() ? List.of() : List.of(problems.split("\n")),
                Rows.instant(row[4]));
    }

    @Override
    public void looked(PolicyFile file) {
        Sql.change(
                entities,
                "DELETE FROM policy_files WHERE seen_at < clock_timestamp() - interval '90 days'");
        Sql.change(
                entities,
                """
                INSERT INTO policy_files (server, path, sha256, problems, seen_at)
                VALUES (?1, ?2, nullif(?3, ''), ?4, clock_timestamp())
                ON CONFLICT (server, path) DO UPDATE SET sha256 = excluded.sha256,
                    problems = excluded.problems, seen_at = excluded.seen_at""",
                file.server(),
                file.path(),
                file.sha256().map(Sha256::hex).orElse(""),
                String.join("\n", file.problems()));
    }
}

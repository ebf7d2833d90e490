package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.BackupOutcomes;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.work.Leases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fault 8 for copies that are brought in: who slept past the claim writes nothing any more. */
class CatalogCopiesIT {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final OutsideAServer catalog = new OutsideAServer();
    private final OutsideAServer.Session session = catalog.session();
    private final BackupOutcomes outcomes = new BackupOutcomes();
    private final Leases leases = put(new Leases(), "em", entities());
    private UUID snapshot;
    private UUID store;
    private UUID copy;

    @BeforeEach
    void given() {
        put(outcomes, "runs", session.with(new CatalogRuns()));
        put(outcomes, "snapshots", session.with(new CatalogSnapshots()));
        put(outcomes, "sources", session.with(new CatalogSources()));
        put(outcomes, "audit", session.with(new CatalogAudit()));
        put(outcomes, "policy", (PolicyInForce) () -> Policy.standard(14));
        put(outcomes, "clock", Clock.fixed(NOW, ZoneOffset.UTC));
        Source source = new Source("shop", Origin.CONFIGURATION, "x", null);
        BackupRun run = new BackupRun(source, "olga", DumpFormat.CUSTOM, RowProof.OFF, "x", NOW);
        Snapshot made =
                new Snapshot(run, new ObjectKey("shop/" + run.id()), NOW, 10, 5, 15, "{}", NOW);
        made.verified(NOW);
        StorageLocation place =
                StorageLocation.directory(
                        "local", Origin.CONFIGURATION, Path.of("/srv/store").toString());
        SnapshotCopy missing =
                SnapshotCopy.failed(
                        run.id(),
                        place.id(),
                        "no answer",
                        Policy.standard(14).of("shop").retry(),
                        NOW);
        session.within(() -> session.with(new CatalogSources()).add(source));
        session.within(() -> session.with(new CatalogStores()).add(place));
        session.within(() -> session.with(new CatalogRuns()).add(run));
        session.within(() -> session.with(new CatalogSnapshots()).add(made));
        session.within(() -> session.with(new CatalogSnapshots()).add(missing));
        snapshot = run.id();
        store = place.id();
        copy = missing.id();
    }

    @AfterEach
    void end() {
        session.close();
        catalog.close();
    }

    @Test
    void a_copier_that_slept_past_its_claim_does_not_undo_what_the_next_one_brought() {
        claim("sleeper");
        overslept();
        claim("successor");
        assertThat(copied("successor", Optional.empty())).isTrue();
        session.within(() -> leases.releaseCopy(copy, "successor"));
        assertThat(state()).isEqualTo("VERIFIED 1");

        assertThat(copied("sleeper", Optional.of("The connection was reset."))).isFalse();

        assertThat(state()).isEqualTo("VERIFIED 1");
        assertThat(catalog.query("SELECT failure FROM snapshot_copies")).isNull();
    }

    @Test
    void nor_does_it_write_while_the_next_one_is_still_at_it() {
        claim("sleeper");
        overslept();
        claim("successor");

        assertThat(copied("sleeper", Optional.of("The connection was reset."))).isFalse();
        assertThat(copied("sleeper", Optional.empty())).isFalse();
        session.within(() -> leases.releaseCopy(copy, "sleeper"));

        assertThat(state()).isEqualTo("FAILED 1");
        assertThat(
                        catalog.query(
                                "SELECT lease_owner || ' ' || (lease_until > now()) FROM"
                                        + " snapshot_copies"))
                .as("the claim is the successor's still")
                .isEqualTo("successor true");
    }

    @Test
    void one_that_claimed_it_again_for_something_else_does_not_fail_what_was_brought_in() {
        claim("sleeper");
        overslept();
        claim("successor");
        assertThat(copied("successor", Optional.empty())).isTrue();
        session.within(() -> leases.releaseCopy(copy, "successor"));
        catalog.sql("UPDATE snapshot_copies SET lease_owner = 'sleeper', lease_until = now()");

        assertThat(copied("sleeper", Optional.of("The connection was reset."))).isFalse();

        assertThat(state()).isEqualTo("VERIFIED 1");
    }

    @Test
    void who_holds_it_counts_the_failure() {
        claim("copier");

        assertThat(copied("copier", Optional.of("no answer"))).isTrue();

        assertThat(state()).isEqualTo("FAILED 2");
    }

    @Test
    void a_copy_is_damaged_only_by_who_read_it_since_it_was_found_right() {
        claim("copier");
        assertThat(copied("copier", Optional.empty())).isTrue();

        assertThat(foundCorrupt(NOW.minusSeconds(60))).as("read before").isFalse();
        assertThat(state()).isEqualTo("VERIFIED 1");

        assertThat(foundCorrupt(NOW.plusSeconds(60))).isTrue();
        assertThat(state()).isEqualTo("CORRUPT 1");
    }

    @Test
    void a_copy_on_its_way_out_does_not_come_back_as_a_damaged_one() {
        session.within(
                () -> {
                    SnapshotCopy going =
                            session.with(new CatalogSnapshots()).copyById(copy).orElseThrow();
                    going.doom("ada", "not needed", NOW, Duration.ZERO);
                    going.beginRemoval(NOW);
                    going.removed(NOW);
                });

        assertThat(foundCorrupt(NOW.plusSeconds(60))).isFalse();

        assertThat(state()).isEqualTo("REMOVED 1");
    }

    private boolean foundCorrupt(Instant reading) {
        return session.within(() -> outcomes.foundCorrupt(snapshot, store, "bad hash", reading));
    }

    private boolean copied(String owner, Optional<String> failure) {
        return session.within(() -> outcomes.copied(copy, owner, failure));
    }

    private void claim(String owner) {
        assertThat(session.within(() -> leases.claimCopy(owner))).contains(copy);
    }

    private void overslept() {
        catalog.sql(
                "UPDATE snapshot_copies SET lease_until = clock_timestamp() - interval '1 second'");
    }

    private String state() {
        return catalog.query("SELECT state || ' ' || attempt FROM snapshot_copies");
    }

    private Object entities() {
        return field(session, "entities");
    }

    private static Object field(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T put(T into, String name, Object value) {
        try {
            Field field = into.getClass().getDeclaredField(name);
            field.setAccessible(true);
            field.set(into, value);
            return into;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}

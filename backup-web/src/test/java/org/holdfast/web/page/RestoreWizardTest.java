package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.holdfast.app.Backups;
import org.holdfast.app.Places;
import org.holdfast.app.Restores;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetFacts;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.ObjectKey;
import org.junit.jupiter.api.Test;

class RestoreWizardTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Refused BUSY = new Refused("IMPACT-BUSY", "It is counted.", "Try again.");

    private boolean busy;
    private final RestoreWizard wizard =
            new RestoreWizard(new OneBackup(), new Looking(), new TwoTargets());

    @Test
    void opens_where_the_target_cannot_be_looked_at_just_now_and_can_look_again() {
        busy = true;
        wizard.setSnapshot(UUID.randomUUID());
        wizard.setTarget("staging");

        wizard.load();

        assertThat(wizard.getUnseen()).isSameAs(BUSY);
        assertThat(wizard.getImpact()).isNull();
        assertThat(wizard.isMayGoOn()).isFalse();

        busy = false;
        wizard.lookAgain();

        assertThat(wizard.getUnseen()).isNull();
        assertThat(wizard.getImpact().target()).isEqualTo("staging");
    }

    @Test
    void never_shows_of_one_target_what_was_seen_of_another() {
        wizard.setSnapshot(UUID.randomUUID());
        wizard.setTarget("staging");
        wizard.load();
        assertThat(wizard.getImpact().target()).isEqualTo("staging");

        busy = true;
        wizard.setTarget("live");

        assertThatThrownBy(wizard::look).isSameAs(BUSY);
        assertThat(wizard.getImpact()).isNull();
        assertThatThrownBy(wizard::review).isSameAs(BUSY);
        assertThat(wizard.getStep()).isEqualTo(1);
        assertThat(wizard.isMayGoOn()).isFalse();
    }

    @Test
    void forgets_what_was_acknowledged_and_typed_for_another_target_alone() {
        wizard.setSnapshot(UUID.randomUUID());
        wizard.setTarget("staging");
        wizard.load();
        wizard.setChecklist(List.of("owner-told"));
        wizard.setPhrase("RESTORE 1");

        wizard.review();
        assertThat(wizard.getChecklist()).containsExactly("owner-told");

        wizard.setTarget("live");
        wizard.look();
        assertThat(wizard.getChecklist()).isEmpty();
        assertThat(wizard.getPhrase()).isNull();
    }

    private static final class OneBackup extends Backups {
        @Override
        public Detail detail(UUID id) {
            BackupRun run =
                    new BackupRun(
                            new Source("shop", Origin.CONFIGURATION, "postgresql://db/shop", null),
                            "olga",
                            DumpFormat.CUSTOM,
                            RowProof.COUNTS,
                            "default",
                            NOON);
            Snapshot snapshot =
                    new Snapshot(
                            run, new ObjectKey("shop/" + run.id()), NOON, 10, 5, 15, "{}", NOON);
            return new Detail(
                    null,
                    Optional.of(snapshot),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    List.of());
        }
    }

    private final class Looking extends Restores {
        @Override
        public boolean needsIdentity(UUID snapshot) {
            return false;
        }

        @Override
        public Impact impact(UUID snapshot, String target) {
            if (busy) {
                throw BUSY;
            }
            return new Impact(
                    snapshot,
                    Rung.VERIFIED,
                    Rung.VERIFIED,
                    "shop",
                    target,
                    false,
                    NOON,
                    Duration.ZERO,
                    10,
                    5,
                    1,
                    "15.20",
                    Optional.empty(),
                    TargetFacts.unreachable("down"),
                    List.of(),
                    15,
                    OptionalLong.empty(),
                    new Impact.Estimate(Duration.ZERO, Duration.ZERO, "a guess", 0),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    false,
                    "RESTORE");
        }
    }

    private static final class TwoTargets extends Places {
        @Override
        public List<TargetEnvironment> targets() {
            return List.of(target("staging"), target("live"));
        }

        private static TargetEnvironment target(String name) {
            return new TargetEnvironment(
                    name,
                    Origin.CATALOG,
                    "postgresql://db/" + name,
                    "sealed",
                    TargetEnvironment.Rules.standard(false));
        }
    }
}

package org.holdfast.domain.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.holdfast.domain.snapshot.Samples.NOON;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.holdfast.domain.policy.Retry;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BackupRunTest {
    private static final Retry THREE = new Retry(3, Duration.ofMinutes(1));

    @Test
    void only_the_decided_moves_are_allowed() {
        Map<RunState, Set<RunState>> allowed = new EnumMap<>(RunState.class);
        allowed.put(RunState.QUEUED, EnumSet.of(RunState.RUNNING, RunState.CANCELLED));
        allowed.put(
                RunState.RUNNING,
                EnumSet.of(
                        RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.QUEUED));
        for (RunState from : RunState.values()) {
            for (RunState to : RunState.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(allowed.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }

    @Test
    void a_new_run_waits_from_now_on() {
        BackupRun run = Samples.queued();

        assertThat(run.state()).isEqualTo(RunState.QUEUED);
        assertThat(run.queuedAt()).isEqualTo(NOON);
        assertThat(run.notBefore()).isEqualTo(NOON);
        assertThat(run.attempt()).isZero();
        assertThat(run.requestedBy()).isEqualTo("olga");
    }

    @Test
    void a_retired_source_is_not_backed_up() {
        Source source = Samples.shop();
        source.retire();

        assertThatThrownBy(
                        () ->
                                new BackupRun(
                                        source,
                                        "olga",
                                        DumpFormat.CUSTOM,
                                        RowProof.OFF,
                                        "default",
                                        NOON))
                .hasMessage("Source shop is retired.")
                .extracting(e -> ((Refused) e).code(), e -> ((Refused) e).remedy())
                .containsExactly("SOURCE-RETIRED", "Configure it again, or choose another source.");
    }

    @Nested
    class Cancelling {
        @Test
        void ends_a_queued_run_at_once() {
            BackupRun run = Samples.queued();

            run.cancel(NOON.plusSeconds(5));

            assertThat(run.state()).isEqualTo(RunState.CANCELLED);
            assertThat(run.finishedAt()).isEqualTo(NOON.plusSeconds(5));
        }

        @Test
        void only_asks_a_running_one() {
            BackupRun run = running(1);

            run.cancel(NOON);

            assertThat(run.state()).isEqualTo(RunState.RUNNING);
            assertThat(run.cancelRequested()).isTrue();
            assertThat(run.finishedAt()).isNull();
        }

        @Test
        void of_an_ended_one_is_refused_and_changes_nothing() {
            BackupRun run = running(1);
            run.complete(1000, 400, NOON);

            assertThatThrownBy(() -> run.cancel(NOON.plusSeconds(9)))
                    .hasMessage("Backup " + run.id() + " is COMPLETED; there is nothing to cancel.")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("BACKUP-ENDED");
            assertThat(run.state()).isEqualTo(RunState.COMPLETED);
            assertThat(run.cancelRequested()).isFalse();
            assertThat(run.finishedAt()).isEqualTo(NOON);
        }
    }

    @Nested
    class APassingFault {
        @Test
        void puts_the_run_back_into_the_queue_with_a_pause_that_doubles() {
            BackupRun run = running(2);

            run.failOrRetry("SOURCE_LOST", "connection reset", THREE, NOON);

            assertThat(run.state()).isEqualTo(RunState.QUEUED);
            assertThat(run.notBefore()).isEqualTo(NOON.plus(Duration.ofMinutes(2)));
            assertThat(run.failureCode()).isEqualTo("SOURCE_LOST");
            assertThat(run.finishedAt()).isNull();
        }

        @Test
        void ends_the_run_after_the_last_attempt_with_the_last_words() {
            BackupRun run = running(3);

            run.failOrRetry("SOURCE_LOST", "connection reset", THREE, NOON);

            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.failureText()).isEqualTo("connection reset");
            assertThat(run.finishedAt()).isEqualTo(NOON);
        }

        @Test
        void is_not_retried_once_somebody_asked_to_cancel() {
            BackupRun run = running(1);
            run.cancel(NOON);

            run.failOrRetry("SOURCE_LOST", "connection reset", THREE, NOON);

            assertThat(run.state()).isEqualTo(RunState.FAILED);
        }
    }

    @Test
    void a_completed_run_forgets_the_failures_of_earlier_attempts() {
        BackupRun run = running(1);
        run.failOrRetry("SOURCE_LOST", "connection reset", THREE, NOON);
        set(run, "state", RunState.RUNNING);

        run.complete(1000, 400, NOON);

        assertThat(run.failureCode()).isNull();
        assertThat(run.failureText()).isNull();
        assertThat(run.rawBytes()).isEqualTo(1000);
        assertThat(run.storedBytes()).isEqualTo(400);
    }

    @Test
    void a_queued_run_cannot_complete() {
        BackupRun run = Samples.queued();

        assertThatThrownBy(() -> run.complete(1, 1, NOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Backup " + run.id() + " cannot go from QUEUED to COMPLETED.");
    }

    /** As a worker's claim leaves it, which is one SQL statement. */
    private static BackupRun running(int attempt) {
        BackupRun run = Samples.queued();
        set(run, "state", RunState.RUNNING);
        set(run, "attempt", attempt);
        return run;
    }

    private static void set(BackupRun run, String name, Object value) {
        try {
            Field field = BackupRun.class.getDeclaredField(name);
            field.setAccessible(true);
            field.set(run, value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}

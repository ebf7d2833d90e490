package org.holdfast.domain.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.Every;
import org.holdfast.domain.policy.OnCall;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.Retention;
import org.holdfast.domain.policy.Schedule;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AlertRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");

    /** Kept by a nightly backup, so that no test meets the doubt by chance. */
    private static Policy policy(Schedule schedule, Duration freshness) {
        return new Policy(
                "x",
                1440,
                240,
                14,
                360,
                "first_sunday",
                60,
                Map.of(),
                OnCall.NOBODY,
                schedule,
                Retention.NOTHING_SAID,
                Optional.ofNullable(freshness));
    }

    private static final Policy NIGHTLY = policy(Policy.NIGHTLY, null);

    @Nested
    class Expiring {
        private List<Concern> judged(AlertKind kind, Duration left) {
            return judged(kind, left, Optional.empty(), Optional.of(NOW));
        }

        private List<Concern> judged(
                AlertKind kind, Duration left, Optional<Duration> life, Optional<Instant> read) {
            return judged(thing(kind, left, life, read));
        }

        private List<Concern> judged(AlertFacts.Expiring it) {
            return AlertRules.judge(
                    new AlertFacts(
                            NOW,
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(it)),
                    NIGHTLY);
        }

        private AlertFacts.Expiring thing(
                AlertKind kind, Duration left, Optional<Duration> life, Optional<Instant> read) {
            Instant at = NOW.plus(left);
            return new AlertFacts.Expiring(
                    kind, "it", "The thing", at, life.map(at::minus), read, Optional.empty(), true);
        }

        @Test
        void is_told_as_long_before_as_the_policy_says_of_its_kind() {
            assertThat(judged(AlertKind.CERTIFICATE_EXPIRES, Duration.ofDays(31))).isEmpty();
            assertThat(judged(AlertKind.CREDENTIAL_EXPIRES, Duration.ofDays(15))).isEmpty();

            Concern certificate = judged(AlertKind.CERTIFICATE_EXPIRES, Duration.ofDays(30)).get(0);
            Concern login = judged(AlertKind.CREDENTIAL_EXPIRES, Duration.ofDays(14)).get(0);

            assertThat(certificate.severity()).isEqualTo(Severity.WARNING);
            assertThat(certificate.text())
                    .isEqualTo(
                            "The thing expires at 2026-12-21 13:00 UTC (certificate_days is 30).");
            assertThat(login.key().kind()).isEqualTo(AlertKind.CREDENTIAL_EXPIRES);
            assertThat(login.text())
                    .isEqualTo(
                            "The thing expires at 2026-12-05 13:00 UTC (credential_days is 14).");
        }

        @Test
        void is_critical_once_it_has_expired() {
            Concern over = judged(AlertKind.CREDENTIAL_EXPIRES, Duration.ZERO).get(0);

            assertThat(over.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(over.text()).startsWith("The thing has expired at 2026-11-21 13:00 UTC");
        }

        @Test
        void of_a_short_lived_certificate_is_told_in_its_last_fifth() {
            Optional<Duration> quarter = Optional.of(Duration.ofDays(90));
            Optional<Duration> year = Optional.of(Duration.ofDays(365));
            AlertKind kind = AlertKind.CERTIFICATE_EXPIRES;

            assertThat(judged(kind, Duration.ofDays(19), quarter, Optional.of(NOW))).isEmpty();
            assertThat(judged(kind, Duration.ofDays(18), quarter, Optional.of(NOW)).get(0).text())
                    .isEqualTo(
                            "The thing expires at 2026-12-09 13:00 UTC (certificate_days is 30; of"
                                    + " one that is made for 90 days the last fifth counts).");
            assertThat(judged(kind, Duration.ofDays(30), year, Optional.of(NOW)).get(0).text())
                    .endsWith("(certificate_days is 30).");
            assertThat(judged(kind, Duration.ofDays(31), year, Optional.of(NOW))).isEmpty();
        }

        @Test
        void of_a_host_that_does_not_answer_is_not_called_expired() {
            Duration over = Duration.ofHours(-3);
            Optional<Instant> before = Optional.of(NOW.minus(Duration.ofHours(4)));
            AlertKind kind = AlertKind.CERTIFICATE_EXPIRES;

            assertThat(judged(kind, over).get(0).severity()).isEqualTo(Severity.CRITICAL);
            assertThat(judged(kind, over, Optional.empty(), before))
                    .singleElement()
                    .satisfies(
                            it -> {
                                assertThat(it.severity()).isEqualTo(Severity.WARNING);
                                assertThat(it.text())
                                        .isEqualTo(
                                                "The thing was to expire at 2026-11-21 10:00 UTC;"
                                                        + " it was not read since"
                                                        + " (certificate_days is 30).");
                            });
            assertThat(judged(kind, Duration.ofHours(1), Optional.empty(), before)).hasSize(1);
            assertThat(
                            judged(
                                    AlertKind.CREDENTIAL_EXPIRES,
                                    over,
                                    Optional.empty(),
                                    Optional.empty()))
                    .singleElement()
                    .satisfies(it -> assertThat(it.severity()).isEqualTo(Severity.CRITICAL));
        }

        private boolean endedUnseen(Duration left, Optional<Instant> read) {
            return thing(AlertKind.CERTIFICATE_EXPIRES, left, Optional.empty(), read)
                    .endedUnseen(NOW);
        }

        @Test
        void of_a_certificate_that_was_read_at_its_end_or_later_it_is_said_that_it_has_ended() {
            assertThat(endedUnseen(Duration.ZERO, Optional.of(NOW.minusSeconds(1)))).isTrue();
            assertThat(endedUnseen(Duration.ZERO, Optional.of(NOW))).isFalse();
            assertThat(endedUnseen(Duration.ofSeconds(1), Optional.of(NOW))).isFalse();
            assertThat(endedUnseen(Duration.ZERO, Optional.empty())).isFalse();
        }

        @Test
        void of_a_certificate_that_no_connection_checks_stays_a_warning() {
            Instant end = NOW.minus(Duration.ofDays(1));

            assertThat(
                            judged(
                                    new AlertFacts.Expiring(
                                            AlertKind.CERTIFICATE_EXPIRES,
                                            "it",
                                            "The thing",
                                            end,
                                            Optional.empty(),
                                            Optional.of(NOW),
                                            Optional.empty(),
                                            false)))
                    .containsExactly(
                            new Concern(
                                    AlertKind.CERTIFICATE_EXPIRES,
                                    "it",
                                    Severity.WARNING,
                                    "The thing has expired at 2026-11-20 13:00 UTC; no connection"
                                            + " of Holdfast checks it (certificate_days is 30)."));
        }

        private Concern key(Instant looked, Optional<Instant> worked) {
            return judged(
                            new AlertFacts.Expiring(
                                    AlertKind.CREDENTIAL_EXPIRES,
                                    "store/s3",
                                    "The access key of store s3",
                                    Instant.parse("2026-11-21T00:00:00Z"),
                                    Optional.empty(),
                                    Optional.of(looked),
                                    worked,
                                    true))
                    .get(0);
        }

        @Test
        void of_a_key_that_the_store_still_takes_is_doubted_and_not_critical() {
            Concern taken = key(NOW, Optional.of(NOW));

            assertThat(taken.severity()).isEqualTo(Severity.WARNING);
            assertThat(taken.text())
                    .isEqualTo(
                            "The access key of store s3 was said to end at 2026-11-21 00:00 UTC,"
                                    + " but it still works: say when it does end (credential_days"
                                    + " is 14).");
        }

        @Test
        void of_a_key_that_the_store_refuses_after_its_day_is_critical() {
            Concern refused = key(NOW, Optional.empty());

            assertThat(refused.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(refused.text()).contains("has expired at 2026-11-21 00:00 UTC");
        }

        @Test
        void of_a_key_that_was_not_tried_since_its_day_nothing_is_claimed() {
            Instant before = Instant.parse("2026-11-20T23:59:30Z");
            Concern unknown = key(before, Optional.of(before));

            assertThat(unknown.severity()).isEqualTo(Severity.WARNING);
            assertThat(unknown.text())
                    .contains("was to expire at 2026-11-21 00:00 UTC; it was not tried since");
        }
    }

    private static AlertFacts of(AlertFacts.OfSource source) {
        return new AlertFacts(NOW, List.of(source), List.of(), List.of(), List.of(), List.of());
    }

    private static AlertFacts of(AlertFacts.OfStore store) {
        return new AlertFacts(NOW, List.of(), List.of(store), List.of(), List.of(), List.of());
    }

    private static AlertFacts of(AlertFacts.OfKey key) {
        return new AlertFacts(NOW, List.of(), List.of(), List.of(key), List.of(), List.of());
    }

    private static AlertFacts.OfSource shop(Instant newestGood) {
        return new AlertFacts.OfSource(
                "shop",
                NOW.minus(Duration.ofDays(90)),
                Optional.ofNullable(newestGood),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    private static Instant ago(Duration time) {
        return NOW.minus(time);
    }

    @Nested
    class Freshness {
        @Test
        void a_nightly_backup_of_eleven_hours_is_fresh_although_the_default_is_eight() {
            assertThat(AlertRules.judge(of(shop(Instant.parse("2026-11-21T02:00:30Z"))), NIGHTLY))
                    .isEmpty();
        }

        @Test
        void it_is_late_once_the_next_slot_and_an_hour_to_run_have_passed() {
            Instant yesterday = Instant.parse("2026-11-20T02:00:30Z");
            assertThat(AlertRules.judge(of(shop(yesterday)), NIGHTLY))
                    .containsExactly(
                            new Concern(
                                    AlertKind.BACKUP_LATE,
                                    "source/shop",
                                    Severity.CRITICAL,
                                    "The newest usable backup of shop holds the state of 2026-11-20"
                                            + " 02:00 UTC, 34 h 59 min ago. It should be younger"
                                            + " than 8 h, or than its schedule allows; the schedule"
                                            + " is nightly at 02:00 UTC, and the slot of 2026-11-21"
                                            + " 02:00 UTC was missed."));

            AlertFacts early =
                    new AlertFacts(
                            Instant.parse("2026-11-21T02:59:00Z"),
                            List.of(shop(yesterday)),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of());
            assertThat(AlertRules.judge(early, NIGHTLY)).isEmpty();
        }

        @Test
        void what_the_policy_says_counts_as_it_stands_and_both_are_said() {
            Policy eight = policy(new Every(720), Duration.ofHours(8));
            assertThat(AlertRules.judge(of(shop(ago(Duration.ofHours(8)))), eight))
                    .noneMatch(c -> c.kind() == AlertKind.BACKUP_LATE);
            assertThat(AlertRules.judge(of(shop(ago(Duration.ofHours(9)))), eight))
                    .filteredOn(c -> c.kind() == AlertKind.BACKUP_LATE)
                    .singleElement()
                    .extracting(Concern::text)
                    .asString()
                    .contains("The policy allows 8 h; the schedule is every 12 h")
                    .contains("the slot of 2026-11-21 12:00 UTC was missed");
        }

        @Test
        void a_database_that_was_never_backed_up_is_late_by_when_it_came() {
            AlertFacts.OfSource fresh =
                    new AlertFacts.OfSource(
                            "shop",
                            ago(Duration.ofHours(2)),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            List.of());
            assertThat(AlertRules.judge(of(fresh), NIGHTLY)).isEmpty();
            assertThat(AlertRules.judge(of(shop(null)), NIGHTLY))
                    .singleElement()
                    .extracting(Concern::text)
                    .asString()
                    .startsWith("There is no usable backup of shop, which is known for 90 days.");
        }

        @Test
        void a_database_backed_up_by_hand_only_is_judged_by_what_the_policy_says_alone() {
            AlertFacts old = of(shop(ago(Duration.ofDays(30))));
            assertThat(AlertRules.judge(old, policy(Schedule.NEVER, null))).isEmpty();
            assertThat(AlertRules.judge(old, policy(Schedule.NEVER, Duration.ofDays(7))))
                    .hasSize(1);
        }

        @Test
        void a_pause_and_the_last_failure_are_told_and_a_pause_takes_the_hurry_out() {
            AlertFacts.OfSource paused =
                    new AlertFacts.OfSource(
                            "shop",
                            ago(Duration.ofDays(90)),
                            Optional.of(ago(Duration.ofDays(3))),
                            Optional.of(
                                    new AlertFacts.Pause(
                                            "anna", Instant.parse("2026-11-22T06:00:00Z"))),
                            Optional.of("postgresql://backup:canary@db/shop does not answer."),
                            List.of(),
                            List.of());
            Concern late = AlertRules.judge(of(paused), NIGHTLY).get(0);

            assertThat(late.severity()).isEqualTo(Severity.WARNING);
            assertThat(late.text())
                    .contains("The last run failed: postgresql://backup:***@db/shop")
                    .doesNotContain("canary")
                    .endsWith("The schedule is paused by anna until 2026-11-22 06:00 UTC.");
        }
    }

    @Nested
    class Shrinkage {
        private AlertFacts.OfSource withSizes(org.holdfast.domain.policy.Shrinkage.Size... sizes) {
            return new AlertFacts.OfSource(
                    "shop",
                    ago(Duration.ofDays(90)),
                    Optional.of(ago(Duration.ofHours(1))),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(sizes),
                    List.of());
        }

        private org.holdfast.domain.policy.Shrinkage.Size size(
                int hours, long bytes, Long tables, Long rows) {
            return new org.holdfast.domain.policy.Shrinkage.Size(
                    ago(Duration.ofHours(hours)),
                    bytes,
                    Optional.ofNullable(tables),
                    Optional.ofNullable(rows));
        }

        @Test
        void the_dump_of_an_emptied_database_is_told_with_what_is_usual() {
            List<Concern> found =
                    AlertRules.judge(
                            of(
                                    withSizes(
                                            size(1, 3_300, 0L, 0L),
                                            size(25, 9_000_000, 14L, 120_000L),
                                            size(49, 8_900_000, 14L, 119_000L),
                                            size(73, 8_800_000, 13L, 118_000L))),
                            NIGHTLY);
            assertThat(found).extracting(Concern::kind).containsExactly(AlertKind.BACKUP_SHRUNKEN);
            assertThat(found.get(0).severity()).isEqualTo(Severity.CRITICAL);
            assertThat(found.get(0).text())
                    .contains(
                            "has 0 tables where 14 are usual, 0 rows where 119,000 are usual, 3,300"
                                    + " bytes where 8,900,000 are usual");
        }

        @Test
        void a_table_emptied_among_large_others_shows_by_its_rows() {
            assertThat(
                            AlertRules.judge(
                                    of(
                                            withSizes(
                                                    size(1, 8_000_000, 14L, 4_000L),
                                                    size(25, 9_000_000, 14L, 120_000L),
                                                    size(49, 9_000_000, 14L, 120_000L),
                                                    size(73, 9_000_000, 14L, 120_000L))),
                                    NIGHTLY))
                    .singleElement()
                    .extracting(Concern::text)
                    .asString()
                    .contains("has 4,000 rows where 120,000 are usual.");
        }

        @Test
        void what_was_never_counted_and_a_short_history_are_not_compared() {
            assertThat(
                            AlertRules.judge(
                                    of(
                                            withSizes(
                                                    size(1, 9_000_000, null, null),
                                                    size(25, 9_000_000, 14L, 120_000L),
                                                    size(49, 9_000_000, 14L, 120_000L),
                                                    size(73, 9_000_000, 14L, 120_000L))),
                                    NIGHTLY))
                    .isEmpty();
            assertThat(
                            AlertRules.judge(
                                    of(
                                            withSizes(
                                                    size(1, 10, 0L, 0L),
                                                    size(25, 9_000_000, 14L, 120_000L),
                                                    size(49, 9_000_000, 14L, 120_000L))),
                                    NIGHTLY))
                    .isEmpty();
        }

        @Test
        void a_shrunken_backup_that_stays_so_becomes_usual() {
            List<org.holdfast.domain.policy.Shrinkage.Size> sizes = new ArrayList<>();
            for (int i = 0; i <= org.holdfast.domain.policy.Shrinkage.MOST_BEFORE; i++) {
                sizes.add(size(24 * i + 1, i <= 6 ? 4_000_000 : 9_000_000, 14L, null));
            }
            assertThat(
                            AlertRules.judge(
                                    of(
                                            withSizes(
                                                    sizes.toArray(
                                                            org.holdfast.domain.policy.Shrinkage
                                                                                    .Size
                                                                            []
                                                                    ::new))),
                                    NIGHTLY))
                    .isEmpty();
        }
    }

    @Test
    void a_suspect_backup_is_critical_while_it_is_the_newest() {
        AlertFacts.Suspect newest =
                new AlertFacts.Suspect(
                        UUID.randomUUID(),
                        ago(Duration.ofHours(2)),
                        true,
                        "Its hash differs in store \"s3\"");
        AlertFacts.Suspect older =
                new AlertFacts.Suspect(
                        UUID.randomUUID(), ago(Duration.ofDays(2)), false, "It does not decrypt.");
        AlertFacts.OfSource both =
                new AlertFacts.OfSource(
                        "shop",
                        ago(Duration.ofDays(90)),
                        Optional.of(ago(Duration.ofHours(3))),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of(newest, older));
        assertThat(AlertRules.judge(of(both), NIGHTLY))
                .singleElement()
                .satisfies(
                        c -> {
                            assertThat(c.kind()).isEqualTo(AlertKind.VERIFICATION_FAILED);
                            assertThat(c.severity()).isEqualTo(Severity.CRITICAL);
                            assertThat(c.text())
                                    .isEqualTo(
                                            "The backup of shop of 2026-11-21 11:00 UTC, the newest,"
                                                    + " was found wrong: Its hash differs in store"
                                                    + " \"s3\". So was an older one.");
                        });
    }

    @Test
    void a_store_is_told_after_its_patience_each_fact_by_itself() {
        AlertFacts.OfStore brief =
                new AlertFacts.OfStore(
                        "s3",
                        1,
                        Optional.of(ago(Duration.ofMinutes(29))),
                        Optional.empty(),
                        0,
                        Optional.of(ago(Duration.ofMinutes(2))),
                        Optional.of("Connection refused"));
        assertThat(AlertRules.judge(of(brief), NIGHTLY)).isEmpty();

        AlertFacts.OfStore long_ =
                new AlertFacts.OfStore(
                        "s3",
                        2,
                        Optional.of(ago(Duration.ofHours(3))),
                        Optional.of("No space left"),
                        1,
                        Optional.of(ago(Duration.ofMinutes(3))),
                        Optional.of("Connection refused"));
        assertThat(AlertRules.judge(of(long_), NIGHTLY))
                .extracting(Concern::kind, Concern::text)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                AlertKind.STORE_UNREACHABLE,
                                "Store s3 has not answered for 3 min: Connection refused. New"
                                        + " backups get no copy there."),
                        org.assertj.core.groups.Tuple.tuple(
                                AlertKind.COPY_DAMAGED,
                                "1 copy in store s3 is not what was written. No restore reads it;"
                                        + " other stores may have the same backups whole."),
                        org.assertj.core.groups.Tuple.tuple(
                                AlertKind.COPY_MISSING,
                                "Store s3 lacks 2 copies, the oldest for 3 h. The last try: No space"
                                        + " left. They are tried again by themselves."));
    }

    @Test
    void a_key_is_announced_a_week_ahead_and_overdue_on_its_day() {
        Optional<Instant> none = Optional.empty();
        assertThat(
                        AlertRules.judge(
                                of(
                                        new AlertFacts.OfKey(
                                                "ops",
                                                Optional.of(NOW.plus(Duration.ofDays(8))),
                                                none)),
                                NIGHTLY))
                .isEmpty();
        assertThat(
                        AlertRules.judge(
                                of(
                                        new AlertFacts.OfKey(
                                                "ops",
                                                Optional.of(NOW.plus(Duration.ofDays(6))),
                                                none)),
                                NIGHTLY))
                .extracting(Concern::kind, Concern::severity)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                AlertKind.KEY_ROTATION_DUE, Severity.INFO));
        assertThat(
                        AlertRules.judge(
                                of(
                                        new AlertFacts.OfKey(
                                                "escrow", Optional.of(NOW), Optional.of(NOW))),
                                NIGHTLY))
                .extracting(Concern::kind, Concern::severity)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                AlertKind.KEY_ROTATION_DUE, Severity.WARNING),
                        org.assertj.core.groups.Tuple.tuple(
                                AlertKind.KEY_PROOF_DUE, Severity.WARNING));
    }

    @Test
    void silence_of_scheduler_and_workers_is_told_after_five_minutes() {
        List<AlertFacts.Pulse> pulses = new ArrayList<>();
        for (AlertFacts.Duty beat : AlertFacts.Duty.values()) {
            pulses.add(new AlertFacts.Pulse(beat, ago(Duration.ofMinutes(5))));
        }
        AlertFacts facts =
                new AlertFacts(
                        NOW,
                        List.of(shop(ago(Duration.ofHours(1)))),
                        List.of(),
                        List.of(),
                        List.of(),
                        pulses);
        assertThat(AlertRules.judge(facts, NIGHTLY))
                .extracting(Concern::subject)
                .containsExactly("scheduler", "worker/backup", "worker/restore");
        assertThat(AlertRules.judge(facts, policy(Schedule.NEVER, null)))
                .extracting(Concern::subject)
                .containsExactly("worker/backup", "worker/restore");
    }

    @Test
    void a_broken_glass_names_who_and_what_and_reaches_every_channel() {
        AlertFacts facts =
                new AlertFacts(
                        NOW,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(
                                new AlertFacts.Glass(
                                        "restore/1", "Restore shop into live", "guru", NOW)),
                        List.of());
        Concern glass = AlertRules.judge(facts, NIGHTLY).get(0);

        assertThat(glass.text())
                .isEqualTo(
                        "guru acted alone where two people are asked for, at 2026-11-21 13:00 UTC:"
                                + " Restore shop into live. The reason stands in the record.");
        assertThat(
                        new ChannelRule(Severity.CRITICAL, java.util.Set.of(AlertKind.COPY_MISSING))
                                .lets(glass.kind(), glass.severity()))
                .isTrue();
    }

    @Test
    void a_policy_that_cannot_be_kept_is_one_alert_whatever_the_number_of_databases() {
        Policy hour = Policy.standard(14);
        AlertFacts facts = of(shop(Instant.parse("2026-11-21T02:00:30Z")));
        assertThat(AlertRules.judge(facts, hour))
                .singleElement()
                .satisfies(
                        c -> {
                            assertThat(c.kind()).isEqualTo(AlertKind.POLICY_UNFIT);
                            assertThat(c.subject()).isEqualTo("policy");
                            assertThat(c.text()).contains("The RPO is 1 h, but up to 24 h pass");
                        });
    }

    @Test
    void a_log_that_is_not_what_a_stores_head_says_is_critical_for_each_store() {
        AlertFacts facts =
                new AlertFacts(
                        NOW,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(
                                new AlertFacts.OfAudit(
                                        "s3-eu",
                                        Optional.of(Instant.parse("2026-11-01T03:10:00Z")),
                                        "The log has 40 entries, the head says 48: its end was cut"
                                                + " off")));

        assertThat(AlertRules.judge(facts, NIGHTLY))
                .containsExactly(
                        new Concern(
                                AlertKind.AUDIT_DIFFERS,
                                "audit/s3-eu",
                                Severity.CRITICAL,
                                "The audit log is not what its head in store s3-eu says, which was"
                                        + " signed at 2026-11-01 03:10 UTC: The log has 40 entries,"
                                        + " the head says 48: its end was cut off. Somebody changed"
                                        + " the log, the store, or brought an older catalog back."));
    }

    /** Judged at an hour of November 2026, unless a test says another. */
    @Nested
    class Drills {
        private final Optional<Instant> never = Optional.empty();

        private List<Concern> judged(String now, AlertFacts.OfDrills... drills) {
            return AlertRules.judge(
                    new AlertFacts(
                            Instant.parse(now),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(drills)),
                    NIGHTLY);
        }

        private AlertFacts.OfDrills shop(
                Optional<Instant> promised, Optional<Instant> passed, Optional<Instant> slot) {
            return new AlertFacts.OfDrills(
                    "shop",
                    Instant.parse("2026-01-01T00:00:00Z"),
                    promised,
                    passed,
                    slot,
                    false,
                    Optional.empty());
        }

        private Optional<Instant> at(String time) {
            return Optional.of(Instant.parse(time));
        }

        @Test
        void a_month_without_a_passed_drill_is_told_a_week_before_it_ends() {
            AlertFacts.OfDrills october =
                    shop(
                            at("2026-05-01T00:00:00Z"),
                            at("2026-10-04T03:20:00Z"),
                            at("2026-11-01T03:00:00Z"));
            assertThat(judged("2026-11-23T23:59:00Z", october)).isEmpty();
            assertThat(judged("2026-11-24T00:00:00Z", october))
                    .containsExactly(
                            new Concern(
                                    AlertKind.DRILL_DUE,
                                    "source/shop",
                                    Severity.WARNING,
                                    "The newest passed drill of shop ended at 2026-10-04 03:20 UTC,"
                                            + " 50 days 20 h ago. One is to pass by 2026-12-01 00:00"
                                            + " UTC (monthly_restore_day is first_sunday)."));
            assertThat(judged("2026-12-02T00:00:00Z", october).get(0).text())
                    .contains("One had to pass by 2026-12-01 00:00 UTC");
        }

        @Test
        void a_drill_of_this_month_is_enough() {
            assertThat(
                            judged(
                                    "2026-11-30T23:00:00Z",
                                    shop(
                                            at("2026-05-01T00:00:00Z"),
                                            at("2026-11-01T03:20:00Z"),
                                            at("2026-12-06T03:00:00Z"))))
                    .isEmpty();
        }

        @Test
        void a_new_plan_has_until_the_end_of_the_next_month_although_nothing_ever_passed() {
            AlertFacts.OfDrills fresh = shop(at("2026-11-20T10:00:00Z"), never, never);
            assertThat(judged("2026-12-20T10:00:00Z", fresh)).isEmpty();
            assertThat(judged("2026-12-27T10:00:00Z", fresh).get(0).text())
                    .isEqualTo(
                            "No drill of shop has ever passed. One is to pass by 2027-01-01 00:00"
                                    + " UTC (monthly_restore_day is first_sunday); its plans come by"
                                    + " hand only.");
        }

        @Test
        void a_quarterly_plan_has_until_its_slot_and_a_day() {
            AlertFacts.OfDrills quarterly =
                    shop(
                            at("2026-05-01T00:00:00Z"),
                            at("2026-10-01T03:20:00Z"),
                            at("2027-01-01T02:00:00Z"));
            assertThat(judged("2026-12-20T00:00:00Z", quarterly)).isEmpty();
            assertThat(judged("2027-01-02T03:00:00Z", quarterly).get(0).text())
                    .contains("One had to pass by 2027-01-02 02:00 UTC");
        }

        @Test
        void databases_without_a_plan_are_one_notice_and_not_in_their_first_week() {
            AlertFacts.OfDrills old = shop(never, never, never);
            AlertFacts.OfDrills till =
                    new AlertFacts.OfDrills(
                            "till",
                            Instant.parse("2026-11-01T00:00:00Z"),
                            never,
                            never,
                            never,
                            false,
                            Optional.empty());
            assertThat(judged("2026-11-07T00:00:00Z", old, till))
                    .singleElement()
                    .satisfies(
                            c -> {
                                assertThat(c.severity()).isEqualTo(Severity.INFO);
                                assertThat(c.subject()).isEqualTo("drills");
                                assertThat(c.text())
                                        .isEqualTo(
                                                "1 database has no drill plan and no drill that"
                                                        + " ever passed: shop. Nobody knows whether"
                                                        + " their backups can be restored.");
                            });
            assertThat(judged("2026-11-08T00:00:00Z", old, till).get(0).text())
                    .startsWith("2 databases have no drill plan")
                    .contains(": shop, till. ");
            assertThat(
                            judged(
                                    "2026-11-08T00:00:00Z",
                                    shop(never, at("2026-10-04T03:20:00Z"), never)))
                    .isEmpty();
        }

        @Test
        void
                a_failed_drill_is_critical_where_a_check_contradicts_and_a_warning_where_none_was_made() {
            AlertFacts.FailedDrill wrong =
                    new AlertFacts.FailedDrill(
                            "D-2026-7",
                            Instant.parse("2026-11-01T03:10:00Z"),
                            true,
                            Optional.of("rows of public.orders: 12,004 expected, 0 found"));
            assertThat(judged("2026-11-08T00:00:00Z", failed(wrong)))
                    .containsExactly(
                            new Concern(
                                    AlertKind.DRILL_FAILED,
                                    "source/shop",
                                    Severity.CRITICAL,
                                    "Drill D-2026-7 of shop failed at 2026-11-01 03:10 UTC: rows of"
                                            + " public.orders: 12,004 expected, 0 found. A check"
                                            + " contradicts the backup. None has passed since."));
            AlertFacts.FailedDrill stopped =
                    new AlertFacts.FailedDrill(
                            "D-2026-8",
                            Instant.parse("2026-11-01T03:10:00Z"),
                            false,
                            Optional.empty());
            assertThat(judged("2026-11-08T00:00:00Z", failed(stopped)))
                    .singleElement()
                    .extracting(Concern::severity)
                    .isEqualTo(Severity.WARNING);
        }

        private AlertFacts.OfDrills failed(AlertFacts.FailedDrill drill) {
            return new AlertFacts.OfDrills(
                    "shop",
                    Instant.parse("2026-01-01T00:00:00Z"),
                    at("2026-05-01T00:00:00Z"),
                    at("2026-10-20T03:20:00Z"),
                    at("2026-11-01T03:00:00Z"),
                    false,
                    Optional.of(drill));
        }
    }

    @Nested
    class AnAlert {
        private final Alert alert =
                new Alert(
                        new Concern(
                                AlertKind.COPY_MISSING, "store/s3", Severity.WARNING, "One lacks."),
                        NOW);

        @Test
        void that_becomes_worse_asks_for_an_answer_again() {
            alert.acknowledge("anna", "ordered a disk", NOW);
            Concern worse =
                    new Concern(AlertKind.COPY_MISSING, "store/s3", Severity.CRITICAL, "All lack.");

            assertThat(alert.seen(worse, NOW.plusSeconds(60))).isTrue();
            assertThat(alert.acknowledgedBy()).isNull();
            assertThat(alert.seen(worse, NOW.plusSeconds(120))).isFalse();
            assertThat(alert.openedAt()).isEqualTo(NOW);
            assertThat(alert.text()).isEqualTo("All lack.");
        }

        @Test
        void that_is_resolved_is_not_acknowledged_any_more() {
            alert.resolve(NOW);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> alert.acknowledge("anna", "", NOW))
                    .hasMessage("This alert is resolved already.");
            assertThat(alert.acknowledgedBy()).isNull();
        }
    }
}

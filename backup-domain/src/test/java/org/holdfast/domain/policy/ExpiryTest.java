package org.holdfast.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.holdfast.domain.policy.Expiry.Copy;
import org.holdfast.domain.policy.Expiry.Standing;
import org.holdfast.domain.policy.Expiry.Verdict;
import org.holdfast.domain.policy.Expiry.Why;
import org.holdfast.domain.policy.Retention.Rule;
import org.holdfast.domain.shared.Ids;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExpiryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Rule SEVEN_DAYS = new Rule(7, 0, 0, 0, 0, 0, 1);

    private static Copy copy(String store, Instant takenAt, Standing standing) {
        return copy(Ids.next(), store, takenAt, standing);
    }

    private static Copy copy(UUID id, String store, Instant takenAt, Standing standing) {
        return new Copy(
                id, store, takenAt, standing, Optional.empty(), Optional.empty(), false, false);
    }

    private static Copy daysOld(int days) {
        return copy("local", NOW.minus(Duration.ofDays(days)), Standing.PROVED);
    }

    private static List<Copy> nightly(int days) {
        return IntStream.range(0, days).mapToObj(ExpiryTest::daysOld).toList();
    }

    private static List<Why> why(List<Copy> copies, Rule rule) {
        return Expiry.decide(copies, Map.of("local", rule), NOW).stream()
                .map(Verdict::why)
                .toList();
    }

    @Test
    void copies_older_than_the_days_go_and_the_last_verified_stays() {
        assertThat(why(List.of(daysOld(1), daysOld(7), daysOld(8)), SEVEN_DAYS))
                .containsExactly(Why.LAST_VERIFIED, Why.DAYS, Why.NO_RULE);
        assertThat(why(List.of(daysOld(400)), SEVEN_DAYS)).containsExactly(Why.LAST_VERIFIED);
    }

    @Test
    void the_newest_of_each_period_that_has_one_stays() {
        Rule rule = new Rule(0, 0, 2, 2, 2, 2, 1);

        List<Verdict> verdicts =
                Expiry.decide(nightly(800), Map.of("local", rule), NOW).stream()
                        .filter(v -> !v.goes())
                        .toList();

        assertThat(verdicts)
                .extracting(v -> v.copy().takenAt().toString().substring(0, 10), Verdict::words)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "2026-11-21", "one of the last 1 verified"),
                        org.assertj.core.groups.Tuple.tuple(
                                "2026-11-20", "newest of its day, 2 of 2"),
                        org.assertj.core.groups.Tuple.tuple(
                                "2026-11-15", "newest of its week, 2 of 2"),
                        org.assertj.core.groups.Tuple.tuple(
                                "2026-10-31", "newest of its month, 2 of 2"),
                        org.assertj.core.groups.Tuple.tuple(
                                "2025-12-31", "newest of its year, 2 of 2"));
    }

    @Test
    void generations_do_not_go_because_no_new_backups_come() {
        List<Copy> weekly = IntStream.range(100, 104).mapToObj(week -> daysOld(week * 7)).toList();

        assertThat(why(weekly, new Rule(7, 0, 0, 4, 0, 0, 1))).doesNotContain(Why.NO_RULE);
    }

    @Test
    void what_is_held_or_in_use_stays_whatever_else_holds() {
        Copy old = daysOld(900);
        Copy held =
                new Copy(
                        Ids.next(),
                        "local",
                        old.takenAt(),
                        Standing.DOUBTFUL,
                        Optional.of("case 7"),
                        Optional.empty(),
                        true,
                        false);
        Copy used =
                new Copy(
                        Ids.next(),
                        "local",
                        old.takenAt(),
                        Standing.PROVED,
                        Optional.empty(),
                        Optional.of("restore 1"),
                        false,
                        false);

        List<Verdict> verdicts =
                Expiry.decide(
                        List.of(old, held, used, daysOld(0)), Map.of("local", SEVEN_DAYS), NOW);

        assertThat(verdicts)
                .extracting(Verdict::why)
                .containsExactly(Why.NO_RULE, Why.HOLD, Why.IN_USE, Why.LAST_VERIFIED);
        assertThat(verdicts.get(1).words()).isEqualTo("legal hold: case 7");
        assertThat(verdicts.get(2).words()).isEqualTo("in use by restore 1");
    }

    @Test
    void a_date_in_the_future_is_refused_and_pushes_no_other_copy_out() {
        Copy future = copy("local", NOW.plus(Duration.ofDays(365)), Standing.PROVED);

        List<Verdict> verdicts =
                Expiry.decide(List.of(future, daysOld(30)), Map.of("local", SEVEN_DAYS), NOW);

        assertThat(verdicts)
                .extracting(Verdict::why)
                .containsExactly(Why.FUTURE, Why.LAST_VERIFIED);
        assertThat(verdicts.get(0).words())
                .isEqualTo("its date, 2027-11-21T12:00:00Z, lies in the future: a clock was wrong");
    }

    @Test
    void doubtful_copies_stand_for_no_generation() {
        Copy suspect = copy("local", NOW.minus(Duration.ofDays(8)), Standing.DOUBTFUL);

        assertThat(why(List.of(suspect, daysOld(9), daysOld(0)), new Rule(7, 0, 0, 2, 0, 0, 1)))
                .containsExactly(Why.NO_RULE, Why.WEEKLY, Why.LAST_VERIFIED);
    }

    @Test
    void where_nothing_is_verified_the_last_that_can_be_read_stay_and_then_any() {
        Copy suspect = copy("local", NOW.minus(Duration.ofDays(50)), Standing.DOUBTFUL);
        Copy unread = copy("local", NOW.minus(Duration.ofDays(60)), Standing.READABLE);

        assertThat(why(List.of(suspect, unread), SEVEN_DAYS))
                .containsExactly(Why.NO_RULE, Why.LAST_VERIFIED);
        assertThat(why(List.of(suspect), SEVEN_DAYS)).containsExactly(Why.LAST_VERIFIED);
    }

    @Test
    void what_a_person_deletes_does_not_count_as_one_of_the_last() {
        Copy byHand =
                new Copy(
                        Ids.next(),
                        "local",
                        NOW,
                        Standing.PROVED,
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        false);

        assertThat(why(List.of(byHand, daysOld(90)), SEVEN_DAYS))
                .containsExactly(Why.BY_HAND, Why.LAST_VERIFIED);
    }

    @Nested
    class InSeveralStores {
        @Test
        void the_copy_that_is_to_be_copied_on_stays_until_the_other_store_has_it() {
            UUID id = Ids.next();
            Instant tenDaysAgo = NOW.minus(Duration.ofDays(10));
            Map<String, Rule> rules =
                    Map.of("local", SEVEN_DAYS, "s3", new Rule(30, 0, 0, 0, 0, 0, 1));
            Copy here = copy(id, "local", tenDaysAgo, Standing.PROVED);

            List<Verdict> verdicts =
                    Expiry.decide(
                            List.of(here, copy(id, "s3", tenDaysAgo, Standing.ABSENT), daysOld(1)),
                            rules,
                            NOW);

            assertThat(verdicts)
                    .extracting(Verdict::why)
                    .containsExactly(Why.ONLY_COPY, Why.DAYS, Why.LAST_VERIFIED);
            assertThat(
                            Expiry.decide(
                                            List.of(
                                                    here,
                                                    copy(id, "s3", tenDaysAgo, Standing.PROVED),
                                                    daysOld(1)),
                                            rules,
                                            NOW)
                                    .get(0)
                                    .why())
                    .isEqualTo(Why.NO_RULE);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    /**
     * Random backups of months, random rules, a clock that jumps: what must never go never goes.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothing_that_must_stay_ever_goes(long seed) {
        Random random = new Random(seed);
        Map<String, Rule> rules = Map.of("local", rule(random), "s3", rule(random));
        List<Copy> copies = copies(random);
        Instant now =
                NOW.plus(
                        switch (random.nextInt(5)) {
                            case 0 -> Duration.ofHours(1);
                            case 1 -> Duration.ofHours(-1);
                            case 2 -> Duration.ofDays(365);
                            case 3 -> Duration.ofDays(-365);
                            default -> Duration.ZERO;
                        });

        List<Verdict> verdicts = Expiry.decide(copies, rules, now);

        assertThat(verdicts).extracting(Verdict::copy).containsExactlyElementsOf(copies);
        for (Verdict v : verdicts) {
            if (v.copy().hold().isPresent() || v.copy().use().isPresent()) {
                assertThat(v.goes()).as("held or in use: %s", v).isFalse();
            }
            if (v.copy().takenAt().isAfter(now) && !v.copy().byHand()) {
                assertThat(v.goes()).as("of the future: %s", v).isFalse();
            }
        }
        for (boolean imported : List.of(false, true)) {
            rules.forEach(
                    (store, rule) -> {
                        List<Verdict> counted =
                                verdicts.stream()
                                        .filter(v -> v.copy().store().equals(store))
                                        .filter(v -> v.copy().imported() == imported)
                                        .filter(v -> !v.copy().byHand())
                                        .filter(v -> !v.copy().takenAt().isAfter(now))
                                        .sorted(
                                                Comparator.comparing(
                                                                (Verdict v) -> v.copy().takenAt())
                                                        .reversed())
                                        .toList();
                        assertThat(
                                        counted.stream()
                                                .filter(v -> v.copy().standing() == Standing.PROVED)
                                                .limit(rule.verified()))
                                .as("the last %s verified of %s", rule.verified(), store)
                                .noneMatch(Verdict::goes);
                        assertThat(
                                        counted.stream()
                                                .filter(v -> v.copy().readable())
                                                .filter(v -> !v.goes())
                                                .count())
                                .as("readable copies left in %s", store)
                                .isGreaterThanOrEqualTo(
                                        Math.min(
                                                rule.verified(),
                                                counted.stream()
                                                        .filter(v -> v.copy().readable())
                                                        .count()));
                        assertThat(
                                        counted.stream()
                                                .filter(
                                                        v ->
                                                                !v.copy()
                                                                        .takenAt()
                                                                        .isBefore(
                                                                                now.minus(
                                                                                        Duration
                                                                                                .ofDays(
                                                                                                        rule
                                                                                                                .days()))))
                                                .filter(v -> rule.days() > 0))
                                .as("younger than %s days in %s", rule.days(), store)
                                .noneMatch(Verdict::goes);
                    });
        }
        verdicts.stream()
                .filter(v -> !v.goes())
                .forEach(
                        staying ->
                                assertThat(
                                                verdicts.stream()
                                                        .filter(v -> sameSnapshot(v, staying))
                                                        .filter(v -> v.copy().readable())
                                                        .filter(v -> !v.copy().byHand())
                                                        .allMatch(Verdict::goes))
                                        .as("%s stays and could be read nowhere", staying)
                                        .isEqualTo(
                                                verdicts.stream()
                                                        .filter(v -> sameSnapshot(v, staying))
                                                        .noneMatch(
                                                                v ->
                                                                        v.copy().readable()
                                                                                && !v.copy()
                                                                                        .byHand())));
    }

    /** However many imports there are: what becomes of Holdfast's own backups stays the same. */
    @ParameterizedTest
    @MethodSource("seeds")
    void imports_change_nothing_for_the_backups_that_were_made_here(long seed) {
        Random random = new Random(seed);
        Map<String, Rule> rules = Map.of("local", rule(random), "s3", rule(random));
        List<Copy> copies = copies(random);
        List<Copy> own = copies.stream().filter(c -> !c.imported()).toList();

        assertThat(
                        Expiry.decide(copies, rules, NOW).stream()
                                .filter(v -> !v.copy().imported())
                                .toList())
                .isEqualTo(Expiry.decide(own, rules, NOW));
    }

    @Test
    void an_import_takes_no_place_of_a_backup_and_is_counted_among_imports() {
        Copy newer = imported(1);
        Copy older = imported(60);

        List<Verdict> verdicts =
                Expiry.decide(
                        List.of(newer, older, daysOld(40), daysOld(50)),
                        Map.of("local", new Rule(0, 1, 0, 0, 0, 0, 1)),
                        NOW);

        assertThat(verdicts)
                .extracting(Verdict::why)
                .containsExactly(Why.LAST_VERIFIED, Why.NO_RULE, Why.LAST_VERIFIED, Why.NO_RULE);
        assertThat(verdicts.get(0).words()).isEqualTo("one of the last 1 verified, among imports");
    }

    private static Copy imported(int daysOld) {
        return new Copy(
                Ids.next(),
                "local",
                NOW.minus(Duration.ofDays(daysOld)),
                Standing.PROVED,
                Optional.empty(),
                Optional.empty(),
                false,
                true);
    }

    /** Expiring again and again, as time goes on, never loses the last good one. */
    @ParameterizedTest
    @MethodSource("seeds")
    void a_history_that_is_expired_every_day_keeps_its_last_good_ones(long seed) {
        Random random = new Random(seed);
        Map<String, Rule> rules = Map.of("local", rule(random));
        int verified = rules.get("local").verified();
        List<Copy> living = new ArrayList<>();
        List<Copy> ever = new ArrayList<>();
        Instant now = NOW;
        for (int day = 0; day < 120; day++) {
            now = now.plus(Duration.ofHours(20 + random.nextInt(9)));
            if (random.nextInt(10) < 7) {
                Copy made =
                        copy(
                                "local",
                                random.nextInt(20) == 0 ? now.plus(Duration.ofDays(365)) : now,
                                Standing.values()[random.nextInt(3)]);
                living.add(made);
                ever.add(made);
            }
            Instant looked = now;
            living.removeIf(
                    Expiry.decide(List.copyOf(living), rules, looked).stream()
                                    .filter(Verdict::goes)
                                    .map(Verdict::copy)
                                    .toList()
                            ::contains);
            List<Copy> lastGood =
                    ever.stream()
                            .filter(c -> c.standing() == Standing.PROVED)
                            .filter(c -> !c.takenAt().isAfter(looked))
                            .sorted(Comparator.comparing(Copy::takenAt).reversed())
                            .limit(verified)
                            .toList();
            assertThat(living).containsAll(lastGood);
        }
    }

    private static boolean sameSnapshot(Verdict a, Verdict b) {
        return a.copy().snapshot().equals(b.copy().snapshot());
    }

    private static Rule rule(Random random) {
        return new Rule(
                random.nextInt(40),
                random.nextInt(5),
                random.nextInt(10),
                random.nextInt(6),
                random.nextInt(4),
                random.nextInt(3),
                1 + random.nextInt(4));
    }

    private static List<Copy> copies(Random random) {
        List<Copy> copies = new ArrayList<>();
        for (int i = random.nextInt(60); i >= 0; i--) {
            UUID id = Ids.next();
            Instant takenAt =
                    NOW.minus(Duration.ofMinutes(random.nextInt(500 * 1440) - 100 * 1440));
            Optional<String> hold =
                    random.nextInt(12) == 0 ? Optional.of("a case") : Optional.empty();
            Optional<String> use =
                    random.nextInt(12) == 0 ? Optional.of("restore 1") : Optional.empty();
            boolean byHand = random.nextInt(12) == 0;
            boolean imported = random.nextInt(4) == 0;
            for (String store : List.of("local", "s3")) {
                if (random.nextInt(4) > 0) {
                    copies.add(
                            new Copy(
                                    id,
                                    store,
                                    takenAt,
                                    Standing.values()[random.nextInt(4)],
                                    hold,
                                    use,
                                    byHand,
                                    imported));
                }
            }
        }
        return copies;
    }
}

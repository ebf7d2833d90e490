package org.holdfast.domain.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.holdfast.domain.snapshot.Samples.NOON;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.holdfast.domain.snapshot.Samples;
import org.holdfast.domain.snapshot.Snapshot;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ImpactTest {
    private static final Impact.Settings SETTINGS =
            new Impact.Settings(false, false, "RESTORE {backupId} INTO {target}");

    private final Snapshot snapshot = Samples.verified();

    @Test
    void a_fitting_target_has_nothing_against_it() {
        Impact impact = of(RestoreRequestTest.staging(), new Facts().build());

        assertThat(impact.blocks()).isEmpty();
        assertThat(impact.warnings()).isEmpty();
        assertThat(impact.age()).isEqualTo(Duration.ofHours(2));
        assertThat(impact.needBytes()).isEqualTo(1500);
        assertThat(impact.confirmPhrase()).isEqualTo("RESTORE " + snapshot.id() + " INTO staging");
        assertThat(impact.needsApproval()).isFalse();
    }

    @Test
    void the_versions_of_snapshot_and_target_are_held_together() {
        Facts facts = new Facts();
        Impact fits = of(RestoreRequestTest.staging(), facts.build());
        assertThat(fits.sourceVersion()).isEqualTo("15.20");
        assertThat(fits.versions()).isEqualTo(Impact.Fit.FITS);

        facts.serverMajor = 17;
        assertThat(of(RestoreRequestTest.staging(), facts.build()).versions())
                .isEqualTo(Impact.Fit.NEWER);
        facts.serverMajor = 14;
        assertThat(of(RestoreRequestTest.staging(), facts.build()).versions())
                .isEqualTo(Impact.Fit.NONE);
        assertThat(of(RestoreRequestTest.staging(), TargetFacts.unreachable("down")).versions())
                .isEqualTo(Impact.Fit.UNKNOWN);
    }

    @Test
    void rows_that_the_snapshot_has_not_are_told_largest_first() {
        Facts facts = new Facts();
        facts.tables =
                List.of(
                        new TargetFacts.TableRows("public", "orders", 112, false),
                        new TargetFacts.TableRows("public", "notes", 31, true),
                        new TargetFacts.TableRows("public", "fewer", 0, false));

        Impact impact = of(RestoreRequestTest.staging(), facts.build());

        assertThat(impact.losses())
                .containsExactly(
                        new Impact.Loss("public.notes", 31, 0, true),
                        new Impact.Loss("public.orders", 112, 100, false));
        assertThat(codes(impact.warnings())).containsExactly("ROWS-LOST");
        assertThat(impact.warnings().get(0).text())
                .isEqualTo("shop has 43 rows in 2 tables that the snapshot has not.");
        assertThat(impact.checklist())
                .contains(
                        new Impact.Item(
                                "loss-accepted",
                                "43 rows that the snapshot has not, and whatever else changed after"
                                        + " 21 Nov 2026 12:00 UTC, are replaced; that is accepted.",
                                true));
    }

    @Test
    void what_is_lost_is_told_in_lines_by_what_the_mode_touches() {
        Facts facts = new Facts();
        facts.tables =
                List.of(
                        new TargetFacts.TableRows("public", "orders", 112, false),
                        new TargetFacts.TableRows("public", "notes", 1_031, true));
        Impact impact = of(RestoreRequestTest.staging(), facts.build());

        assertThat(impact.lost(RestoreMode.ASIDE_SWAP, false))
                .containsExactly(
                        "Changes of staging since 21 Nov 2026 12:00 UTC are replaced by the snapshot.",
                        "public.notes: about 1,031 rows",
                        "public.orders: 12 rows");
        assertThat(impact.lost(RestoreMode.IN_PLACE_CLEAN, false))
                .endsWith("No copy of what is there now is kept: this cannot be undone.");
        assertThat(impact.lost(RestoreMode.NEW_NAME, false))
                .containsExactly("Nothing: the snapshot goes into a database of its own.");
        assertThat(impact.lost(RestoreMode.ASIDE_SWAP, true))
                .containsExactly("Nothing: a rehearsal applies nothing to staging.");
        assertThat(impact.losses(RestoreMode.ASIDE_SWAP, false)).isEqualTo(impact.losses());
        assertThat(impact.losses(RestoreMode.NEW_NAME, false)).isEmpty();
        assertThat(impact.losses(RestoreMode.ASIDE_SWAP, true)).isEmpty();
    }

    @Test
    void open_connections_must_be_acknowledged() {
        Facts facts = new Facts();
        facts.sessions = List.of(new TargetFacts.Session(1, "app", "web", "10.0.0.1", "idle"));

        Impact impact = of(RestoreRequestTest.staging(), facts.build());

        assertThat(codes(impact.warnings())).containsExactly("TARGET-SESSIONS");
        assertThat(impact.warnings().get(0).text()).isEqualTo("1 connection is open on shop.");
        assertThat(impact.checklist())
                .contains(
                        new Impact.Item(
                                RestoreRequest.END_SESSIONS,
                                "End the 1 open connection at the swap.",
                                true));
    }

    @Nested
    class Blocks {
        @Test
        void an_unverified_snapshot() {
            Impact impact =
                    Impact.of(
                            Samples.uploaded(),
                            Samples.manifest(snapshot),
                            RestoreRequestTest.staging(),
                            new Facts().build(),
                            false,
                            Optional.empty(),
                            Impact.Estimate.of(1000, List.of(), List::of),
                            SETTINGS,
                            NOON);

            assertThat(codes(impact.blocks())).containsExactly("RESTORE-UNVERIFIED");
        }

        @Test
        void production_while_it_is_not_allowed() {
            Impact impact = of(RestoreRequestTest.production(), new Facts().build());

            assertThat(impact.blocks())
                    .containsExactly(
                            new Impact.Finding(
                                    "RESTORE-PRODUCTION",
                                    "Target production is marked production and ALLOW_DB_RESTORE is"
                                            + " not true.",
                                    "Restore into another target, or set ALLOW_DB_RESTORE=true on"
                                            + " every server and restart Holdfast for the emergency."));
            assertThat(impact.needsApproval()).isTrue();
        }

        @Test
        void the_very_source_by_whatever_name_it_is_reached() {
            Facts facts = new Facts();
            facts.systemIdentifier = "1";

            assertThat(codes(of(RestoreRequestTest.staging(), facts.build()).blocks()))
                    .containsExactly("TARGET-IS-SOURCE");
        }

        @Test
        void the_very_source_but_not_a_new_name_beside_it_nor_a_rehearsal() {
            Impact impact = of(RestoreRequestTest.staging(), source().build());

            assertThat(impact.blocksFor(RestoreMode.ASIDE_SWAP, false))
                    .containsExactly(
                            new Impact.Finding(
                                    "TARGET-IS-SOURCE",
                                    "Target staging is the very database this snapshot was taken"
                                            + " from.",
                                    "Restore under a new name beside it (mode NEW_NAME) or into"
                                            + " another target. Where the source itself is lost, set"
                                            + " ALLOW_SOURCE_RESTORE=true on every server and restart"
                                            + " Holdfast. The same cluster is told by its system"
                                            + " identifier, whatever name it is reached by."));
            assertThat(codes(impact.blocksFor(RestoreMode.IN_PLACE_CLEAN, false)))
                    .containsExactly("TARGET-IS-SOURCE");
            assertThat(impact.blocksFor(RestoreMode.NEW_NAME, false)).isEmpty();
            assertThat(impact.blocksFor(RestoreMode.ASIDE_SWAP, true)).isEmpty();
        }

        @Test
        void not_another_database_of_the_sources_cluster() {
            Facts facts = new Facts();
            facts.systemIdentifier = "1";
            facts.database = "shop_copy";

            assertThat(of(RestoreRequestTest.staging(), facts.build()).blocks()).isEmpty();
        }

        @Test
        void an_older_server() {
            Facts facts = new Facts();
            facts.serverMajor = 14;
            facts.serverVersion = "14.9";

            assertThat(of(RestoreRequestTest.staging(), facts.build()).blocks())
                    .containsExactly(
                            new Impact.Finding(
                                    "SERVER-OLDER",
                                    "The target runs PostgreSQL 14.9, the snapshot is of 15.20.",
                                    "Restore into a server of major version 15 or newer."));
        }

        @Test
        void missing_extensions_all_by_name() {
            Facts facts = new Facts();
            facts.extensions = Map.of();

            assertThat(of(RestoreRequestTest.staging(), facts.build()).blocks().get(0).text())
                    .isEqualTo("The target's server lacks the extension pg_trgm.");
        }

        @Test
        void a_full_disk() {
            Facts facts = new Facts();
            facts.room = OptionalLong.of(1499);

            assertThat(of(RestoreRequestTest.staging(), facts.build()).blocks().get(0).text())
                    .isEqualTo("The target's disk has 1,499 bytes free; about 1,500 are needed.");
        }

        @Test
        void an_unreachable_target_and_then_nothing_else_is_said() {
            Impact impact =
                    of(RestoreRequestTest.staging(), TargetFacts.unreachable("no route to host"));

            assertThat(codes(impact.blocks())).containsExactly("TARGET-UNREACHABLE");
            assertThat(impact.warnings()).isEmpty();
        }
    }

    @Nested
    class Into_the_source_while_that_is_allowed {
        private static final String WHAT =
                "Target staging is the very database this snapshot was taken from; what was written"
                        + " since 21 Nov 2026 12:00 UTC is lost from it, and kept as the old"
                        + " database.";

        private final Impact impact =
                of(
                        snapshot,
                        RestoreRequestTest.staging(),
                        source().build(),
                        new Impact.Settings(false, true, SETTINGS.template()));

        @Test
        void one_is_warned_and_has_to_acknowledge_it_for_a_swap() {
            assertThat(impact.blocksFor(RestoreMode.ASIDE_SWAP, false)).isEmpty();
            assertThat(impact.warningsFor(RestoreMode.ASIDE_SWAP, false))
                    .first()
                    .isEqualTo(
                            new Impact.Finding(
                                    "TARGET-IS-SOURCE",
                                    WHAT,
                                    "It is allowed while ALLOW_SOURCE_RESTORE is true. Take that"
                                            + " back when this restore is done."));
            assertThat(impact.checklistFor(RestoreMode.ASIDE_SWAP, false))
                    .contains(new Impact.Item("source-replaced", WHAT, true));
            assertThat(impact.lost(RestoreMode.ASIDE_SWAP, false)).startsWith(WHAT);
        }

        @Test
        void it_is_never_done_in_place() {
            assertThat(impact.blocksFor(RestoreMode.IN_PLACE_SCHEMA, false))
                    .containsExactly(
                            new Impact.Finding(
                                    "TARGET-IS-SOURCE",
                                    "Target staging is the very database this snapshot was taken"
                                            + " from, and in place nothing of it would be kept.",
                                    "Use ASIDE_SWAP, which keeps the old database, or NEW_NAME."));
        }

        @Test
        void a_new_name_beside_it_and_a_rehearsal_need_no_word_of_it() {
            assertThat(impact.blocksFor(RestoreMode.NEW_NAME, false)).isEmpty();
            assertThat(impact.warningsFor(RestoreMode.NEW_NAME, false)).isEmpty();
            assertThat(impact.checklistFor(RestoreMode.NEW_NAME, false))
                    .extracting(Impact.Item::id)
                    .doesNotContain("source-replaced");
            assertThat(impact.warningsFor(RestoreMode.ASIDE_SWAP, true)).isEmpty();
            assertThat(impact.checklistFor(RestoreMode.ASIDE_SWAP, true)).isEmpty();
        }

        @Test
        void a_database_that_is_gone_is_not_said_to_be_kept() {
            Facts gone = source();
            gone.exists = false;

            Impact anew =
                    of(
                            snapshot,
                            RestoreRequestTest.staging(),
                            gone.build(),
                            new Impact.Settings(false, true, SETTINGS.template()));

            assertThat(anew.warnings().get(0).text())
                    .isEqualTo(
                            "Target staging is the very database this snapshot was taken from;"
                                    + " there is no database of that name any more, and it is made"
                                    + " anew.");
        }

        @Test
        void production_stays_closed() {
            Impact production =
                    of(
                            snapshot,
                            RestoreRequestTest.production(),
                            source().build(),
                            new Impact.Settings(false, true, SETTINGS.template()));

            assertThat(codes(production.blocksFor(RestoreMode.ASIDE_SWAP, false)))
                    .containsExactly("RESTORE-PRODUCTION");
            assertThat(production.needsApproval()).isTrue();
        }
    }

    private static Facts source() {
        Facts facts = new Facts();
        facts.systemIdentifier = "1";
        return facts;
    }

    @Nested
    class TheEstimate {
        @Test
        void is_said_to_be_a_guess_before_anything_was_measured() {
            Impact.Estimate estimate = Impact.Estimate.of(200L << 20, List.of(), List::of);

            assertThat(estimate.low()).isEqualTo(Duration.ofSeconds(10));
            assertThat(estimate.high()).isEqualTo(Duration.ofSeconds(30));
            assertThat(estimate.basis())
                    .isEqualTo("a guess from the size: no restore and no drill was measured yet");
            assertThat(estimate.measuredFrom()).isZero();
        }

        @Test
        void is_the_middle_and_the_ninth_tenth_of_what_was_measured() {
            List<RestoreRequests.Measured> measured =
                    java.util.stream.IntStream.rangeClosed(1, 10)
                            .mapToObj(
                                    s -> new RestoreRequests.Measured(1000, Duration.ofSeconds(s)))
                            .toList();

            Impact.Estimate estimate =
                    Impact.Estimate.of(
                            2000,
                            measured,
                            () -> {
                                throw new AssertionError("enough restores: drills are not asked");
                            });

            assertThat(estimate.low()).isEqualTo(Duration.ofSeconds(10));
            assertThat(estimate.high()).isEqualTo(Duration.ofSeconds(18));
            assertThat(estimate.basis()).isEqualTo("from 10 measured restores (P50 to P90)");
        }

        @Test
        void asks_drills_while_few_restores_were_measured() {
            List<RestoreRequests.Measured> two =
                    List.of(
                            new RestoreRequests.Measured(1000, Duration.ofSeconds(4)),
                            new RestoreRequests.Measured(1000, Duration.ofSeconds(6)));
            List<RestoreRequests.Measured> drill =
                    List.of(new RestoreRequests.Measured(2000, Duration.ofSeconds(4)));

            assertThat(Impact.Estimate.of(1000, List.of(), () -> drill).basis())
                    .isEqualTo("from 1 drill (P50 to P90)");
            Impact.Estimate both = Impact.Estimate.of(1000, two, () -> drill);
            assertThat(both.basis()).isEqualTo("from 2 measured restores and 1 drill (P50 to P90)");
            assertThat(both.low()).isEqualTo(Duration.ofSeconds(4));
            assertThat(both.measuredFrom()).isEqualTo(3);
        }
    }

    /** Of a target that fits and has so many orders. */
    static Impact counting(Snapshot snapshot, TargetEnvironment target, long orders) {
        Facts facts = new Facts();
        facts.tables = List.of(new TargetFacts.TableRows("public", "orders", orders, false));
        return of(snapshot, target, facts.build());
    }

    private Impact of(TargetEnvironment target, TargetFacts facts) {
        return of(snapshot, target, facts);
    }

    private static Impact of(Snapshot snapshot, TargetEnvironment target, TargetFacts facts) {
        return of(snapshot, target, facts, SETTINGS);
    }

    private static Impact of(
            Snapshot snapshot,
            TargetEnvironment target,
            TargetFacts facts,
            Impact.Settings settings) {
        return Impact.of(
                snapshot,
                Samples.manifest(snapshot),
                target,
                facts,
                isSource(snapshot, facts),
                Optional.empty(),
                Impact.Estimate.of(1000, List.of(), List::of),
                settings,
                NOON.plus(Duration.ofHours(2)));
    }

    private static boolean isSource(Snapshot snapshot, TargetFacts facts) {
        var source = Samples.manifest(snapshot).source();
        return source.systemIdentifier().equals(facts.systemIdentifier())
                && source.database().equals(facts.database());
    }

    private static List<String> codes(List<Impact.Finding> findings) {
        return findings.stream().map(Impact.Finding::code).toList();
    }

    /** A target that fits, to be changed in one place. */
    private static final class Facts {
        String systemIdentifier = "2";
        String database = "shop";
        boolean exists = true;
        String serverVersion = "15.20";
        int serverMajor = 15;
        OptionalLong room = OptionalLong.of(1 << 20);
        List<TargetFacts.Session> sessions = List.of();
        List<TargetFacts.TableRows> tables =
                List.of(new TargetFacts.TableRows("public", "orders", 100, false));
        Map<String, String> extensions = Map.of("pg_trgm", "1.6");

        TargetFacts build() {
            return new TargetFacts(
                    Optional.empty(),
                    systemIdentifier,
                    database,
                    exists,
                    serverVersion,
                    serverMajor,
                    Optional.empty(),
                    900,
                    room,
                    sessions,
                    tables,
                    extensions,
                    Optional.empty(),
                    true);
        }
    }
}

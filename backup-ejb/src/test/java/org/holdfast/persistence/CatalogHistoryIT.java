package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.History;
import org.holdfast.domain.snapshot.History.Filter;
import org.holdfast.domain.snapshot.History.Row;
import org.holdfast.domain.snapshot.History.Sort;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The history table on 6,000 runs of three sources, a third of them failed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogHistoryIT {
    private static final int RUNS = 6000;

    private OutsideAServer catalog;
    private OutsideAServer.Session session;
    private History history;

    @BeforeAll
    void fill() {
        catalog = new OutsideAServer();
        session = catalog.session();
        history = session.with(new CatalogHistory());
        catalog.sql(
                """
                INSERT INTO sources (id, name, origin, redacted_url)
                SELECT gen_random_uuid(), name, 'CONFIGURATION', 'x'
                FROM unnest(ARRAY['billing', 'orders', '100%_sure']) AS name""",
                """
                INSERT INTO stores (id, name, origin, kind, directory)
                SELECT gen_random_uuid(), name, 'CONFIGURATION', 'DIRECTORY', '/x'
                FROM unnest(ARRAY['local', 's3']) AS name""",
                """
                INSERT INTO targets (id, name, origin, redacted_url, production, in_place_allowed,
                    four_eyes, kept_hours, command_seconds)
                VALUES (gen_random_uuid(), 'staging', 'CONFIGURATION', 'x', false, false, false, 72, 60)""",
                // Several runs share an instant, so that the id has to decide their order.
                """
                INSERT INTO backup_runs (id, source_id, requested_by, format, row_proof, state,
                    policy_version, queued_at, not_before, started_at, finished_at, raw_bytes,
                    stored_bytes, failure_text)
                SELECT gen_random_uuid(), s.id, CASE WHEN n % 100 = 0 THEN 'olga' ELSE 'timer' END,
                    'CUSTOM', 'COUNTS', CASE n % 3 WHEN 0 THEN 'FAILED' ELSE 'COMPLETED' END, 'x', t, t,
                    t, t + (n % 977) * interval '1 second', n * 7919 % 100000, n,
                    CASE n % 3 WHEN 0 THEN 'connection reset' END
                FROM generate_series(1, 6000) AS n
                JOIN (SELECT id, row_number() OVER (ORDER BY name) - 1 AS i FROM sources) s
                    ON s.i = n / 4 % 3
                CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + n / 5 * interval '1 hour' AS t) at""",
                """
                INSERT INTO snapshots (id, source_id, rung, format, key_prefix, taken_at, raw_bytes,
                    stored_bytes, server_major, manifest, manifest_sha256, committed_at)
                SELECT id, source_id,
                    (ARRAY['UPLOADED', 'VERIFIED', 'RESTORED', 'SUSPECT'])[1 + stored_bytes % 4],
                    'CUSTOM', id::text, queued_at, raw_bytes, stored_bytes, 15, '{}', 'x', queued_at
                FROM backup_runs WHERE state = 'COMPLETED'""",
                """
                INSERT INTO snapshot_copies (id, snapshot_id, store_id, state)
                SELECT gen_random_uuid(), sn.id, st.id,
                    CASE WHEN st.name = 's3' AND sn.stored_bytes % 10 = 1 THEN 'FAILED' ELSE 'VERIFIED' END
                FROM snapshots sn CROSS JOIN stores st""",
                """
                INSERT INTO backup_restores (snapshot_id, target_id, status, queued_at)
                SELECT sn.id, t.id, CASE n WHEN 2 THEN 'COMPLETED' ELSE 'FAILED' END,
                    timestamptz '2026-06-01' + n * interval '1 minute'
                FROM (SELECT id FROM snapshots WHERE rung = 'RESTORED' ORDER BY id LIMIT 50) sn
                CROSS JOIN targets t CROSS JOIN generate_series(1, 2) AS n""",
                "ANALYZE");
    }

    @AfterAll
    void end() {
        session.close();
        catalog.close();
    }

    @Nested
    class ByKeyset {
        @Test
        void every_run_comes_once_newest_first() {
            List<Row> all = pages(Filter.ALL, 500);

            assertThat(all).hasSize(RUNS);
            assertThat(new HashSet<>(ids(all))).hasSize(RUNS);
            assertThat(all)
                    .isSortedAccordingTo(
                            Comparator.comparing(Row::queuedAt)
                                    .thenComparing(r -> r.id().toString())
                                    .reversed());
        }

        @Test
        void a_run_that_is_queued_meanwhile_neither_repeats_nor_hides_another() {
            Page<Row> first = history.page(Filter.ALL, Optional.empty(), 100);
            String id = UUID.randomUUID().toString();
            catalog.sql(
                    "INSERT INTO backup_runs (id, source_id, requested_by, format, row_proof,"
                            + " state, policy_version, queued_at, not_before) SELECT '"
                            + id
                            + "', id, 'x', 'CUSTOM', 'OFF', 'QUEUED', 'x', now(), now() FROM sources"
                            + " LIMIT 1");
            try {
                Page<Row> second = history.page(Filter.ALL, first.next(), 100);
                assertThat(ids(second.items())).doesNotContainAnyElementsOf(ids(first.items()));
                assertThat(ids(second.items())).hasSize(100);
            } finally {
                catalog.sql("DELETE FROM backup_runs WHERE id = '" + id + "'");
            }
        }

        @Test
        void the_last_page_has_no_next() {
            Page<Row> page = history.page(Filter.ALL, Optional.empty(), RUNS);

            assertThat(page.items()).hasSize(RUNS);
            assertThat(page.next()).isEmpty();
        }

        @Test
        void a_cursor_that_nobody_gave_out_is_refused() {
            assertThatThrownBy(() -> history.page(Filter.ALL, Optional.of("'; DROP TABLE x"), 10))
                    .hasMessage("The page asked for does not exist.")
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("BAD-CURSOR");
        }

        @Test
        void a_page_deep_in_the_table_is_read_by_the_index() {
            String plan =
                    catalog.query(
                            """
                            EXPLAIN (FORMAT JSON) SELECT h.id FROM backup_history h
                            WHERE true AND (h.queued_at, h.id) <
                                (timestamptz '2026-01-20', 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
                            ORDER BY h.queued_at DESC, h.id DESC LIMIT 50""");

            assertThat(plan).contains("backup_history_newest").doesNotContain("\"Sort\"");
        }
    }

    @Nested
    class Sorted {
        @ParameterizedTest
        @EnumSource(Sort.class)
        void up_and_down_are_each_others_mirror_and_pages_fit_together(Sort sort) {
            List<UUID> up = new ArrayList<>();
            for (int first = 0; first < RUNS; first += 1500) {
                up.addAll(ids(history.rows(Filter.ALL, sort, true, first, 1500)));
            }
            List<UUID> down = ids(history.rows(Filter.ALL, sort, false, 0, RUNS));

            assertThat(new HashSet<>(up)).hasSize(RUNS);
            List<UUID> turned = new ArrayList<>(down);
            java.util.Collections.reverse(turned);
            assertThat(turned).isEqualTo(up);
        }

        @Test
        void by_size_means_by_size() {
            assertThat(history.rows(Filter.ALL, Sort.RAW_BYTES, false, 0, 100))
                    .isSortedAccordingTo(Comparator.comparing(Row::rawBytes).reversed());
        }

        @Test
        void by_duration_means_by_duration() {
            assertThat(history.rows(Filter.ALL, Sort.DURATION, true, 0, 100))
                    .isSortedAccordingTo(
                            Comparator.comparing(
                                    r ->
                                            java.time.Duration.between(
                                                    r.startedAt(), r.finishedAt())));
        }
    }

    @Nested
    class Filtered {
        @Test
        void by_source() {
            Filter orders = new Filter(Optional.of("orders"), Set.of(), Optional.empty());

            assertThat(history.count(orders, RUNS)).isEqualTo(2000);
            assertThat(pages(orders, 700)).hasSize(2000).allMatch(r -> r.source().equals("orders"));
        }

        @Test
        void by_several_statuses_of_runs_and_snapshots() {
            Filter filter =
                    new Filter(Optional.empty(), Set.of("FAILED", "SUSPECT"), Optional.empty());

            List<Row> found = pages(filter, 1000);

            assertThat(found).extracting(Row::status).containsOnly("FAILED", "SUSPECT");
            assertThat((long) found.size())
                    .isEqualTo(
                            Long.parseLong(
                                    catalog.query(
                                            "SELECT (SELECT count(*) FROM backup_runs WHERE state ="
                                                    + " 'FAILED') + (SELECT count(*) FROM snapshots"
                                                    + " WHERE rung = 'SUSPECT')")));
        }

        @Test
        void by_text_in_the_requesters_name() {
            assertThat(history.count(text("OLG"), RUNS)).isEqualTo(60);
        }

        @Test
        void by_text_in_the_id() {
            Row row = history.page(Filter.ALL, Optional.empty(), 1).items().get(0);

            assertThat(history.rows(text(row.id().toString()), Sort.QUEUED_AT, false, 0, 10))
                    .containsExactly(row);
        }

        @Test
        void by_how_an_id_begins_or_ends_as_the_console_shows_it() {
            Row row = history.page(Filter.ALL, Optional.empty(), 1).items().get(0);
            String id = row.id().toString();

            assertThat(history.rows(text(id.substring(28)), Sort.QUEUED_AT, false, 0, 10))
                    .contains(row);
            assertThat(
                            history.rows(
                                    text(id.substring(0, 13).toUpperCase()),
                                    Sort.QUEUED_AT,
                                    false,
                                    0,
                                    10))
                    .contains(row);
            assertThat(history.count(text("zz" + id.substring(28)), RUNS)).isZero();
        }

        @Test
        void by_several_statuses_and_sorted_by_size_across_pages() {
            Filter filter =
                    new Filter(Optional.empty(), Set.of("FAILED", "SUSPECT"), Optional.empty());

            List<Row> whole = history.rows(filter, Sort.STORED_BYTES, false, 0, RUNS);

            assertThat(whole)
                    .isSortedAccordingTo(Comparator.comparing(Row::storedBytes).reversed());
            List<UUID> pieces = new ArrayList<>();
            for (int first = 0; first < whole.size(); first += 700) {
                pieces.addAll(ids(history.rows(filter, Sort.STORED_BYTES, false, first, 700)));
            }
            assertThat(pieces).isEqualTo(ids(whole));
        }

        @Test
        void by_text_with_signs_that_mean_something_to_sql() {
            assertThat(history.count(text("100%_s"), RUNS)).isEqualTo(2000);
            assertThat(history.count(text("1%e"), RUNS)).isZero();
            assertThat(history.count(text("o_g"), RUNS)).isZero();
            assertThat(history.count(text("' OR 1=1 --"), RUNS)).isZero();
            assertThat(history.count(text("\\"), RUNS)).isZero();
        }

        @Test
        void and_counted_no_further_than_asked_for() {
            assertThat(history.count(Filter.ALL, 1000)).isEqualTo(1000);
            assertThat(history.count(Filter.ALL, 100_000)).isEqualTo(RUNS);
        }

        private Filter text(String text) {
            return new Filter(Optional.empty(), Set.of(), Optional.of(text));
        }
    }

    @Nested
    class ARow {
        @Test
        void of_a_restored_snapshot_tells_its_latest_restore() {
            UUID id =
                    UUID.fromString(
                            catalog.query("SELECT snapshot_id FROM backup_restores LIMIT 1"));

            Row row = history.row(id).orElseThrow();

            assertThat(row.status()).isEqualTo("RESTORED");
            assertThat(row.latestRestoreStatus()).isEqualTo("COMPLETED");
            assertThat(row.latestRestoreTarget()).isEqualTo("staging");
            assertThat(row.latestRestoreAt()).isEqualTo("2026-06-01T00:02:00Z");
        }

        @Test
        void tells_which_stores_hold_it_and_which_failed() {
            UUID id =
                    UUID.fromString(
                            catalog.query(
                                    "SELECT snapshot_id FROM snapshot_copies WHERE state = 'FAILED'"
                                            + " LIMIT 1"));

            Row row = history.row(id).orElseThrow();

            assertThat(row.stores()).containsExactly("local");
            assertThat(row.failedStores()).containsExactly("s3");
        }

        @Test
        void of_a_failed_run_has_the_reason_and_no_stores() {
            UUID id =
                    UUID.fromString(
                            catalog.query(
                                    "SELECT id FROM backup_runs WHERE state = 'FAILED' LIMIT 1"));

            Row row = history.row(id).orElseThrow();

            assertThat(row.status()).isEqualTo("FAILED");
            assertThat(row.failureText()).isEqualTo("connection reset");
            assertThat(row.stores()).isEmpty();
            assertThat(row.latestRestore()).isNull();
        }

        @Test
        void is_found_by_the_state_it_has_come_to() {
            String id = UUID.randomUUID().toString();
            catalog.sql(
                    "INSERT INTO backup_runs (id, source_id, requested_by, format, row_proof, state,"
                            + " policy_version, queued_at, not_before) SELECT '"
                            + id
                            + "', id, 'follow', 'CUSTOM', 'OFF', 'QUEUED', 'x', now(), now() FROM sources"
                            + " WHERE name = 'orders'");
            try {
                assertThat(status()).containsExactly("QUEUED");
                catalog.sql("UPDATE backup_runs SET state = 'RUNNING' WHERE id = '" + id + "'");
                assertThat(status()).containsExactly("RUNNING");
                catalog.sql(
                        "INSERT INTO snapshots (id, source_id, rung, format, key_prefix, taken_at,"
                                + " raw_bytes, stored_bytes, server_major, manifest,"
                                + " manifest_sha256, committed_at) SELECT id, source_id,"
                                + " 'UPLOADED', 'CUSTOM', id::text, now(), 77, 7, 15, '{}', 'x', now()"
                                + " FROM backup_runs WHERE id = '"
                                + id
                                + "'");
                assertThat(status()).containsExactly("RUNNING");
                catalog.sql(
                        "UPDATE backup_runs SET state = 'COMPLETED', started_at = queued_at,"
                                + " finished_at = now() WHERE id = '"
                                + id
                                + "'");
                assertThat(status()).containsExactly("UPLOADED");
                catalog.sql("UPDATE snapshots SET rung = 'VERIFIED' WHERE id = '" + id + "'");
                assertThat(status()).containsExactly("VERIFIED");
                catalog.sql("UPDATE sources SET name = 'orders2' WHERE name = 'orders'");
                assertThat(
                                history.count(
                                        new Filter(
                                                Optional.of("orders2"), Set.of(), Optional.empty()),
                                        RUNS))
                        .isEqualTo(2001);
                String kept =
                        "SELECT md5(string_agg(h::text, ',' ORDER BY id)) FROM backup_history h";
                String before = catalog.query(kept);
                catalog.query("SELECT backup_history_rebuild()");
                assertThat(catalog.query(kept)).isEqualTo(before);
            } finally {
                catalog.sql(
                        "UPDATE sources SET name = 'orders' WHERE name = 'orders2'",
                        "DELETE FROM snapshots WHERE id = '" + id + "'",
                        "DELETE FROM backup_runs WHERE id = '" + id + "'");
            }
        }

        /** As the filters know it, which must be what the row says. */
        private List<String> status() {
            Filter by = new Filter(Optional.empty(), Set.of(), Optional.of("follow"));
            List<String> said =
                    history.rows(by, Sort.QUEUED_AT, false, 0, 5).stream()
                            .map(Row::status)
                            .toList();
            for (String status : said) {
                assertThat(
                                history.count(
                                        new Filter(Optional.empty(), Set.of(status), by.text()),
                                        RUNS))
                        .isEqualTo(1);
            }
            return said;
        }

        @Test
        void that_is_not_there_is_empty() {
            assertThat(history.row(UUID.randomUUID())).isEmpty();
        }
    }

    private List<Row> pages(Filter filter, int size) {
        List<Row> all = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<Row> page = history.page(filter, cursor, size);
            all.addAll(page.items());
            cursor = page.next();
        } while (cursor.isPresent());
        return all;
    }

    private static List<UUID> ids(List<Row> rows) {
        return rows.stream().map(Row::id).toList();
    }
}

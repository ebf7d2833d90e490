package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.holdfast.adapter.testing.HttpFaultProxy;
import org.holdfast.testing.Halts;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work can be cancelled in every phase; nothing of it is left, and the next goes through. */
@ExtendWith(RunningHoldfast.Faulty.class)
class CancelIT {
    private RunningHoldfast holdfast;
    private Installation around;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        around = running.installation();
    }

    @AfterEach
    void heal() {
        around.heal();
    }

    private RestClient guru() {
        return holdfast.guru();
    }

    @Nested
    class A_backup {
        @Test
        void in_the_queue_ends_at_once() {
            around.wayToSource().throttle(100_000);
            List<String> running = List.of(holdfast.queue("far-shop"), holdfast.queue("far-shop"));
            running.forEach(
                    id ->
                            guru().await(
                                            "/admin/backups/" + id,
                                            b -> b.getString("phase", "").equals("dump")));
            String id = holdfast.queue("far-shop");

            cancel(id);

            assertThat(guru().get("/admin/backups/" + id).require(200).string("status"))
                    .isEqualTo("CANCELLED");
            running.forEach(this::cancel);
            running.forEach(this::isGone);
            isGone(id);
        }

        @Test
        void with_parts_on_their_way_to_a_store_leaves_no_part_there() {
            around.storeFaults().failAlways(r -> r.isPart(2), new HttpFaultProxy.Silence());
            int before = around.storeFaults().struck();
            String id = holdfast.queue("noise");
            guru().await("/admin/backups/" + id, b -> around.storeFaults().struck() > before);
            // Each store goes at its own pace: the one may have begun before the other.
            guru().await("/admin/backups/" + id, b -> begun(id, "s3 unfinished"));
            guru().await("/admin/backups/" + id, b -> begun(id, "local "));

            cancel(id);

            isGone(id);
        }

        @ParameterizedTest
        @ValueSource(strings = {"dump", "globals", "commit"})
        void in_a_phase_leaves_nothing_in_any_store(String phase) {
            String id;
            try (Halts.Halt halt = holdfast.halts().at(phase)) {
                id = holdfast.queue("shop");
                halt.awaitReached();
                cancel(id);
            }

            isGone(id);
        }

        /** The manifest stands: it is a backup, and a cancel deletes none. */
        @Test
        void that_is_read_back_stays_uploaded_and_says_why() {
            String id;
            try (Halts.Halt halt = holdfast.halts().at("verify")) {
                id = holdfast.queue("shop");
                halt.awaitReached();
                cancel(id);
            }

            JsonObject ended = guru().await("/admin/backups/" + id, "UPLOADED");

            assertThat(ended.getString("doubt")).isEqualTo("The verification was cancelled.");
            assertThat(ended.getJsonArray("stores"))
                    .extracting(copy -> copy.asJsonObject().getString("status"))
                    .containsExactly("UPLOADED", "UPLOADED");
            guru().get("/admin/backups/" + id + "/manifest").require(200);
        }

        private boolean begun(String id, String place) {
            return around.inStores(id).stream().anyMatch(name -> name.startsWith(place));
        }

        private void cancel(String id) {
            guru().post("/admin/backups/" + id + "/cancel").require(202);
        }

        private void isGone(String id) {
            JsonObject ended = guru().await("/admin/backups/" + id, "CANCELLED");
            assertThat(ended.getJsonArray("stores")).isEmpty();
            assertThat(around.inStores(id)).isEmpty();
        }
    }

    /** All on one target: each finds it free again after the one before. */
    @Nested
    class A_restore {
        private String backup;
        private String databases;

        @BeforeEach
        void givenATarget() {
            backup = holdfast.verifiedBackup();
            around.resetTarget("staging");
            databases = databases();
        }

        @Test
        void in_the_queue_ends_at_once() {
            JsonObject order = holdfast.order(backup, "staging").build();
            try (Halts.Halt halt = holdfast.halts().at("fetch")) {
                String far = holdfast.ask(backup, holdfast.order(backup, "far"));
                String tooFar = holdfast.ask(backup, holdfast.order(backup, "far-too"));
                halt.awaitReached(2);
                String id =
                        holdfast.ask(
                                backup,
                                Json.createObjectBuilder(order).add("otp", holdfast.freshCode()));
                assertThat(guru().get("/admin/restores/" + id).require(200).string("status"))
                        .isEqualTo("QUEUED");

                cancel(id);

                assertThat(guru().get("/admin/restores/" + id).require(200).string("status"))
                        .isEqualTo("CANCELLED");
                cancel(far);
                cancel(tooFar);
                halt.close();
                isAsItWas(far);
                isAsItWas(tooFar);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"prepare", "fetch", "create", "restore", "grants", "check", "swap"})
        void in_a_phase_leaves_the_target_as_it_was(String phase) {
            String id;
            try (Halts.Halt halt = holdfast.halts().at(phase)) {
                id = holdfast.ask(backup, holdfast.order(backup, "staging"));
                halt.awaitReached();
                cancel(id);
            }

            isAsItWas(id);
        }

        @Test
        void of_which_nothing_is_left_lets_the_next_one_through() {
            JsonObjectBuilder order = holdfast.order(backup, "staging");
            String id;
            try (Halts.Halt halt = holdfast.halts().at("swap")) {
                id = holdfast.ask(backup, order);
                halt.awaitReached();
                cancel(id);
            }
            isAsItWas(id);

            holdfast.restore(backup, holdfast.order(backup, "staging"));

            assertThat(
                            RunningHoldfast.differences(
                                    around.sourceServer().url("shop"),
                                    around.targetServer().url("staging")))
                    .isEmpty();
        }

        /** The phase begins with the last row; some indexes are there by then, others are made. */
        @Test
        void of_a_large_dump_ends_at_its_indexes_too_and_the_next_one_goes_through() {
            String large = holdfast.backUp("noise");
            String id;
            try (Halts.Halt halt = holdfast.halts().at("index")) {
                id = holdfast.ask(large, holdfast.order(large, "staging"));
                halt.awaitReached();
                cancel(id);
            }
            isAsItWas(id);

            JsonObject done = holdfast.restore(large, holdfast.order(large, "staging"));

            assertThat(done.getJsonObject("metadata").getInt("jobs")).isGreaterThan(1);
            assertThat(
                            RunningHoldfast.differences(
                                    around.sourceServer().url("noise"),
                                    around.targetServer().url("staging")))
                    .isEmpty();
        }

        private void cancel(String id) {
            guru().post("/admin/restores/" + id + "/cancel").require(202);
        }

        private void isAsItWas(String id) {
            JsonObject ended = guru().await("/admin/restores/" + id, "CANCELLED");
            assertThat(ended.getString("result")).isEqualTo("Cancelled. The target is as it was.");
            assertThat(databases()).isEqualTo(databases);
            assertThat(around.targetServer().query("staging", "SELECT count(*) FROM only_here"))
                    .isEqualTo("42");
            assertThat(
                            around.targetServer()
                                    .query(
                                            "postgres",
                                            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
                    .isEqualTo("0");
        }
    }

    private String databases() {
        return around.targetServer()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database");
    }
}

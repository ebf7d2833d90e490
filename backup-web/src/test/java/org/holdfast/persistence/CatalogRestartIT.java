package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Fault 11: the catalog's server goes away under the running product and comes back. */
@ExtendWith(RunningHoldfast.Given.class)
class CatalogRestartIT {
    @Test
    void after_a_restart_of_the_catalog_the_first_request_is_answered(RunningHoldfast holdfast)
            throws Exception {
        RestClient guru = holdfast.guru();
        // Several at once, so that several connections of the pool are dead afterwards.
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(() -> guru.get("/admin/backups").status());
            }
            for (Future<Integer> status : threads.invokeAll(calls)) {
                assertThat(status.get()).isEqualTo(200);
            }

            PostgresServer catalog = holdfast.installation().catalogServer();
            catalog.crash();
            catalog.startAgain();

            assertThat(guru.get("/admin/backups").status()).isEqualTo(200);
            for (Future<Integer> status : threads.invokeAll(calls)) {
                assertThat(status.get()).isEqualTo(200);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void while_the_catalog_is_away_requests_fail_in_words_and_the_server_stays(
            RunningHoldfast holdfast) {
        PostgresServer catalog = holdfast.installation().catalogServer();
        catalog.crash();
        RestClient.Answer away;
        try {
            away = holdfast.guru().get("/admin/backups");
        } finally {
            catalog.startAgain();
        }

        assertThat(away.status()).isGreaterThanOrEqualTo(500);
        assertThat(holdfast.guru().get("/admin/backups").status()).isEqualTo(200);
    }

    /** A container gives a timer up after two calls in a row that fail, and all looks well. */
    @Test
    void while_the_catalog_is_away_the_timers_go_on_and_afterwards_they_work(
            RunningHoldfast holdfast) {
        PostgresServer catalog = holdfast.installation().catalogServer();
        catalog.crash();
        try {
            awaitFiring(holdfast);
            awaitFiring(holdfast);
            awaitFiring(holdfast);
        } finally {
            catalog.startAgain();
        }

        awaitFiring(holdfast);
        await(() -> figure(holdfast, "holdfast_catalog_read_age_seconds") < 15);
    }

    /** Returns when the timer that reads the figures every 15 s has fired once more. */
    private static void awaitFiring(RunningHoldfast holdfast) {
        AtomicInteger last = new AtomicInteger(silence(holdfast));
        await(
                () -> {
                    int now = silence(holdfast);
                    return now < last.getAndSet(now);
                });
    }

    private static void await(BooleanSupplier happened) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not within 60 s").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
    }

    private static int silence(RunningHoldfast holdfast) {
        return Integer.parseInt(
                holdfast.stranger()
                        .get("/health/live")
                        .json()
                        .getJsonArray("checks")
                        .getJsonObject(0)
                        .getJsonObject("data")
                        .getString("lastFiredSecondsAgo"));
    }

    private static double figure(RunningHoldfast holdfast, String name) {
        return holdfast.stranger()
                .send(
                        HttpRequest.newBuilder(holdfast.address().resolve("/metrics"))
                                .header("Accept", "text/plain")
                                .GET())
                .text()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }
}

package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
}

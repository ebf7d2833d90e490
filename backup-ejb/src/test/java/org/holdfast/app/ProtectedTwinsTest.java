package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironment.Rules;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.restore.TargetFacts;
import org.holdfast.domain.restore.TargetProbe;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.testing.Ticking;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtectedTwinsTest {
    private final TargetEnvironment live =
            target("live", "postgresql://restorer@localhost:5432/shop", true);
    private final TargetEnvironment weak =
            target("weak", "postgresql://restorer@192.0.2.7:6432/shop", false);
    private Optional<String> ofLive = Optional.of("7402");
    private final Ticking clock = new Ticking();
    private final List<TargetEnvironment> known = new ArrayList<>(List.of(live));
    private final List<String> asked = new ArrayList<>();
    private final CompletableFuture<Optional<String>> hanging = new CompletableFuture<>();
    private final List<String> resolved = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService resolving = Executors.newCachedThreadPool();
    private Function<String, Set<InetAddress>> resolver = ProtectedTwinsTest::addresses;
    private final ProtectedTwins twins =
            new ProtectedTwins(new Targets(), new Probe(), clock, Duration.ofMillis(200));

    @AfterEach
    void stop() {
        end.countDown();
        resolving.shutdown();
    }

    private static Set<InetAddress> addresses(String host) {
        try {
            return Set.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return Set.of();
        }
    }

    /** Of a name server that does not answer. */
    private Set<InetAddress> hangs(String host) {
        try {
            end.await();
            return Set.of();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://restorer@localhost/shop",
                "postgresql://restorer@LOCALHOST:5432/shop",
                "postgresql://restorer@localhost.:5432/shop",
                "postgresql://another@127.0.0.1:5432/shop"
            })
    void another_spelling_of_the_host_is_the_same_database(String url) {
        ofLive = Optional.empty();

        assertThatThrownBy(() -> add(url, "", false))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.code()).isEqualTo("TARGET-WEAKER"))
                .hasMessage(
                        "That database is target live already, marked as production and with a"
                                + " second person.");
    }

    @Test
    void another_way_to_the_same_cluster_is_the_same_database() {
        String pooler = "postgresql://restorer@192.0.2.7:6432/shop";

        assertThatThrownBy(() -> add(pooler, "7402", false)).isInstanceOf(Refused.class);
        assertThatCode(() -> add(pooler, "7403", false)).doesNotThrowAnyException();
        assertThatCode(() -> add(pooler, "", false)).doesNotThrowAnyException();
        assertThatCode(() -> add("postgresql://restorer@192.0.2.7:6432/other", "7402", false))
                .doesNotThrowAnyException();
        ofLive = Optional.empty();
        assertThatCode(() -> add(pooler, "7402", false)).doesNotThrowAnyException();
        assertThatCode(() -> add(pooler, "", false)).doesNotThrowAnyException();
    }

    @Test
    void as_much_protection_is_as_good() {
        assertThatCode(() -> add("postgresql://restorer@localhost/shop", "7402", true))
                .doesNotThrowAnyException();
    }

    @Test
    void a_retired_one_protects_on() {
        live.retire();

        assertThatThrownBy(() -> add("postgresql://restorer@192.0.2.7:6432/shop", "7402", false))
                .hasMessageContaining("(retired) target live");
    }

    @Test
    void a_restore_through_less_protection_is_spoken_against() {
        assertThat(twins.against(weak, "7402"))
                .hasValueSatisfying(
                        f -> {
                            assertThat(f.code()).isEqualTo("TARGET-WEAKER");
                            assertThat(f.text())
                                    .startsWith("Target weak is the very database of target live,");
                        });
        assertThat(twins.against(weak, "7403")).isEmpty();
        assertThat(twins.against(live, "7402")).isEmpty();
    }

    @Nested
    class For_who_only_looks {
        @Test
        void a_cluster_is_asked_once_a_minute() {
            assertThat(twins.seenAgainst(weak, "7402")).isPresent();
            clock.pass(ProtectedTwins.LATELY.minusSeconds(1));
            ofLive = Optional.empty();
            assertThat(twins.seenAgainst(weak, "7402")).isPresent();
            assertThat(twins.seenAgainst(weak, "7403")).isEmpty();
            assertThat(asked).containsExactly("localhost");

            clock.pass(Duration.ofSeconds(1));

            assertThat(twins.seenAgainst(weak, "7402")).isEmpty();
            assertThat(asked).hasSize(2);
        }

        @Test
        void one_that_does_not_answer_is_left_alone_for_a_minute() {
            ofLive = Optional.empty();
            assertThat(twins.seenAgainst(weak, "7402")).isEmpty();
            ofLive = Optional.of("7402");
            clock.pass(ProtectedTwins.LATELY.minusSeconds(1));
            assertThat(twins.seenAgainst(weak, "7402")).isEmpty();
            assertThat(asked).hasSize(1);

            clock.pass(Duration.ofSeconds(1));

            assertThat(twins.seenAgainst(weak, "7402")).isPresent();
        }

        @Test
        void those_that_hang_are_waited_for_together_and_hide_no_other() {
            known.clear();
            for (int i = 0; i < 20; i++) {
                known.add(target("dead-" + i, "postgresql://r@dead-" + i + ".invalid/shop", true));
            }
            known.add(live);

            assertTimeoutPreemptively(
                    Duration.ofSeconds(2),
                    () -> assertThat(twins.seenAgainst(weak, "7402")).isPresent());

            assertThat(asked).hasSize(21).endsWith("localhost");
        }

        @Test
        void names_of_hosts_that_hang_are_waited_for_together_and_hide_no_other() {
            resolver = this::slowly;
            known.clear();
            for (int i = 0; i < 20; i++) {
                known.add(
                        target("dead-" + i, "postgresql://r@dead-" + i + ".test:6432/shop", true));
            }
            known.add(live);

            assertTimeoutPreemptively(
                    Duration.ofSeconds(2),
                    () -> {
                        assertThat(twins.seenAgainst(weak, "7402")).isPresent();
                        assertThat(twins.seenAgainst(weak, "7403")).isEmpty();
                    });

            assertThat(resolved).hasSize(21).endsWith("192.0.2.7");
        }

        private Set<InetAddress> slowly(String host) {
            return host.endsWith(".test") ? hangs(host) : addresses(host);
        }

        @Test
        void the_address_of_a_host_is_asked_for_once_a_minute() {
            TargetEnvironment beside =
                    target("beside", "postgresql://another@127.0.0.1:5432/shop", false);
            ofLive = Optional.empty();
            assertThat(twins.seenAgainst(beside, "7402")).isPresent();
            assertThat(twins.seenAgainst(beside, "7402")).isPresent();
            assertThat(resolved).containsExactly("localhost", "127.0.0.1");

            clock.pass(ProtectedTwins.LATELY);

            assertThat(twins.seenAgainst(beside, "7402")).isPresent();
            assertThat(resolved).hasSize(4);
        }

        @Test
        void what_came_too_late_counts_the_next_time() {
            known.set(0, target("slow", "postgresql://r@slow.invalid/shop", true));
            assertThat(twins.seenAgainst(weak, "7402")).isEmpty();

            hanging.complete(Optional.of("7402"));

            assertThat(twins.seenAgainst(weak, "7402")).isPresent();
            assertThat(asked).containsExactly("slow.invalid");
        }
    }

    @Test
    void whoever_acts_asks_each_time() {
        assertThat(twins.seenAgainst(weak, "7402")).isPresent();
        ofLive = Optional.of("7403");

        assertThat(twins.against(weak, "7402")).isEmpty();
        assertThat(twins.seenAgainst(weak, "7402")).isEmpty();
        ofLive = Optional.of("7402");
        assertThat(twins.against(weak, "7402")).isPresent();
        assertThatThrownBy(() -> add("postgresql://restorer@192.0.2.7:6432/shop", "7402", false))
                .isInstanceOf(Refused.class);

        assertThat(asked).hasSize(4);
    }

    private void add(String url, String identifier, boolean production) {
        twins.requireNone(
                PostgresUrl.parse(url),
                Optional.of(identifier).filter(i -> !i.isEmpty()),
                Rules.standard(production));
    }

    private static TargetEnvironment target(String name, String url, boolean production) {
        return new TargetEnvironment(
                name, Origin.CATALOG, url, "sealed", Rules.standard(production));
    }

    private final class Probe implements TargetProbe {
        @Override
        public TargetFacts look(PostgresUrl target, Manifest manifest) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String test(PostgresUrl database) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<String> systemIdentifier(PostgresUrl database) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Set<InetAddress>> addressesLater(String host) {
            resolved.add(host);
            return CompletableFuture.supplyAsync(() -> resolver.apply(host), resolving);
        }

        @Override
        public Future<Optional<String>> systemIdentifierLater(PostgresUrl database) {
            asked.add(database.host());
            return database.host().equals("localhost")
                    ? CompletableFuture.completedFuture(ofLive)
                    : hanging;
        }
    }

    private final class Targets implements TargetEnvironments {
        @Override
        public List<TargetEnvironment> active() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> namesOutsideProduction() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<TargetEnvironment> all() {
            return known;
        }

        @Override
        public Optional<TargetEnvironment> find(UUID id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<TargetEnvironment> byName(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<TargetEnvironment> lock(UUID id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void add(TargetEnvironment target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PostgresUrl url(TargetEnvironment target) {
            return PostgresUrl.parse(target.redactedUrl());
        }
    }
}

package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.holdfast.config.Alerting;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.engine.ServedCertificate;
import org.holdfast.engine.ServedCertificate.Way;
import org.holdfast.testing.ExpiriesInMemory;
import org.holdfast.testing.SelfMade;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HostLookTest {
    private static final Instant BEFORE = Instant.parse("2027-01-01T00:00:00Z");

    private static final String HERE = "one";

    @TempDir private static Path dir;

    private final ExpiriesInMemory noted = new ExpiriesInMemory();
    private final HostLook.Hosts hosts = new HostLook.Hosts(dir);
    private final Map<String, Long> lookedAt = new ConcurrentHashMap<>();

    private static PostgresUrl url(String hostAndMore) {
        return PostgresUrl.parse("postgresql://u:p@" + hostAndMore);
    }

    private void look(HostLook.Asked asked, Executor executor) {
        HostLook.look(noted, asked, executor, hosts, HERE, lookedAt, 0);
    }

    /** Each shows this. */
    private void lookAndSee(X509Certificate certificate) {
        look((host, port, way) -> Optional.of(certificate), Runnable::run);
    }

    private List<String> looked() {
        return looked(Duration.ZERO);
    }

    private List<String> looked(Duration later) {
        List<String> looked = new ArrayList<>();
        HostLook.look(
                noted,
                (host, port, way) -> {
                    looked.add(way + " " + host + ":" + port);
                    return Optional.empty();
                },
                Runnable::run,
                hosts,
                HERE,
                lookedAt,
                later.toNanos());
        return looked;
    }

    @Test
    void databases_are_looked_at_as_their_urls_say_and_each_host_once() {
        hosts.postgres("source shop", url("DB1.example/shop"));
        hosts.postgres("source crm", url("db1.example/crm?sslmode=verify-full"));
        hosts.postgres("source bare", url("db2.example/x?sslmode=disable"));
        hosts.postgres("target t", url("[2001:db8::7]:6432/x?sslnegotiation=direct"));

        assertThat(looked())
                .containsExactly("POSTGRES_DIRECT 2001:db8::7:6432", "POSTGRES DB1.example:5432");
    }

    @Test
    void an_address_that_cannot_be_read_leads_to_no_host() {
        assertThat(Expiries.ofDatabase("postgresql://db1.invalid/app")).isEmpty();
        assertThat(Expiries.ofDatabase("postgresql://u:***@db1.example/app?options=***"))
                .contains("tls/db1.example:5432");
        assertThat(Expiries.ofDatabase("postgresql://u@db1.example/app?sslmode=disable")).isEmpty();
    }

    @Test
    void each_is_looked_at_once_an_hour_and_a_new_one_at_once() {
        hosts.postgres("source shop", url("db1.example/shop"));
        assertThat(looked()).hasSize(1);

        hosts.postgres("source crm", url("db2.example/crm"));
        assertThat(looked(Duration.ofMinutes(30))).containsExactly("POSTGRES db2.example:5432");
        assertThat(looked(Duration.ofMinutes(60))).containsExactly("POSTGRES db1.example:5432");
    }

    @Test
    void the_one_that_was_looked_at_longest_ago_comes_first() {
        hosts.postgres("source b", url("b.example/x"));
        looked();
        hosts.postgres("source a", url("a.example/x"));
        looked(Duration.ofMinutes(1));
        hosts.postgres("source c", url("c.example/x"));

        assertThat(looked(Duration.ofHours(2)))
                .containsExactly(
                        "POSTGRES c.example:5432",
                        "POSTGRES b.example:5432",
                        "POSTGRES a.example:5432");
    }

    private void sixteen() {
        for (int i = 0; i < 16; i++) {
            hosts.postgres("source " + i, url("db" + i + ".example/x"));
        }
    }

    @Test
    void eight_are_looked_at_at_once_so_that_silent_ones_do_not_hold_the_others_up() {
        sixteen();
        CyclicBarrier eight = new CyclicBarrier(8);
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            look(
                    (host, port, way) -> {
                        most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                        try {
                            eight.await(30, TimeUnit.SECONDS);
                        } catch (Exception e) {
                            throw new IOException(e);
                        } finally {
                            underWay.decrementAndGet();
                        }
                        return Optional.empty();
                    },
                    threads);
        } finally {
            threads.shutdownNow();
        }

        assertThat(eight.isBroken()).isFalse();
        assertThat(most).hasValue(8);
        assertThat(underWay).hasValue(0);
        assertThat(lookedAt).hasSize(16);
    }

    /** Its helpers look on until it waits for them. */
    @Test
    @Timeout(60)
    void who_is_interrupted_begins_no_other_look_and_waits_for_those_under_way() {
        sixteen();
        Thread beat = Thread.currentThread();
        CountDownLatch helping = new CountDownLatch(7);
        AtomicBoolean interrupted = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            look(
                    (host, port, way) -> {
                        if (Thread.currentThread() == beat) {
                            while (helping.getCount() > 0 && !beat.isInterrupted()) {
                                Thread.onSpinWait();
                            }
                            beat.interrupt();
                            interrupted.set(true);
                        } else {
                            helping.countDown();
                            while (!Thread.currentThread().isInterrupted()
                                    && (!interrupted.get()
                                            || beat.getState() != Thread.State.WAITING)) {
                                Thread.onSpinWait();
                            }
                        }
                        return Optional.empty();
                    },
                    threads);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(lookedAt).hasSize(8);
        } finally {
            Thread.interrupted();
            threads.shutdownNow();
        }
    }

    @Test
    void without_a_thread_to_help_all_are_looked_at_one_after_the_other() {
        sixteen();
        List<Executor> none =
                List.of(
                        work -> {
                            throw new RejectedExecutionException();
                        },
                        work -> {
                            // waits in a queue for good
                        });
        for (Executor executor : none) {
            lookedAt.clear();

            look((host, port, way) -> Optional.empty(), executor);

            assertThat(lookedAt).hasSize(16);
        }
    }

    @Test
    void one_that_cannot_be_noted_is_told_and_looked_at_again_and_the_others_are_noted() {
        sixteen();
        RuntimeException away = new IllegalStateException("the catalog said no");
        noted.refuse("tls/db0.example:5432", away);

        assertThatThrownBy(() -> look((host, port, way) -> Optional.empty(), Runnable::run))
                .isSameAs(away);
        noted.refuse("nothing", away);
        assertThat(looked()).containsExactly("POSTGRES db0.example:5432");
    }

    private static Alerting.Mail mail(Alerting.Security security) {
        return new Alerting.Mail(
                security.name().toLowerCase(Locale.ROOT) + ".example",
                587,
                security,
                Optional.empty(),
                Optional.empty(),
                "a@b",
                List.of("c@d"));
    }

    @Test
    void only_what_is_over_tls_has_a_certificate() {
        hosts.web("store s3", URI.create("https://s3.example"));
        hosts.web("store test", URI.create("http://localhost:9000"));
        hosts.web("sign-in", URI.create("https://id.example:8443/realms/x"));
        for (Alerting.Security security : Alerting.Security.values()) {
            hosts.mail("alerts by e-mail", mail(security));
        }

        assertThat(looked())
                .containsExactly(
                        "AT_ONCE id.example:8443",
                        "AT_ONCE s3.example:443",
                        "SMTP starttls.example:587",
                        "AT_ONCE tls.example:587");
    }

    @Test
    void what_is_noted_names_the_host_and_what_depends_on_it() throws Exception {
        X509Certificate certificate = SelfMade.in(dir, "shown", 10).certificate();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            hosts.postgres("source " + name, url("db1.example/" + name));
        }

        lookAndSee(certificate);

        assertThat(noted.known(Instant.now()))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.kind()).isEqualTo(AlertKind.CERTIFICATE_EXPIRES);
                            assertThat(it.subject()).isEqualTo("tls/db1.example:5432");
                            assertThat(it.what())
                                    .isEqualTo(
                                            "The certificate that db1.example:5432 shows (source a,"
                                                    + " source b, source c and 2 more)");
                            assertThat(it.at()).isEqualTo(certificate.getNotAfter().toInstant());
                            assertThat(it.from()).contains(certificate.getNotBefore().toInstant());
                        });
    }

    @Test
    void a_host_that_does_not_answer_is_left_as_it_was_and_the_others_are_looked_at() {
        for (String host : List.of("tls/dead.example:5432", "tls/plain.example:5432")) {
            note(host, HERE);
        }
        hosts.postgres("source dead", url("dead.example/x"));
        hosts.postgres("source plain", url("plain.example/x"));

        look(
                (String host, int port, Way way) -> {
                    if (host.startsWith("dead")) {
                        throw new IOException("no answer");
                    }
                    return Optional.empty();
                },
                Runnable::run);

        assertThat(noted.ends()).containsOnly(Map.entry("tls/dead.example:5432", BEFORE));
    }

    @Test
    void a_port_that_there_is_not_does_not_keep_the_hosts_after_it_from_being_looked_at()
            throws Exception {
        X509Certificate certificate = SelfMade.in(dir, "after", 10).certificate();
        hosts.web("alerts over the webhook", URI.create("https://localhost:99999/hook"));
        hosts.web("store s3", URI.create("https://s3.example"));

        look(
                (host, port, way) ->
                        host.equals("localhost")
                                ? ServedCertificate.firstToEnd(host, port, way)
                                : Optional.of(certificate),
                Runnable::run);

        assertThat(noted.ends()).containsOnlyKeys("tls/s3.example:443");
    }

    private void note(String subject, String by) {
        noted.seen(
                new Expiries.Thing(AlertKind.CERTIFICATE_EXPIRES, subject, "The thing", true, by),
                Optional.of(Expiries.Term.until(BEFORE)));
    }

    @Test
    void a_host_that_nothing_leads_to_any_more_is_forgotten() {
        note("tls/gone.example:5432", HERE);
        note("certificate/one", HERE);

        looked();

        assertThat(noted.ends()).containsOnlyKeys("certificate/one");
    }

    @Test
    void a_host_that_only_another_servers_settings_lead_to_stays_while_that_one_looks() {
        Instant start = Instant.parse("2026-11-22T00:00:00Z");
        noted.now(start);
        note("tls/hooks.example:443", "two");
        hosts.postgres("source shop", url("db1.example/shop"));
        note("tls/db1.example:5432", "two");

        noted.now(start.plus(Duration.ofHours(2)));
        looked();
        assertThat(noted.ends()).containsKey("tls/hooks.example:443");

        noted.now(start.plus(Duration.ofHours(2)).plusSeconds(1));
        looked();
        assertThat(noted.ends()).isEmpty();
    }

    private boolean verified(X509Certificate certificate, PostgresUrl... users) {
        HostLook.Hosts shown = new HostLook.Hosts(dir.resolve("home"));
        for (PostgresUrl user : users) {
            shown.postgres("source s", user);
        }
        HostLook.look(
                noted,
                (host, port, way) -> Optional.of(certificate),
                Runnable::run,
                shown,
                HERE,
                new ConcurrentHashMap<>(),
                0);
        return noted.known(Instant.now()).get(0).verified();
    }

    @Test
    void the_end_of_a_databases_certificate_matters_where_the_clients_verify_it() throws Exception {
        X509Certificate shown = SelfMade.in(dir, "verified", 10).certificate();
        PostgresUrl plain = url("db.example/x");
        PostgresUrl require = url("db.example/x?sslmode=require");

        assertThat(verified(shown, plain)).isFalse();
        assertThat(verified(shown, url("db.example/x?sslmode=allow"))).isFalse();
        assertThat(verified(shown, url("db.example/x?sslmode=prefer"))).isFalse();
        assertThat(verified(shown, require)).isFalse();
        assertThat(verified(shown, url("db.example/x?sslmode=verify-ca"))).isTrue();
        assertThat(verified(shown, url("db.example/x?sslmode=verify-full"))).isTrue();
        assertThat(verified(shown, url("db.example/x?sslrootcert=system"))).isTrue();
        assertThat(verified(shown, plain, url("db.example/y?sslmode=verify-full"), plain)).isTrue();
    }

    @Test
    void every_mode_that_begins_with_tls_verifies_where_there_are_roots() throws Exception {
        X509Certificate shown = SelfMade.in(dir, "rooted", 10).certificate();
        Path roots = Files.writeString(dir.resolve("roots.pem"), "");
        String require = "db.example/x?sslmode=require";

        assertThat(verified(shown, url(require + "&sslrootcert=" + roots))).isTrue();
        assertThat(verified(shown, url(require + "&sslrootcert=/no/such/file"))).isFalse();
        assertThat(verified(shown, url("db.example/x?sslmode=prefer&sslrootcert=" + roots)))
                .isTrue();
        assertThat(verified(shown, url("db.example/x?sslmode=allow&sslrootcert=" + roots)))
                .isFalse();
        assertThat(verified(shown, url("db.example/x?sslrootcert="))).isFalse();

        Path mine = Files.createDirectories(dir.resolve("home/.postgresql")).resolve("root.crt");
        Files.writeString(mine, "");
        try {
            assertThat(verified(shown, url(require))).isTrue();
        } finally {
            Files.delete(mine);
        }
    }

    @Test
    void what_is_called_over_https_and_mail_over_tls_are_verified() throws Exception {
        X509Certificate certificate = SelfMade.in(dir, "called", 10).certificate();
        hosts.web("store s3", URI.create("https://s3.example"));
        hosts.mail("alerts by e-mail", mail(Alerting.Security.STARTTLS));
        hosts.mail("alerts by e-mail", mail(Alerting.Security.TLS));

        lookAndSee(certificate);

        assertThat(noted.known(Instant.now())).hasSize(3).allMatch(AlertFacts.Expiring::verified);
    }
}

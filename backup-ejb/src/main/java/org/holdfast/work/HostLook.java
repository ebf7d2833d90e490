package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.Alerting;
import org.holdfast.config.OpenId;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Names;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.engine.ServedCertificate;
import org.holdfast.engine.ServedCertificate.Way;

/**
 * Notes when the certificates end that databases, stores and the other hosts show which Holdfast
 * connects to. Each host is looked at once, however many databases are on it.
 */
@ApplicationScoped
class HostLook {
    private static final Logger LOG = Logger.getLogger(HostLook.class.getName());
    private static final long EVERY = Duration.ofHours(1).toNanos();

    /** So many hosts are looked at at once: one that is silent holds the others up. */
    private static final int AT_ONCE = 8;

    /** So many users of a host are named; the others are counted. */
    private static final int NAMED = 3;

    @Inject private Expiries expiries;
    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private StorageLocations stores;
    @Inject private Settings settings;
    @Inject private ThisServer server;

    /** By subject, in nanoseconds of this JVM. */
    private final Map<String, Long> lookedAt = new ConcurrentHashMap<>();

    /** Reads the certificate of a host that ends first; whatever it throws, the others follow. */
    @FunctionalInterface
    interface Asked {
        Optional<X509Certificate> firstToEnd(String host, int port, Way way) throws IOException;
    }

    /** The hosts to look at, and what for. */
    static final class Hosts {
        private final Map<String, Host> bySubject = new TreeMap<>();
        private final Path home;

        /**
         * @param verified whether one of its users refuses a certificate that has ended
         */
        private record Host(String host, int port, Way way, List<String> users, boolean verified) {
            Host with(String user, boolean verifies) {
                List<String> all = new ArrayList<>(users);
                all.add(user);
                return new Host(host, port, way, List.copyOf(all), verified || verifies);
            }
        }

        /**
         * @param home of the account whose files the clients read
         */
        Hosts(Path home) {
            this.home = home;
        }

        void postgres(String user, PostgresUrl url) {
            boolean direct = "direct".equals(url.parameters().get("sslnegotiation"));
            Expiries.ofHost(url)
                    .ifPresent(
                            subject ->
                                    add(
                                            subject,
                                            url.host(),
                                            url.port(),
                                            direct ? Way.POSTGRES_DIRECT : Way.POSTGRES,
                                            user,
                                            verifies(url)));
        }

        /**
         * As libpq does, which dumps and restores: where it has roots it verifies in every mode
         * that begins with TLS. {@code prefer} then goes on without, but only where the server lets
         * it (<a href="https://www.postgresql.org/docs/current/libpq-ssl.html">PostgreSQL manual,
         * SSL support</a>).
         */
        private boolean verifies(PostgresUrl url) {
            Optional<String> named =
                    Optional.ofNullable(url.parameters().get("sslrootcert"))
                            .filter(file -> !file.isEmpty());
            if (named.filter("system"::equals).isPresent()) {
                return true;
            }
            return switch (url.parameters().getOrDefault("sslmode", "prefer")) {
                case "verify-ca", "verify-full" -> true;
                case "disable", "allow" -> false;
                default ->
                        Files.exists(
                                named.map(Path::of)
                                        .orElse(home.resolve(".postgresql").resolve("root.crt")));
            };
        }

        /** What is not over TLS is left out. */
        void web(String user, URI address) {
            Expiries.ofHost(address)
                    .ifPresent(
                            subject ->
                                    add(
                                            subject,
                                            bare(address.getHost()),
                                            address.getPort() > 0 ? address.getPort() : 443,
                                            Way.AT_ONCE,
                                            user,
                                            true));
        }

        void mail(String user, Alerting.Mail mail) {
            String subject = Expiries.ofHost(mail.host(), mail.port());
            switch (mail.security()) {
                case TLS -> add(subject, mail.host(), mail.port(), Way.AT_ONCE, user, true);
                case STARTTLS -> add(subject, mail.host(), mail.port(), Way.SMTP, user, true);
                case NONE -> {}
            }
        }

        private void add(
                String subject, String host, int port, Way way, String user, boolean verifies) {
            bySubject.merge(
                    subject,
                    new Host(host, port, way, List.of(user), verifies),
                    (known, more) -> known.with(user, verifies));
        }

        private static String bare(String host) {
            return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        }
    }

    /**
     * A new host is looked at with the next beat, a new certificate is read within the hour, unless
     * many hosts are silent.
     *
     * @param executor helps; without it one is looked at after the other
     */
    void look(Executor executor) {
        look(
                expiries,
                ServedCertificate::firstToEnd,
                executor,
                hosts(),
                server.machine(),
                lookedAt,
                System.nanoTime());
    }

    private Hosts hosts() {
        Hosts hosts = new Hosts(Path.of(System.getProperty("user.home")));
        for (Source source : sources.active()) {
            Expiries.database(source.redactedUrl())
                    .ifPresent(url -> hosts.postgres("source " + source.name(), url));
        }
        for (TargetEnvironment target : targets.active()) {
            Expiries.database(target.redactedUrl())
                    .ifPresent(url -> hosts.postgres("target " + target.name(), url));
        }
        stores.active().stream()
                .filter(s -> s.endpoint() != null)
                .forEach(s -> hosts.web("store " + s.name(), URI.create(s.endpoint())));
        settings.openId()
                .map(OpenId::issuer)
                .ifPresent(issuer -> hosts.web("sign-in", URI.create(issuer)));
        Alerting alerting = settings.alerting();
        alerting.slack().ifPresent(slack -> hosts.web("alerts over Slack", address(slack)));
        alerting.webhook()
                .ifPresent(hook -> hosts.web("alerts over the webhook", address(hook.address())));
        alerting.deadman().ifPresent(url -> hosts.web("the dead-man address", address(url)));
        alerting.mail().ifPresent(mail -> hosts.mail("alerts by e-mail", mail));
        return hosts;
    }

    private static URI address(Secret secret) {
        return URI.create(secret.reveal());
    }

    /**
     * What cannot be read is not known: what was read before is left as it is, and is old news
     * after a while. All looks have ended when it returns; where a thread is interrupted, no other
     * begins, and those that are under way are waited for.
     *
     * @param lookedAt when each was looked at last, in the same nanoseconds as now; several threads
     *     write into it
     * @throws RuntimeException one could not be noted; the others were
     */
    static void look(
            Expiries expiries,
            Asked asked,
            Executor executor,
            Hosts hosts,
            String machine,
            Map<String, Long> lookedAt,
            long now) {
        expiries.onlyHosts(hosts.bySubject.keySet(), machine);
        lookedAt.keySet().retainAll(hosts.bySubject.keySet());
        List<String> due = due(hosts, lookedAt, now);
        Queue<String> left = new ConcurrentLinkedQueue<>(due);
        CountDownLatch ended = new CountDownLatch(due.size());
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Runnable some =
                () -> {
                    for (String next = left.poll(); next != null; next = left.poll()) {
                        try {
                            look(expiries, asked, next, hosts.bySubject.get(next), machine);
                            lookedAt.put(next, now);
                        } catch (RuntimeException e) {
                            failure.compareAndSet(null, e);
                        } finally {
                            ended.countDown();
                        }
                        if (Thread.currentThread().isInterrupted()) {
                            drop(left, ended);
                        }
                    }
                };
        help(executor, some, Math.min(AT_ONCE, due.size()) - 1);
        some.run();
        // not for the helpers: one that gets no thread has nothing left to do
        await(left, ended);
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** The one first that was looked at longest ago. */
    private static List<String> due(Hosts hosts, Map<String, Long> lookedAt, long now) {
        Map<String, Long> ago = new HashMap<>();
        hosts.bySubject
                .keySet()
                .forEach(
                        s -> {
                            Long last = lookedAt.get(s);
                            ago.put(s, last == null ? Long.MAX_VALUE : now - last);
                        });
        return hosts.bySubject.keySet().stream()
                .filter(s -> ago.get(s) >= EVERY)
                .sorted(Comparator.comparing(ago::get, Comparator.reverseOrder()))
                .toList();
    }

    private static void help(Executor executor, Runnable some, int helpers) {
        try {
            for (int i = 0; i < helpers; i++) {
                executor.execute(some);
            }
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "Fewer hosts are looked at at once.", e);
        }
    }

    private static void await(Queue<String> left, CountDownLatch ended) {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                drop(left, ended);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next beat looks at them. */
    private static void drop(Queue<String> left, CountDownLatch ended) {
        while (left.poll() != null) {
            ended.countDown();
        }
    }

    private static void look(
            Expiries expiries, Asked asked, String subject, Hosts.Host host, String machine) {
        Optional<X509Certificate> first;
        try {
            first = asked.firstToEnd(host.host(), host.port(), host.way());
        } catch (IOException e) {
            LOG.log(
                    Level.FINE,
                    "The certificate of {0} could not be read: {1}",
                    new Object[] {subject, e.getMessage()});
            return;
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    e,
                    () -> "The look at the certificate of " + subject + " broke.");
            return;
        }
        expiries.seen(
                new Expiries.Thing(
                        AlertKind.CERTIFICATE_EXPIRES,
                        subject,
                        "The certificate that "
                                + subject.substring(Expiries.HOSTS.length())
                                + " shows ("
                                + Names.some(host.users(), NAMED)
                                + ")",
                        host.verified(),
                        machine),
                first.map(
                        c ->
                                new Expiries.Term(
                                        Optional.of(c.getNotBefore().toInstant()),
                                        c.getNotAfter().toInstant())));
    }
}

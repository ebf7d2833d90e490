package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.Alerting;
import org.holdfast.config.OpenId;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
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

    /** So many users of a host are named; the others are counted. */
    private static final int NAMED = 3;

    @Inject private Expiries expiries;
    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private StorageLocations stores;
    @Inject private Settings settings;

    /** By subject, in nanoseconds of this JVM; one look at a time uses it. */
    private final Map<String, Long> lookedAt = new HashMap<>();

    /** Reads the certificate of a host that ends first; whatever it throws, the others follow. */
    @FunctionalInterface
    interface Asked {
        Optional<X509Certificate> firstToEnd(String host, int port, Way way) throws IOException;
    }

    /** The hosts to look at, and what for. */
    static final class Hosts {
        private final Map<String, Host> bySubject = new TreeMap<>();

        private record Host(String host, int port, Way way, List<String> users) {}

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
                                            user));
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
                                            user));
        }

        void mail(String user, Alerting.Mail mail) {
            String subject = Expiries.ofHost(mail.host(), mail.port());
            switch (mail.security()) {
                case TLS -> add(subject, mail.host(), mail.port(), Way.AT_ONCE, user);
                case STARTTLS -> add(subject, mail.host(), mail.port(), Way.SMTP, user);
                case NONE -> {}
            }
        }

        private void add(String subject, String host, int port, Way way, String user) {
            bySubject
                    .computeIfAbsent(subject, s -> new Host(host, port, way, new ArrayList<>()))
                    .users()
                    .add(user);
        }

        private static String bare(String host) {
            return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        }
    }

    /** A new host is looked at with the next beat, a new certificate is read within the hour. */
    void look() {
        look(expiries, ServedCertificate::firstToEnd, hosts(), lookedAt, System.nanoTime());
    }

    private Hosts hosts() {
        Hosts hosts = new Hosts();
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
     * after a while.
     *
     * @param lookedAt when each was looked at last, in the same nanoseconds as now
     */
    static void look(
            Expiries expiries, Asked asked, Hosts hosts, Map<String, Long> lookedAt, long now) {
        expiries.onlyHosts(hosts.bySubject.keySet());
        lookedAt.keySet().retainAll(hosts.bySubject.keySet());
        hosts.bySubject.forEach(
                (subject, host) -> {
                    Long last = lookedAt.get(subject);
                    if (last == null || now - last >= EVERY) {
                        look(expiries, asked, subject, host);
                        lookedAt.put(subject, now);
                    }
                });
    }

    private static void look(Expiries expiries, Asked asked, String subject, Hosts.Host host) {
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
                AlertKind.CERTIFICATE_EXPIRES,
                subject,
                "The certificate that "
                        + subject.substring(Expiries.HOSTS.length())
                        + " shows ("
                        + words(host.users())
                        + ")",
                first.map(
                        c ->
                                new Expiries.Term(
                                        Optional.of(c.getNotBefore().toInstant()),
                                        c.getNotAfter().toInstant())));
    }

    private static String words(List<String> users) {
        int more = users.size() - NAMED;
        return String.join(", ", users.subList(0, Math.min(NAMED, users.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.restore.TargetProbe;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * Whether a database is another target, present or retired, that has more protection, by whatever
 * name it is reached: told by the addresses that its host has, and by the system identifier of its
 * cluster.
 */
@ApplicationScoped
public class ProtectedTwins {
    static final String CODE = "TARGET-WEAKER";

    /** How long what a cluster said is good for whoever only looks, and that it said nothing. */
    static final Duration LATELY = Duration.ofMinutes(1);

    /** How long whoever only looks waits for all clusters together. */
    private static final Duration LOOKING = Duration.ofSeconds(5);

    /** Longer than it takes to find out that a host does not answer. */
    private static final Duration ACTING = Duration.ofSeconds(60);

    /** Whose protection is asked for is not refused for another's afterwards. */
    private static final Comparator<TargetEnvironment> MOST_PROTECTED =
            Comparator.comparing(
                            (TargetEnvironment t) -> t.production() && t.fourEyes(),
                            Comparator.reverseOrder())
                    .thenComparing(TargetEnvironment::production, Comparator.reverseOrder())
                    .thenComparing(TargetEnvironment::name);

    /** Of the last minute: what clusters say, and what names of hosts stand for. */
    private final Map<PostgresUrl, Look<Optional<String>>> clusters = new ConcurrentHashMap<>();

    private final Map<String, Look<Set<InetAddress>>> hosts = new ConcurrentHashMap<>();

    private TargetEnvironments targets;
    private TargetProbe probe;
    private Clock clock;
    private Duration looking;

    protected ProtectedTwins() {}

    @Inject
    public ProtectedTwins(TargetEnvironments targets, TargetProbe probe, Clock clock) {
        this(targets, probe, clock, LOOKING);
    }

    ProtectedTwins(TargetEnvironments targets, TargetProbe probe, Clock clock, Duration looking) {
        this.targets = targets;
        this.probe = probe;
        this.clock = clock;
        this.looking = looking;
    }

    /** What was said, or is about to be. */
    private record Look<T>(Instant begun, Future<T> said) {
        boolean goodAt(Instant now) {
            return !now.isBefore(begun) && now.isBefore(begun.plus(LATELY));
        }
    }

    /**
     * @param identifier of the database's cluster; empty where that did not answer
     * @throws Refused TARGET-WEAKER
     */
    void requireNone(PostgresUrl url, Optional<String> identifier, TargetEnvironment.Rules rules) {
        ask(url, rules.production(), rules.fourEyes(), false, ACTING)
                .twin(identifier)
                .ifPresent(
                        twin -> {
                            throw new Refused(
                                    CODE,
                                    "That database is"
                                            + (twin.retired() ? " (retired)" : "")
                                            + " target "
                                            + twin.name()
                                            + " already, "
                                            + protection(twin)
                                            + ".",
                                    "Add it with the same protection; a second person can then agree"
                                            + " to change its rules.");
                        });
    }

    /**
     * What speaks against a restore into a target; every other cluster is asked now.
     *
     * @param identifier of its cluster
     */
    public Optional<Impact.Finding> against(TargetEnvironment target, String identifier) {
        return asked(target).against(identifier);
    }

    /**
     * The same for who only looks: by what the other clusters said within the last minute, and
     * without those that say nothing for some seconds.
     */
    public Optional<Impact.Finding> seenAgainst(TargetEnvironment target, String identifier) {
        return askedLately(target).against(identifier);
    }

    /** For {@link #against}, where the target's own cluster is still to be looked at. */
    Asked asked(TargetEnvironment target) {
        return ask(target, false, ACTING);
    }

    /** For {@link #seenAgainst}, where the target's own cluster is still to be looked at. */
    Asked askedLately(TargetEnvironment target) {
        return ask(target, true, looking);
    }

    private Asked ask(TargetEnvironment target, boolean lately, Duration patience) {
        Questions questions =
                ask(targets.url(target), target.production(), target.fourEyes(), lately, patience);
        return identifier ->
                questions
                        .twin(Optional.of(identifier))
                        .map(
                                twin ->
                                        new Impact.Finding(
                                                CODE,
                                                "Target "
                                                        + target.name()
                                                        + " is the very database of"
                                                        + (twin.retired() ? " (retired)" : "")
                                                        + " target "
                                                        + twin.name()
                                                        + ", "
                                                        + protection(twin)
                                                        + ".",
                                                "Restore through that target, or give this one the same"
                                                        + " protection."));
    }

    /** What was asked and is not waited for yet. */
    interface Asked {
        /** Waits as long as there is patience, from when it was asked. */
        Optional<Impact.Finding> against(String identifier);
    }

    private static String protection(TargetEnvironment twin) {
        return (twin.production() ? "marked as production" : "")
                + (twin.production() && twin.fourEyes() ? " and " : "")
                + (twin.fourEyes() ? "with a second person" : "");
    }

    /** All are asked at once, so that those that do not answer cost the time of one. */
    private Questions ask(
            PostgresUrl url,
            boolean production,
            boolean fourEyes,
            boolean lately,
            Duration patience) {
        List<TargetEnvironment> stronger =
                targets.all().stream()
                        .filter(t -> t.production() && !production || t.fourEyes() && !fourEyes)
                        .filter(t -> known(t).database().equals(url.database()))
                        .sorted(MOST_PROTECTED)
                        .toList();
        if (!lately) {
            stronger.forEach(t -> hosts.remove(plain(known(t).host())));
            hosts.remove(plain(url.host()));
        }
        Map<TargetEnvironment, Look<Optional<String>>> said = new LinkedHashMap<>();
        Map<TargetEnvironment, Look<Set<InetAddress>>> stand = new LinkedHashMap<>();
        for (TargetEnvironment one : stronger) {
            if (known(one).port() == url.port()) {
                stand.put(one, host(known(one)));
            }
            url(one).ifPresent(
                            known -> {
                                if (!lately) {
                                    clusters.remove(known);
                                }
                                said.put(one, cluster(known));
                            });
        }
        return new Questions(
                url,
                stronger,
                said,
                stand,
                stand.isEmpty() ? Optional.empty() : Optional.of(host(url)),
                System.nanoTime() + patience.toNanos());
    }

    /**
     * @param said by cluster
     * @param stand what their hosts stand for, where the port is the same
     * @param own what the database's own host stands for
     * @param until when they are waited for, as {@link System#nanoTime}
     */
    private record Questions(
            PostgresUrl url,
            List<TargetEnvironment> stronger,
            Map<TargetEnvironment, Look<Optional<String>>> said,
            Map<TargetEnvironment, Look<Set<InetAddress>>> stand,
            Optional<Look<Set<InetAddress>>> own,
            long until) {

        Optional<TargetEnvironment> twin(Optional<String> identifier) {
            return stronger.stream()
                    .filter(one -> spelt(one) || sameAddress(one) || sameCluster(one, identifier))
                    .findFirst();
        }

        private boolean spelt(TargetEnvironment one) {
            return known(one).port() == url.port()
                    && plain(known(one).host()).equals(plain(url.host()));
        }

        private boolean sameAddress(TargetEnvironment one) {
            return stand.containsKey(one)
                    && !Collections.disjoint(
                            heard(stand.get(one), until, Set.of()),
                            heard(own.orElseThrow(), until, Set.of()));
        }

        private boolean sameCluster(TargetEnvironment one, Optional<String> identifier) {
            return identifier.isPresent()
                    && said.containsKey(one)
                    && heard(said.get(one), until, Optional.empty()).equals(identifier);
        }
    }

    private static PostgresUrl known(TargetEnvironment target) {
        return PostgresUrl.parse(target.redactedUrl());
    }

    private Optional<PostgresUrl> url(TargetEnvironment target) {
        try {
            return Optional.of(targets.url(target));
        } catch (Refused e) {
            // A retired one's password may be gone from the configuration.
            return Optional.empty();
        }
    }

    private Look<Optional<String>> cluster(PostgresUrl url) {
        return look(clusters, url, probe::systemIdentifierLater);
    }

    private Look<Set<InetAddress>> host(PostgresUrl url) {
        return look(hosts, plain(url.host()), probe::addressesLater);
    }

    private <K, T> Look<T> look(Map<K, Look<T>> looks, K key, Function<K, Future<T>> ask) {
        Instant now = clock.instant();
        looks.values().removeIf(look -> !look.goodAt(now));
        return looks.computeIfAbsent(key, k -> new Look<>(now, ask.apply(k)));
    }

    private static <T> T heard(Look<T> look, long until, T nothing) {
        try {
            return look.said().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return nothing;
        } catch (ExecutionException e) {
            throw new IllegalStateException("A cluster could not be asked.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The server was stopped.", e);
        }
    }

    private static String plain(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }
}

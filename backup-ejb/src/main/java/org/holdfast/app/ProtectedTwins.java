package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
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

    /** Of the last minute. */
    private final Map<PostgresUrl, Look> looks = new ConcurrentHashMap<>();

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

    /** What a cluster said of itself, or is about to say. */
    private record Look(Instant begun, Future<Optional<String>> said) {
        boolean goodAt(Instant now) {
            return !now.isBefore(begun) && now.isBefore(begun.plus(LATELY));
        }
    }

    /**
     * @param identifier of the database's cluster; empty where that did not answer
     * @throws Refused TARGET-WEAKER
     */
    void requireNone(PostgresUrl url, Optional<String> identifier, TargetEnvironment.Rules rules) {
        twin(url, identifier, rules.production(), rules.fourEyes(), this::now, ACTING)
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
        return against(target, identifier, this::now, ACTING);
    }

    /**
     * The same for who only looks: by what the other clusters said within the last minute, and
     * without those that say nothing for some seconds.
     */
    public Optional<Impact.Finding> seenAgainst(TargetEnvironment target, String identifier) {
        return against(target, identifier, this::lately, looking);
    }

    private Optional<Impact.Finding> against(
            TargetEnvironment target,
            String identifier,
            Function<PostgresUrl, Look> look,
            Duration patience) {
        return twin(
                        targets.url(target),
                        Optional.of(identifier),
                        target.production(),
                        target.fourEyes(),
                        look,
                        patience)
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

    private static String protection(TargetEnvironment twin) {
        return (twin.production() ? "marked as production" : "")
                + (twin.production() && twin.fourEyes() ? " and " : "")
                + (twin.fourEyes() ? "with a second person" : "");
    }

    private Optional<TargetEnvironment> twin(
            PostgresUrl url,
            Optional<String> identifier,
            boolean production,
            boolean fourEyes,
            Function<PostgresUrl, Look> look,
            Duration patience) {
        List<TargetEnvironment> stronger =
                targets.all().stream()
                        .filter(t -> t.production() && !production || t.fourEyes() && !fourEyes)
                        .filter(t -> known(t).database().equals(url.database()))
                        .toList();
        List<TargetEnvironment> elsewhere =
                stronger.stream().takeWhile(t -> !sameAddress(known(t), url)).toList();
        return inCluster(identifier, elsewhere, look, patience)
                .or(() -> stronger.stream().skip(elsewhere.size()).findFirst());
    }

    private static PostgresUrl known(TargetEnvironment target) {
        return PostgresUrl.parse(target.redactedUrl());
    }

    /** All are asked at once, so that those that do not answer cost the time of one. */
    private Optional<TargetEnvironment> inCluster(
            Optional<String> identifier,
            List<TargetEnvironment> some,
            Function<PostgresUrl, Look> look,
            Duration patience) {
        if (identifier.isEmpty()) {
            return Optional.empty();
        }
        Map<TargetEnvironment, Look> asked = new LinkedHashMap<>();
        some.forEach(t -> url(t).ifPresent(url -> asked.put(t, look.apply(url))));
        long until = System.nanoTime() + patience.toNanos();
        return asked.entrySet().stream()
                .filter(e -> said(e.getValue(), until).equals(identifier))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Optional<PostgresUrl> url(TargetEnvironment target) {
        try {
            return Optional.of(targets.url(target));
        } catch (Refused e) {
            // A retired one's password may be gone from the configuration.
            return Optional.empty();
        }
    }

    private Look now(PostgresUrl url) {
        looks.remove(url);
        return lately(url);
    }

    private Look lately(PostgresUrl url) {
        Instant now = clock.instant();
        looks.values().removeIf(look -> !look.goodAt(now));
        return looks.computeIfAbsent(url, u -> new Look(now, probe.systemIdentifierLater(u)));
    }

    private static Optional<String> said(Look look, long until) {
        try {
            return look.said().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A cluster could not be asked.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The server was stopped.", e);
        }
    }

    private static boolean sameAddress(PostgresUrl one, PostgresUrl other) {
        return one.port() == other.port() && sameHost(one.host(), other.host());
    }

    private static boolean sameHost(String one, String other) {
        String first = plain(one);
        String second = plain(other);
        if (first.equals(second)) {
            return true;
        }
        Set<InetAddress> both = addresses(first);
        both.retainAll(addresses(second));
        return !both.isEmpty();
    }

    private static String plain(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }

    private static Set<InetAddress> addresses(String host) {
        try {
            return new HashSet<>(Arrays.asList(InetAddress.getAllByName(host)));
        } catch (UnknownHostException e) {
            return new HashSet<>();
        }
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

    private TargetEnvironments targets;
    private TargetProbe probe;

    protected ProtectedTwins() {}

    @Inject
    public ProtectedTwins(TargetEnvironments targets, TargetProbe probe) {
        this.targets = targets;
        this.probe = probe;
    }

    /**
     * @param identifier of the database's cluster; empty where that did not answer
     * @throws Refused TARGET-WEAKER
     */
    void requireNone(PostgresUrl url, Optional<String> identifier, TargetEnvironment.Rules rules) {
        twin(url, identifier, rules.production(), rules.fourEyes())
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
     * What speaks against a restore into a target.
     *
     * @param identifier of its cluster
     */
    public Optional<Impact.Finding> against(TargetEnvironment target, String identifier) {
        return twin(
                        targets.url(target),
                        Optional.of(identifier),
                        target.production(),
                        target.fourEyes())
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
            PostgresUrl url, Optional<String> identifier, boolean production, boolean fourEyes) {
        return targets.all().stream()
                .filter(t -> t.production() && !production || t.fourEyes() && !fourEyes)
                .filter(t -> same(t, url, identifier))
                .findFirst();
    }

    private boolean same(TargetEnvironment known, PostgresUrl url, Optional<String> identifier) {
        PostgresUrl other = PostgresUrl.parse(known.redactedUrl());
        if (!other.database().equals(url.database())) {
            return false;
        }
        return other.port() == url.port() && sameHost(other.host(), url.host())
                || identifier.isPresent() && identifier(known).equals(identifier);
    }

    private Optional<String> identifier(TargetEnvironment known) {
        try {
            return probe.systemIdentifier(targets.url(known));
        } catch (Refused e) {
            // A retired one's password may be gone from the configuration.
            return Optional.empty();
        }
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

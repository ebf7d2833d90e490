package org.holdfast.domain.restore;

import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Manifest;

/** Looks at databases without changing them. */
public interface TargetProbe {
    /**
     * The facts for a restore of {@code manifest}; never throws, an unreachable target is a fact.
     */
    TargetFacts look(PostgresUrl target, Manifest manifest);

    /**
     * Connects and tells what is there, in one sentence.
     *
     * @throws org.holdfast.domain.shared.Refused in words that name what failed
     */
    String test(PostgresUrl database);

    /** Of the cluster that a database is in; empty where that does not answer. */
    Optional<String> systemIdentifier(PostgresUrl database);

    /** The same, without waiting for it. */
    Future<Optional<String>> systemIdentifierLater(PostgresUrl database);

    /** What a host's name stands for, without waiting for it; nothing where it is not known. */
    Future<Set<InetAddress>> addressesLater(String host);
}

package org.holdfast.domain.keys;

import java.util.List;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * Private keys on this server: those of its identity file, and those that people give for one
 * restore or drill. The latter are in memory only, and this server does that work.
 */
public interface Identities {
    /** Whether this server opens by itself what was encrypted to these. */
    boolean atHand(List<String> recipients);

    /**
     * @param given an identity, or an identity file
     * @throws Refused KEY-IDENTITY where it is none, KEY-NOT-OF-BACKUP where it opens nothing that
     *     was encrypted to {@code recipients}
     */
    void requireOpens(Secret given, List<String> recipients);

    /**
     * Keeps it for one restore or drill until that has ended, at most a day.
     *
     * @return the name by which this server claims work
     * @throws Refused IDENTITY-WORKER where this server does no restores
     */
    String hold(UUID id, Secret given);

    /** Wipes it; nothing happens where it is not here. */
    void forget(UUID id);
}

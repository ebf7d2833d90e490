package org.holdfast.domain.keys;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;

/** All keys, and which backups were encrypted to which. */
public interface RecipientKeys {
    /** Active ones first, then by purpose and name. */
    List<RecipientKey> all();

    /** Those that new backups are encrypted to. */
    List<RecipientKey> active();

    /**
     * The same.
     *
     * @param done what cannot be done without, e.g. {@code backed up}
     * @throws Refused RECIPIENTS-MISSING where there is none
     */
    default List<RecipientKey> required(String done) {
        List<RecipientKey> active = active();
        if (active.isEmpty()) {
            throw new Refused(
                    "RECIPIENTS-MISSING",
                    "There is no active key to encrypt to, so nothing can be " + done + ".",
                    "Add at least two keys under Keys: the operator's and an offline escrow. Or name them in BACKUP_ENCRYPTION_RECIPIENTS.");
        }
        return active;
    }

    Optional<RecipientKey> find(UUID id);

    void add(RecipientKey key);

    /**
     * Waits until no other transaction changes keys, and keeps others waiting until this one ends:
     * of two people who retire one key each, the second sees what the first did.
     */
    void lock();

    /** By public key; keys that no kept backup was encrypted to are left out. */
    Map<String, Opens> opens();

    /**
     * A kept backup that a key opens.
     *
     * @param rung how far it was proved
     * @param onlyIt whether no other key opens it that is not retired
     */
    record Opened(UUID id, String source, Instant takenAt, String rung, boolean onlyIt) {}

    /** The newest first. */
    List<Opened> opened(String publicKey, int max);

    /** Public keys that kept backups were encrypted to and that are not listed. */
    List<String> strangers();

    /** How many backups are being made now. */
    long running();
}

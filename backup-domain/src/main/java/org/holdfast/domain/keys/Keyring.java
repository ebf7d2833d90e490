package org.holdfast.domain.keys;

import java.time.Instant;
import java.util.List;
import org.holdfast.domain.keys.RecipientKey.Purpose;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;

/** All keys together: what one of them may do depends on the others and on the kept backups. */
public final class Keyring {
    /** Fewer, and one lost identity is the loss of every backup. */
    public static final int LEAST = 2;

    private final List<RecipientKey> keys;

    public Keyring(List<RecipientKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** Those that new backups are encrypted to. */
    public List<RecipientKey> active() {
        return keys.stream().filter(RecipientKey::active).toList();
    }

    /**
     * @throws Refused NAME-TAKEN or KEY-KNOWN
     */
    public void requireNew(String name, String publicKey) {
        for (RecipientKey key : keys) {
            if (key.name().equals(name)) {
                throw new Refused(
                        "NAME-TAKEN",
                        "There is already a key named \"" + name + "\".",
                        "Choose another name, e.g. with the year or a number.");
            }
            if (key.publicKey().equals(publicKey)) {
                throw new Refused(
                        "KEY-KNOWN",
                        "This public key is there already: it is key " + key.name() + ".",
                        "Give the public key of another identity; a key that was replaced is not"
                                + " used again.");
            }
        }
    }

    /** What the console set up is changed there, what the configuration names is changed there. */
    public static void requireCatalog(RecipientKey key) {
        if (key.origin() == Origin.CONFIGURATION && key.active()) {
            throw new Refused(
                    "SET-BY-CONFIGURATION",
                    "The key " + key.name() + " is named by BACKUP_ENCRYPTION_RECIPIENTS.",
                    "Change it there and restart Holdfast; older backups keep their way to it. Or"
                            + " take it out there and add keys here.");
        }
    }

    /**
     * Retires a key: from then on its identity may be destroyed.
     *
     * @param opens what it opens of the kept backups
     * @param running backups that are being made now
     * @throws Refused KEY-NEEDED, KEY-LAST-TWO, KEY-LAST-ESCROW, KEY-BUSY, SET-BY-CONFIGURATION or
     *     KEY-RETIRED; nothing has happened then
     */
    public void retire(RecipientKey key, Opens opens, long running, Instant now) {
        requireRetirable(key, opens, running);
        key.retire(now);
    }

    /** What {@link #retire} would refuse. */
    public void requireRetirable(RecipientKey key, Opens opens, long running) {
        key.requireLiving();
        requireCatalog(key);
        if (opens.onlyIt() > 0) {
            throw new Refused(
                    "KEY-NEEDED",
                    (opens.onlyIt() == 1
                                    ? "One kept backup can be opened"
                                    : opens.onlyIt() + " kept backups can be opened")
                            + " by key "
                            + key.name()
                            + " only, of all keys that are not retired.",
                    "Keep its identity until these backups have expired; the list of what it opens"
                            + " names them.");
        }
        if (key.active()) {
            List<RecipientKey> others = active().stream().filter(k -> k != key).toList();
            if (others.size() < LEAST) {
                throw new Refused(
                        "KEY-LAST-TWO",
                        "Without key "
                                + key.name()
                                + " new backups would have "
                                + (others.isEmpty() ? "no key" : "one key only")
                                + ": two active keys have to remain.",
                        "Replace it by a new one instead (Rotate), or add a key first.");
            }
            if (key.purpose() == Purpose.ESCROW
                    && others.stream().noneMatch(k -> k.purpose() == Purpose.ESCROW)) {
                throw new Refused(
                        "KEY-LAST-ESCROW",
                        "Key " + key.name() + " is the only active escrow key.",
                        "Replace it by a new one instead (Rotate), or add an escrow key first.");
            }
        }
        if (running > 0) {
            throw new Refused(
                    "KEY-BUSY",
                    "A backup is being made now, and it may be encrypted to this key.",
                    "Wait until it has ended, then retire the key.");
        }
    }
}

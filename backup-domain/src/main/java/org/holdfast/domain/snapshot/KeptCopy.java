package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.Expiry;

/**
 * A copy that a store has or should have, with all that decides whether it stays.
 *
 * @param store its name
 * @param bucket whether the store is one, and not a directory
 * @param storedBytes of the whole snapshot in one store
 * @param hold the legal hold's reason
 * @param use what needs the snapshot now
 * @param doom empty where it is not marked
 * @param imported whether it was made elsewhere and brought in
 */
public record KeptCopy(
        UUID id,
        UUID snapshotId,
        UUID storeId,
        String store,
        boolean bucket,
        Instant takenAt,
        long storedBytes,
        Rung rung,
        SnapshotCopy.State state,
        Optional<String> hold,
        Optional<String> use,
        Optional<Doom> doom,
        boolean imported) {
    /** The facts that the rule looks at. */
    public Expiry.Copy facts() {
        return new Expiry.Copy(
                snapshotId,
                store,
                takenAt,
                standing(),
                hold,
                use,
                doom.filter(Doom::byHand).isPresent(),
                imported);
    }

    private Expiry.Standing standing() {
        return switch (state) {
            case FAILED, REMOVING, REMOVED -> Expiry.Standing.ABSENT;
            case CORRUPT -> Expiry.Standing.DOUBTFUL;
            case UPLOADED, VERIFIED ->
                    switch (rung) {
                        case VERIFIED, RESTORED -> Expiry.Standing.PROVED;
                        case UPLOADED -> Expiry.Standing.READABLE;
                        case SUSPECT, EXPIRED -> Expiry.Standing.DOUBTFUL;
                    };
        };
    }
}

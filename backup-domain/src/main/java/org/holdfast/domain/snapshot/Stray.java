package org.holdfast.domain.snapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.storage.ObjectKey;

/**
 * What lies in a store and belongs to no backup that the catalog has. Only what is certainly left
 * over of Holdfast's own work is ever removed: a catalog that was lost and made anew knows no
 * backup at all, and must not take all of them for rubbish.
 *
 * @param place a folder, or key and id of an unfinished upload
 * @param objects how many lie there
 * @param newestAt when the newest of them was written, the store's clock
 * @param foundAt when it was first seen, the catalog's clock
 */
public record Stray(
        Kind kind,
        String place,
        Whose whose,
        long objects,
        long bytes,
        Instant newestAt,
        Instant foundAt) {
    private static final Pattern LAYOUT =
            Pattern.compile(
                    "([a-z0-9][a-z0-9-]{0,62}/\\d{4}/\\d{2}/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\\.\\d+)?)/[^/]+");

    public enum Kind {
        /** All objects of a folder. */
        OBJECTS,
        /** An upload that was begun and never ended. */
        UPLOAD
    }

    /** Whose it is. */
    public enum Whose {
        /** Of a run of this catalog that came to nothing, or of a copy that was removed. */
        LEFT,
        /** It has a manifest: a whole backup that the catalog does not have. Never removed. */
        WHOLE,
        /** Of no run that the catalog knows. Never removed. */
        UNKNOWN
    }

    /**
     * What the catalog knows of a run.
     *
     * @param key of the snapshot that it left, empty where it left none
     * @param copy of that snapshot in the store that is looked through, empty where there is none
     */
    public record Run(boolean ended, Optional<ObjectKey> key, Optional<SnapshotCopy.State> copy) {}

    /**
     * Where an object of a backup lies.
     *
     * @param run the id in it
     */
    public record Folder(ObjectKey key, UUID run) {
        /**
         * Empty for what does not lie as Holdfast lays its objects: that is none of its business.
         */
        public static Optional<Folder> of(ObjectKey object) {
            Matcher layout = LAYOUT.matcher(object.value());
            return layout.matches()
                    ? Optional.of(
                            new Folder(
                                    new ObjectKey(layout.group(1)),
                                    UUID.fromString(layout.group(2))))
                    : Optional.empty();
        }
    }

    /**
     * Whose the objects of a folder are; empty where they belong there.
     *
     * @param manifest whether one of them is the manifest
     */
    public static Optional<Whose> objects(Folder folder, boolean manifest, Optional<Run> known) {
        if (known.isEmpty()) {
            return Optional.of(manifest ? Whose.WHOLE : Whose.UNKNOWN);
        }
        Run run = known.get();
        if (!run.ended()) {
            return Optional.empty();
        }
        if (run.key().filter(folder.key()::equals).isEmpty()) {
            return Optional.of(manifest ? Whose.WHOLE : Whose.LEFT);
        }
        if (run.copy().isEmpty()) {
            return Optional.of(manifest ? Whose.WHOLE : Whose.UNKNOWN);
        }
        return switch (run.copy().get()) {
            case UPLOADED, VERIFIED, CORRUPT, FAILED, REMOVING -> Optional.empty();
            case REMOVED -> Optional.of(Whose.LEFT);
        };
    }

    /** Whose an unfinished upload is; empty where somebody may still be at it. */
    public static Optional<Whose> upload(Folder folder, Optional<Run> known) {
        if (known.isEmpty()) {
            return Optional.of(Whose.UNKNOWN);
        }
        Run run = known.get();
        if (!run.ended()) {
            return Optional.empty();
        }
        if (run.key().filter(folder.key()::equals).isEmpty() || run.copy().isEmpty()) {
            return Optional.of(Whose.LEFT);
        }
        return switch (run.copy().get()) {
            case FAILED, REMOVING -> Optional.empty();
            case UPLOADED, VERIFIED, CORRUPT, REMOVED -> Optional.of(Whose.LEFT);
        };
    }

    /** Whether it may be removed now: left over, known as that for the grace, and as old. */
    public boolean removable(Instant now, Duration grace) {
        Instant before = now.minus(grace);
        return whose == Whose.LEFT && !foundAt.isAfter(before) && !newestAt.isAfter(before);
    }
}

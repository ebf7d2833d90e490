package org.holdfast.web.rest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.StorageLocation;

/** Sources, targets and stores as REST shows them: no secret, URLs redacted. */
final class PlaceViews {
    private PlaceViews() {}

    /** A database that is backed up. */
    public record SourceView(UUID id, String status, String name, Origin origin, String url) {}

    /**
     * @param keptSeconds how long the old database is kept after a swap
     * @param command run before the swap, the program first
     * @param approvalSeconds how long a restore waits for a second person
     */
    public record TargetView(
            UUID id,
            String status,
            String name,
            Origin origin,
            String url,
            boolean production,
            boolean inPlaceAllowed,
            boolean fourEyes,
            Duration keptSeconds,
            List<String> command,
            Duration commandLimitSeconds,
            Duration approvalSeconds) {}

    /**
     * @param place a directory, or endpoint, bucket and prefix
     */
    public record StoreView(
            UUID id,
            String status,
            String name,
            Origin origin,
            StorageLocation.Kind kind,
            String place) {}

    /** What a test found; one that fails is a refusal. */
    public record Tested(UUID id, String status, String text) {}

    /** What was taken out of use; {@code status} is RETIRED. */
    public record Retired(UUID id, String status) {}

    static Retired retired(UUID id) {
        return new Retired(id, status(true));
    }

    /**
     * @param status CHANGED, or AWAITING_APPROVAL: nothing has changed yet then
     * @param approval what it waits for
     */
    public record Changed(UUID id, String status, Optional<UUID> approval) {}

    static Changed changed(UUID id, Optional<UUID> approval) {
        return new Changed(id, approval.isPresent() ? "AWAITING_APPROVAL" : "CHANGED", approval);
    }

    static SourceView source(Source source) {
        return new SourceView(
                source.id(),
                status(source.retired()),
                source.name(),
                source.origin(),
                source.redactedUrl());
    }

    static TargetView target(TargetEnvironment target) {
        return new TargetView(
                target.id(),
                status(target.retired()),
                target.name(),
                target.origin(),
                target.redactedUrl(),
                target.production(),
                target.inPlaceAllowed(),
                target.fourEyes(),
                target.kept(),
                target.command(),
                target.commandLimit(),
                target.approvalOpen());
    }

    static StoreView store(StorageLocation store) {
        return new StoreView(
                store.id(),
                status(store.retired()),
                store.name(),
                store.origin(),
                store.kind(),
                store.place());
    }

    static Tested tested(UUID id, String text) {
        return new Tested(id, "OK", text);
    }

    private static String status(boolean retired) {
        return retired ? "RETIRED" : "ACTIVE";
    }
}

package org.holdfast.web.rest;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.PlaceEnds;
import org.holdfast.app.StoreGuards;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StoreCheck;

/** Sources, targets and stores as REST shows them: no secret, URLs redacted. */
final class PlaceViews {
    private PlaceViews() {}

    /**
     * A database that is backed up.
     *
     * @param certificateEnds when the first of the certificates ends that its host showed at the
     *     last look; missing where nothing is known
     * @param loginEnds when the password of its login ends, as of the last backup; missing where it
     *     does not
     */
    public record SourceView(
            UUID id,
            String status,
            String name,
            Origin origin,
            String url,
            Optional<Instant> certificateEnds,
            Optional<Instant> loginEnds) {}

    /**
     * @param keptSeconds how long the old database is kept after a swap
     * @param command run before the swap, the program first
     * @param approvalSeconds how long a restore waits for a second person
     * @param certificateEnds as of a source
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
            Duration approvalSeconds,
            Optional<Instant> certificateEnds) {}

    /**
     * @param place a directory, or endpoint, bucket and prefix
     * @param lockMode of a bucket: how new copies are locked where it has Object Lock
     * @param check the last look at what it does for the safety of what it keeps
     * @param accessKeyId of a bucket; its secret is never shown
     * @param keysEndOn from the beginning of that day (UTC) on the keys are no good, as people said
     * @param certificateEnds when the first of the certificates ends that its host showed at the
     *     last look; missing where nothing is known
     */
    public record StoreView(
            UUID id,
            String status,
            String name,
            Origin origin,
            StorageLocation.Kind kind,
            String place,
            Optional<LockMode> lockMode,
            Optional<Check> check,
            Optional<String> accessKeyId,
            Optional<String> keysEndOn,
            Optional<Instant> certificateEnds) {}

    /** When a store was looked at, by whom, and what was found. */
    public record Check(Instant at, String by, List<Found> findings) {}

    /**
     * @param status how it was found: only FULFILLED is good
     * @param settable whether {@code POST /admin/stores/{id}/harden} sets it
     */
    public record Found(
            Guard guard,
            Finding.Verdict status,
            String expected,
            String found,
            String remedy,
            boolean settable) {}

    /** A store that was looked at; {@code status} is CHECKED. */
    public record Checked(UUID id, String status, Check check) {}

    /**
     * What came of setting what was lacking.
     *
     * @param status HARDENED, or PARTLY where the store refused some
     * @param check how it is now; missing where it did not answer any more
     */
    public record Hardened(UUID id, String status, List<Set> settings, Optional<Check> check) {}

    /**
     * @param status SET or REFUSED
     */
    public record Set(Guard guard, String status, String text) {}

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

    static SourceView source(Source source, PlaceEnds.Ends ends) {
        return new SourceView(
                source.id(),
                status(source.retired()),
                source.name(),
                source.origin(),
                source.redactedUrl(),
                ends.certificate().map(PlaceEnds.End::at),
                ends.login().map(PlaceEnds.End::at));
    }

    static TargetView target(TargetEnvironment target, PlaceEnds.Ends ends) {
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
                target.approvalOpen(),
                ends.certificate().map(PlaceEnds.End::at));
    }

    static StoreView store(StorageLocation store, Optional<StoreCheck> check, PlaceEnds.Ends ends) {
        return new StoreView(
                store.id(),
                status(store.retired()),
                store.name(),
                store.origin(),
                store.kind(),
                store.place(),
                Optional.of(store.lockMode())
                        .filter(mode -> store.kind() == StorageLocation.Kind.S3),
                check.map(PlaceViews::check),
                Optional.ofNullable(store.accessKeyId()),
                store.keysEndOn().map(LocalDate::toString),
                ends.certificate().map(PlaceEnds.End::at));
    }

    static Checked checked(UUID id, StoreCheck check) {
        return new Checked(id, "CHECKED", check(check));
    }

    private static Check check(StoreCheck check) {
        return new Check(
                check.at(),
                check.by(),
                check.findings().stream()
                        .map(
                                f ->
                                        new Found(
                                                f.guard(),
                                                f.verdict(),
                                                f.expected(),
                                                f.found(),
                                                f.remedy(),
                                                f.settable()))
                        .toList());
    }

    static Hardened hardened(UUID id, StoreGuards.Hardened hardened) {
        return new Hardened(
                id,
                hardened.whole() ? "HARDENED" : "PARTLY",
                hardened.settings().stream()
                        .map(s -> new Set(s.guard(), s.done() ? "SET" : "REFUSED", s.text()))
                        .toList(),
                hardened.after().map(PlaceViews::check));
    }

    static Tested tested(UUID id, String text) {
        return new Tested(id, "OK", text);
    }

    private static String status(boolean retired) {
        return retired ? "RETIRED" : "ACTIVE";
    }
}

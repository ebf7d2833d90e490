package org.holdfast.web.rest;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Keys;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Secret;

/** Keys as REST shows them: public halves only. */
final class KeyViews {
    private static final String AWAITING = "AWAITING_APPROVAL";

    private KeyViews() {}

    /**
     * @param status ACTIVE, SUPERSEDED or RETIRED
     * @param passphrase whether one opens its identity, which lies encrypted beside its backups
     * @param opens how many kept backups its identity opens
     * @param opensAlone how many of these no other key opens that is not retired
     * @param rotationDueAt when a new key is to take its place; left out where it is not active
     * @param proofDueAt when its holder is to show that the identity is there; escrow keys only
     * @param challenge that waits for an answer: give it to {@code age -d}
     */
    public record Whole(
            UUID id,
            RecipientKey.State status,
            String name,
            RecipientKey.Purpose purpose,
            Origin origin,
            String publicKey,
            boolean passphrase,
            Instant addedAt,
            String addedBy,
            Instant supersededAt,
            Instant retiredAt,
            long opens,
            long opensAlone,
            Instant oldestTakenAt,
            Instant newestTakenAt,
            Optional<Instant> rotationDueAt,
            boolean rotationDue,
            Optional<Instant> proofDueAt,
            boolean proofDue,
            Instant provedAt,
            String provedBy,
            Optional<String> challenge,
            Optional<Instant> challengeUntil) {}

    /**
     * A key that was just added, or asked for.
     *
     * @param status ACTIVE, or AWAITING_APPROVAL: nothing has changed yet then
     * @param identityFile where Holdfast made the pair: the identity, in this answer and nowhere
     *     else
     * @param approval what it waits for
     */
    public record Made(
            Optional<UUID> id,
            String status,
            String name,
            RecipientKey.Purpose purpose,
            String publicKey,
            Optional<String> identityFile,
            Optional<UUID> approval) {}

    /**
     * @param status RETIRED, or AWAITING_APPROVAL: nothing has changed yet then
     * @param approval what it waits for
     */
    public record Retired(UUID id, String status, Optional<UUID> approval) {}

    /** A kept backup that a key opens. */
    public record Opened(
            UUID id, String status, String source, Instant takenAt, boolean onlyThisKey) {}

    /**
     * @param fingerprint SHA-256 of the public key in DER, hex
     */
    public record SigningKey(String id, String status, String fingerprint, String publicPem) {}

    /**
     * @param sealingKey id of the key that seals now
     * @param sealingConfigured whether HOLDFAST_SEAL_KEY gives it
     * @param sealedBefore secrets that an older key sealed
     */
    public record OfServer(
            String id,
            String status,
            List<SigningKey> signing,
            String sealingKey,
            boolean sealingConfigured,
            long sealedBefore) {}

    /**
     * @param secrets how many were sealed anew
     */
    public record Resealed(String id, String status, long secrets) {}

    static Whole whole(Keys.Entry entry) {
        RecipientKey key = entry.key();
        return new Whole(
                key.id(),
                key.state(),
                key.name(),
                key.purpose(),
                key.origin(),
                key.publicKey(),
                key.protectedIdentity().isPresent(),
                key.addedAt(),
                key.addedBy(),
                key.supersededAt(),
                key.retiredAt(),
                entry.opens().kept(),
                entry.opens().onlyIt(),
                entry.opens().oldest(),
                entry.opens().newest(),
                entry.rotationDue(),
                entry.rotate(),
                entry.proofDue(),
                entry.prove(),
                key.provedAt(),
                key.provedBy(),
                entry.challenge(),
                entry.challenge().map(c -> key.challengeUntil()));
    }

    static Made made(Keys.Made made) {
        return new Made(
                made.id(),
                made.approval().isPresent() ? AWAITING : RecipientKey.State.ACTIVE.name(),
                made.name(),
                made.purpose(),
                made.publicKey(),
                made.identityFile().map(Secret::reveal),
                made.approval());
    }

    static Retired retired(UUID id, Optional<UUID> approval) {
        return new Retired(
                id, approval.isPresent() ? AWAITING : RecipientKey.State.RETIRED.name(), approval);
    }

    static Opened opened(RecipientKeys.Opened opened) {
        return new Opened(
                opened.id(), opened.rung(), opened.source(), opened.takenAt(), opened.onlyIt());
    }

    static OfServer ofServer(Keys.OfServer own) {
        return new OfServer(
                "server",
                own.sealedBefore() == 0 ? "WHOLE" : "ROTATION_UNFINISHED",
                own.signing().stream()
                        .map(
                                k ->
                                        new SigningKey(
                                                k.fingerprint(),
                                                k.current() ? "SIGNS" : "VERIFIES",
                                                k.fingerprint(),
                                                k.publicPem()))
                        .toList(),
                own.sealingKey(),
                own.sealingConfigured(),
                own.sealedBefore());
    }
}

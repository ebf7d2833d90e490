package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.Anchors;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.shared.Dsse;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.security.SigningKeys;

/**
 * Signs the head of the audit chain and judges the heads that the stores hold. Whoever cuts the log
 * off at its end, and the catalog's own head with it, leaves a chain that is whole in itself; only
 * a head that lies elsewhere says that it was longer.
 */
@ApplicationScoped
public class AuditAnchoring {
    private static final String KIND = "holdfast-audit-head/1";
    private static final String PLACE = "audit/heads/";
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy/MM/dd/", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** So that a head of today or yesterday is there also where nothing happens. */
    private static final Duration AT_LATEST = Duration.ofHours(12);

    private AuditLog audit;
    private Anchors anchors;
    private SigningKeys keys;
    private Clock clock;

    protected AuditAnchoring() {}

    @Inject
    public AuditAnchoring(AuditLog audit, Anchors anchors, SigningKeys keys, Clock clock) {
        this.audit = audit;
        this.anchors = anchors;
        this.keys = keys;
        this.clock = clock;
    }

    /** Whether it is this server's turn. */
    public boolean claim(Duration every) {
        return anchors.claim(every);
    }

    /** Where heads may lie, the likeliest first; the last is where all of them do. */
    public List<String> places() {
        String all = PLACE + anchors.catalog() + "/";
        Instant now = clock.instant();
        return List.of(all + DAY.format(now), all + DAY.format(now.minus(1, ChronoUnit.DAYS)), all);
    }

    /** A head to be written. */
    public record Signed(ObjectKey key, byte[] text, Anchors.Seen seen) {}

    /** The head as it is now, signed. */
    public Signed sign() {
        AuditLog.Head head = audit.head();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        UUID catalog = anchors.catalog();
        byte[] payload =
                CanonicalJson.text(
                                Json.createObjectBuilder()
                                        .add("kind", KIND)
                                        .add("catalog", catalog.toString())
                                        .add("at", now.toString())
                                        .add("entries", head.entries())
                                        .add("hash", head.hash())
                                        .build())
                        .getBytes(StandardCharsets.UTF_8);
        ObjectKey key = key(catalog, now, head.entries(), head.hash());
        return new Signed(
                key,
                (keys.sign(Dsse.AUDIT_HEAD, payload).json() + "\n")
                        .getBytes(StandardCharsets.UTF_8),
                new Anchors.Seen(key.value(), head.entries(), head.hash(), now));
    }

    /** Follows from what is signed, so that an old head cannot be put under a newer key. */
    private static ObjectKey key(UUID catalog, Instant at, long entries, String hash) {
        return new ObjectKey(
                PLACE
                        + catalog
                        + "/"
                        + DAY.format(at)
                        + TIME.format(at)
                        + String.format(Locale.ROOT, "-%012d-", entries)
                        + hash.substring(0, 16)
                        + ".dsse.json");
    }

    /**
     * What a store's newest head says.
     *
     * @param seen empty where there is none, or it is none of ours
     * @param mismatch in what it differs from the log, or from what was there before
     */
    public record Judged(Optional<Anchors.Seen> seen, Optional<String> mismatch) {

        /** Whether a new head is to be written: never over a difference, which stays to be seen. */
        public boolean wants(AuditLog.Head head, Instant now) {
            return mismatch.isEmpty()
                    && seen.map(
                                    s ->
                                            s.entries() < head.entries()
                                                    || s.at().isBefore(now.minus(AT_LATEST)))
                            .orElse(true);
        }
    }

    /** Of a store that holds no head. */
    public Judged judgeNone(UUID storeId) {
        return new Judged(Optional.empty(), before(storeId).map(AuditAnchoring::gone));
    }

    public Judged judge(UUID storeId, ObjectKey key, byte[] text) {
        Optional<Anchors.Seen> read = read(key, text);
        if (read.isEmpty()) {
            return new Judged(
                    Optional.empty(),
                    Optional.of("The object " + key + " is no head that this server signed."));
        }
        Anchors.Seen seen = read.get();
        Optional<Anchors.Anchor> newer =
                before(storeId).filter(anchor -> anchor.at().isAfter(seen.at()));
        return new Judged(
                read,
                newer.map(AuditAnchoring::gone)
                        .or(() -> difference(audit, seen.entries(), seen.hash(), seen.at())));
    }

    public void settle(UUID storeId, Judged judged) {
        // What is gone stays known: the next look is to miss it again.
        Optional<Anchors.Seen> kept =
                judged.mismatch().isPresent()
                        ? before(storeId)
                                .map(a -> new Anchors.Seen(a.key(), a.entries(), a.hash(), a.at()))
                                .or(judged::seen)
                        : judged.seen();
        anchors.seen(storeId, kept, judged.mismatch().orElse(null));
    }

    public void failed(UUID storeId, String failure) {
        anchors.failed(storeId, failure);
    }

    public boolean wanted(Judged judged) {
        return judged.wants(audit.head(), clock.instant());
    }

    private Optional<Anchors.Anchor> before(UUID storeId) {
        return anchors.all().stream()
                .filter(anchor -> anchor.storeId().equals(storeId) && anchor.key() != null)
                .findFirst();
    }

    private static String gone(Anchors.Anchor anchor) {
        return "The head of entry "
                + anchor.entries()
                + " that lay in the store as "
                + anchor.key()
                + " is gone.";
    }

    /** In what the log differs from a head; empty where it does not. */
    static Optional<String> difference(AuditLog audit, long entries, String hash, Instant at) {
        String now = entries == 0 ? AuditEntry.GENESIS : audit.hashAt(entries).orElse(null);
        if (now == null) {
            return Optional.of(
                    "The log has "
                            + audit.head().entries()
                            + " entries, but a head signed at "
                            + at
                            + " says "
                            + entries
                            + ": its end was cut off.");
        }
        return now.equals(hash)
                ? Optional.empty()
                : Optional.of(
                        "Entry "
                                + entries
                                + " is not the one whose hash was signed at "
                                + at
                                + ": the log was written anew.");
    }

    private Optional<Anchors.Seen> read(ObjectKey key, byte[] text) {
        try {
            JsonObject envelope = CanonicalJson.read(new String(text, StandardCharsets.UTF_8));
            JsonObject signature = envelope.getJsonArray("signatures").getJsonObject(0);
            Dsse dsse =
                    new Dsse(
                            envelope.getString("payloadType"),
                            Base64.getDecoder().decode(envelope.getString("payload")),
                            signature.getString("keyid"),
                            Base64.getDecoder().decode(signature.getString("sig")));
            if (!dsse.payloadType().equals(Dsse.AUDIT_HEAD) || !keys.signed(dsse)) {
                return Optional.empty();
            }
            JsonObject head =
                    CanonicalJson.read(new String(dsse.payload(), StandardCharsets.UTF_8));
            Anchors.Seen seen =
                    new Anchors.Seen(
                            key.value(),
                            head.getJsonNumber("entries").longValueExact(),
                            head.getString("hash"),
                            Instant.parse(head.getString("at")));
            UUID catalog = UUID.fromString(head.getString("catalog"));
            return catalog.equals(anchors.catalog())
                            && key.equals(key(catalog, seen.at(), seen.entries(), seen.hash()))
                    ? Optional.of(seen)
                    : Optional.empty();
        } catch (JsonException
                | IllegalArgumentException
                | NullPointerException
                | ClassCastException
                | ArithmeticException
                | IndexOutOfBoundsException
                | java.time.DateTimeException e) {
            return Optional.empty();
        }
    }
}

package org.holdfast.domain.keys;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;

/**
 * An age public key that backups are encrypted to. ACTIVE: every new backup is. SUPERSEDED by a
 * newer one: kept because its identity still opens older backups. RETIRED: its identity is needed
 * for nothing any more and may be destroyed; the record stays.
 */
@Entity
@Table(name = "recipients")
public class RecipientKey {
    /** How often the holder of an escrow identity shows that it is still there and works. */
    public static final Duration PROVED_EVERY = Duration.ofDays(91);

    /** How long a challenge may be answered. */
    public static final Duration CHALLENGE_TIME = Duration.ofDays(14);

    /** Whose the identity is. */
    public enum Purpose {
        /** Of the people who restore. */
        OPERATOR,
        /** Kept offline, for the day on which the operators' are lost. */
        ESCROW,
        /** On a server, for verification and drills without a person. */
        DRILL;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum State {
        ACTIVE,
        SUPERSEDED,
        RETIRED;

        boolean mayBecome(State next) {
            return switch (this) {
                case ACTIVE -> next == SUPERSEDED || next == RETIRED;
                // The configuration may name a key again that it had dropped.
                case SUPERSEDED -> next == RETIRED || next == ACTIVE;
                case RETIRED -> next == ACTIVE;
            };
        }
    }

    @Id private UUID id;

    @Column(nullable = false, unique = true)
    private String name;

    @Enumerated(EnumType.STRING)
    private Purpose purpose;

    @Column(name = "public_key")
    private String publicKey;

    @Enumerated(EnumType.STRING)
    private Origin origin;

    @Enumerated(EnumType.STRING)
    private State state;

    @Column(name = "added_at")
    private Instant addedAt;

    @Column(name = "added_by")
    private String addedBy;

    @Column(name = "superseded_at")
    private Instant supersededAt;

    @Column(name = "retired_at")
    private Instant retiredAt;

    @Column(name = "proved_at")
    private Instant provedAt;

    @Column(name = "proved_by")
    private String provedBy;

    @Column(name = "protected_identity")
    private String protectedIdentity;

    private String challenge;

    @Column(name = "challenge_sha256")
    private String challengeSha256;

    @Column(name = "challenge_until")
    private Instant challengeUntil;

    protected RecipientKey() {}

    /**
     * @param publicKey {@code age1…}, checked before
     * @throws Refused BAD-NAME
     */
    public RecipientKey(
            String name,
            Purpose purpose,
            String publicKey,
            Origin origin,
            String addedBy,
            Instant now) {
        if (name == null || !name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
            throw new Refused(
                    "BAD-NAME",
                    "\"" + name + "\" is no name for a key.",
                    "Use 1 to 63 lower-case letters, digits and dashes, e.g. escrow-2027.");
        }
        this.id = Ids.next();
        this.name = name;
        this.purpose = purpose;
        this.publicKey = publicKey;
        this.origin = origin;
        this.state = State.ACTIVE;
        this.addedAt = now;
        this.addedBy = addedBy;
    }

    /**
     * Its identity is here as well, encrypted: whoever knows the passphrase opens it.
     *
     * @param armored as {@code age -p -a} writes it
     */
    public RecipientKey openedByPassphrase(String armored) {
        protectedIdentity = armored;
        return this;
    }

    /** The configuration names it now, as a key of this purpose; whether that changed anything. */
    public boolean follow(Purpose configured) {
        boolean same =
                origin == Origin.CONFIGURATION && purpose == configured && state == State.ACTIVE;
        if (!same) {
            origin = Origin.CONFIGURATION;
            purpose = configured;
            if (state != State.ACTIVE) {
                become(State.ACTIVE);
                supersededAt = null;
                retiredAt = null;
            }
        }
        return !same;
    }

    /** New backups are no longer encrypted to it; older ones still need its identity. */
    public void supersede(Instant now) {
        become(State.SUPERSEDED);
        supersededAt = now;
    }

    /** The rules about it are {@link Keyring#requireRetirable}'s. */
    void retire(Instant now) {
        become(State.RETIRED);
        retiredAt = now;
        protectedIdentity = null;
        challenge = null;
        challengeSha256 = null;
        challengeUntil = null;
    }

    private void become(State next) {
        if (!state.mayBecome(next)) {
            throw new Refused(
                    "KEY-RETIRED",
                    "Key " + name + " is " + state.name().toLowerCase(Locale.ROOT) + " already.",
                    "Look at the list of keys: somebody else may have done it.");
        }
        state = next;
    }

    /** Refuses what only a key that still counts can do. */
    public void requireLiving() {
        if (state == State.RETIRED) {
            throw new Refused(
                    "KEY-RETIRED",
                    "Key " + name + " is retired: no kept backup needs its identity.",
                    "Choose a key that is active, or add a new one.");
        }
    }

    /**
     * Asks the holder to show that the identity is there.
     *
     * @param encrypted the answer, encrypted to this key, armored
     * @param answer what its decryption yields
     */
    public void challenge(String encrypted, Secret answer, Instant now) {
        requireLiving();
        challenge = encrypted;
        challengeSha256 = hash(answer.reveal());
        challengeUntil = now.plus(CHALLENGE_TIME);
    }

    /**
     * Takes the holder's answer.
     *
     * @param by who pasted it
     * @throws Refused KEY-PROOF-OVER where nothing is asked, KEY-PROOF where it is not the answer
     */
    public void prove(String answer, String by, Instant now) {
        if (challenge(now).isEmpty()) {
            throw new Refused(
                    "KEY-PROOF-OVER",
                    "Key " + name + " has no challenge that waits for an answer.",
                    "Make a new one, decrypt it with age -d and paste what it prints.");
        }
        if (!challengeSha256.equals(hash(answer == null ? "" : answer))) {
            throw new Refused(
                    "KEY-PROOF",
                    "That is not what the challenge decrypts to.",
                    "Paste the one line that age -d prints for the challenge that is shown now; an"
                            + " older challenge no longer counts.");
        }
        provedAt = now;
        provedBy = by;
        challenge = null;
        challengeSha256 = null;
        challengeUntil = null;
    }

    private static String hash(String answer) {
        return Sha256.of(answer.replaceAll("\\s", "").toUpperCase(Locale.ROOT)).hex();
    }

    /** The challenge that waits for an answer, armored. */
    public Optional<String> challenge(Instant now) {
        return Optional.ofNullable(challenge).filter(c -> now.isBefore(challengeUntil));
    }

    /** When a new one is to take its place; empty where new backups do not use it anyway. */
    public Optional<Instant> rotationDue(int days) {
        return state == State.ACTIVE
                ? Optional.of(addedAt.plus(Duration.ofDays(days)))
                : Optional.empty();
    }

    /**
     * When its holder is to show that the identity is there: for an escrow key at once where this
     * was never done, later a quarter of a year after the last time. Others may, and need not.
     */
    public Optional<Instant> proofDue() {
        if (purpose != Purpose.ESCROW || state == State.RETIRED) {
            return Optional.empty();
        }
        return Optional.of(provedAt == null ? addedAt : provedAt.plus(PROVED_EVERY));
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Purpose purpose() {
        return purpose;
    }

    public String publicKey() {
        return publicKey;
    }

    /** Its identity as an age file that a passphrase opens; empty where Holdfast has none. */
    public Optional<String> protectedIdentity() {
        return Optional.ofNullable(protectedIdentity);
    }

    public Origin origin() {
        return origin;
    }

    public State state() {
        return state;
    }

    public Instant addedAt() {
        return addedAt;
    }

    public String addedBy() {
        return addedBy;
    }

    public Instant supersededAt() {
        return supersededAt;
    }

    public Instant retiredAt() {
        return retiredAt;
    }

    /** Null where it was never shown that the identity is there. */
    public Instant provedAt() {
        return provedAt;
    }

    public String provedBy() {
        return provedBy;
    }

    public Instant challengeUntil() {
        return challengeUntil;
    }

    public boolean active() {
        return state == State.ACTIVE;
    }
}

package org.holdfast.domain.people;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;

/**
 * A one-time link, of which the catalog keeps a hash: it lets somebody join, lets somebody whose
 * authenticator was reset set up another, or lets somebody who forgot the password choose another.
 * It is open until it is used, withdrawn, or its time is over; made again it gets a new link, and
 * the old one opens nothing.
 */
@Entity
@Table(name = "invitations")
public class Invitation {
    public static final Duration VALID = Duration.ofHours(72);

    /** What the link leads to. */
    public enum Kind {
        JOIN,
        AUTHENTICATOR,
        PASSWORD
    }

    @Id private UUID id;

    @Enumerated(EnumType.STRING)
    private Kind kind;

    @Column(name = "user_name")
    private String userName;

    @Enumerated(EnumType.STRING)
    private Role role;

    @Column(name = "token_hash")
    private String tokenHash;

    @Column(name = "invited_by")
    private String invitedBy;

    @Column(name = "invited_at")
    private Instant invitedAt;

    @Column(name = "expires_at")
    private Instant expiresAt;

    @Column(name = "used_at")
    private Instant usedAt;

    @Column(name = "withdrawn_at")
    private Instant withdrawnAt;

    protected Invitation() {}

    /**
     * @param invitedBy user name
     * @throws Refused USER-NAME
     */
    public Invitation(
            Kind kind,
            String userName,
            Role role,
            String tokenHash,
            String invitedBy,
            Instant now) {
        User.requireName(userName);
        this.id = Ids.next();
        this.kind = kind;
        this.userName = userName;
        this.role = role;
        this.tokenHash = tokenHash;
        this.invitedBy = invitedBy;
        this.invitedAt = now;
        this.expiresAt = now.plus(VALID);
    }

    /** Whether the link opens its page. */
    public boolean open(Instant now) {
        return usedAt == null && withdrawnAt == null && expiresAt.isAfter(now);
    }

    /**
     * A new link for the same person, in place of the one before.
     *
     * @throws Refused INVITATION where it was used or withdrawn
     */
    public void again(String newTokenHash, String by, Instant now) {
        requireUnsettled();
        tokenHash = newTokenHash;
        invitedBy = by;
        invitedAt = now;
        expiresAt = now.plus(VALID);
    }

    /**
     * @throws Refused INVITATION where it was used or withdrawn
     */
    public void withdraw(Instant now) {
        requireUnsettled();
        withdrawnAt = now;
    }

    private void requireUnsettled() {
        if (usedAt != null || withdrawnAt != null) {
            throw new Refused(
                    "INVITATION",
                    "The invitation of "
                            + userName
                            + " was "
                            + (usedAt != null ? "used" : "withdrawn")
                            + " already.",
                    "Look at the list of people; invite again where it is needed.");
        }
    }

    /** What whoever holds a link that opens nothing is told, whatever the reason. */
    public static Refused closed() {
        return new Refused(
                "INVITATION",
                "This link does not open anything: it was used or withdrawn, its time is over, or it"
                        + " is not whole.",
                "Open it exactly as you got it, or ask for a new one.");
    }

    public UUID id() {
        return id;
    }

    public Kind kind() {
        return kind;
    }

    public String userName() {
        return userName;
    }

    public Role role() {
        return role;
    }

    public String invitedBy() {
        return invitedBy;
    }

    public Instant invitedAt() {
        return invitedAt;
    }

    public Instant expiresAt() {
        return expiresAt;
    }
}

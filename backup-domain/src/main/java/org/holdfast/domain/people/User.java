package org.holdfast.domain.people;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;

/**
 * A person who signs in. One role each; a disabled person keeps the name in every record.
 *
 * <p>A person of an OpenID provider is known by issuer and subject and has no password; the role is
 * what the provider's claim gave at the last sign-in. The name is that of the first sign-in and
 * does not change: the audit log goes by it.
 */
@Entity
@Table(name = "users")
public class User {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,62}");

    /** The audit log's name for workers and timers. */
    private static final String RESERVED = "holdfast";

    /** Who vouches for a person. */
    public enum Origin {
        /** Holdfast, by password and authenticator. */
        LOCAL,
        /** The OpenID provider. */
        OIDC
    }

    @Id private UUID id;

    @Column(nullable = false, unique = true)
    private String name;

    @Column(name = "password_hash")
    private String passwordHash;

    @Enumerated(EnumType.STRING)
    private Role role;

    @Enumerated(EnumType.STRING)
    private Origin origin;

    private String issuer;
    private String subject;

    private boolean disabled;

    @Column(name = "must_enrol")
    private boolean mustEnrol;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "last_sign_in_at")
    private Instant lastSignInAt;

    protected User() {}

    public User(String name, String passwordHash, Role role, Instant now) {
        this(name, role, Origin.LOCAL, now);
        this.passwordHash = passwordHash;
    }

    private User(String name, Role role, Origin origin, Instant now) {
        requireName(name);
        this.id = Ids.next();
        this.name = name;
        this.role = role;
        this.origin = origin;
        this.createdAt = now;
    }

    /**
     * A person of an OpenID provider.
     *
     * @param subject never given to anybody else by that issuer
     * @throws Refused USER-NAME
     */
    public static User ofProvider(
            String name, String issuer, String subject, Role role, Instant now) {
        User user = new User(name, role, Origin.OIDC, now);
        user.issuer = issuer;
        user.subject = subject;
        return user;
    }

    /**
     * @throws Refused USER-NAME
     */
    static void requireName(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new Refused(
                    "USER-NAME",
                    "\"" + name + "\" is no user name.",
                    "Use 1 to 63 lower-case letters, digits, dots, dashes, underscores or @.");
        }
        if (name.equals(RESERVED)) {
            throw new Refused(
                    "USER-NAME",
                    "\"" + name + "\" is the name Holdfast itself acts under.",
                    "Choose another name.");
        }
    }

    public void changePassword(String newHash) {
        passwordHash = newHash;
    }

    public void changeRole(Role newRole) {
        role = newRole;
    }

    public void disable() {
        disabled = true;
    }

    public void enable() {
        disabled = false;
    }

    /** What somebody did for a thing that waits, on whose word it is done. */
    public enum Part {
        ASKED(
                "asked for this",
                "Somebody who may can ask for it anew; reject this one where it still waits."),
        APPROVED("approved this", "Ask for it anew; it then waits for another ADMIN."),
        BROKE_GLASS("let this through alone", "Ask for it anew; it then waits for another ADMIN.");

        private final String words;
        private final String remedy;

        Part(String words, String remedy) {
            this.words = words;
            this.remedy = remedy;
        }
    }

    /**
     * Whether the person may still do what they asked for, now that another decides on it or it
     * begins.
     *
     * @param by the token by which it was asked for; null where the person did
     * @throws Refused REQUESTER
     */
    public void requireMayStill(Role needed, ApiToken by) {
        requireMayStill(Part.ASKED, needed);
        if (by != null && by.revokedAt() != null) {
            throw mayNoLonger(
                    Part.ASKED,
                    "Token "
                            + by.name()
                            + " of "
                            + name
                            + ", by which this was asked for, is revoked.");
        }
    }

    /**
     * Whether the person may still do what their part in it needs.
     *
     * @throws Refused REQUESTER
     */
    public void requireMayStill(Part part, Role needed) {
        if (disabled) {
            throw mayNoLonger(part, name + ", who " + part.words + ", is disabled.");
        }
        if (!role.covers(needed)) {
            throw mayNoLonger(
                    part,
                    name
                            + ", who "
                            + part.words
                            + ", is "
                            + role
                            + " by now; it needs "
                            + needed
                            + ".");
        }
    }

    /** What is said of something that somebody asked for whom nobody knows any more. */
    public static Refused gone(String name) {
        return gone(name, Part.ASKED);
    }

    /** What is said of something in which somebody had a part whom nobody knows any more. */
    public static Refused gone(String name, Part part) {
        return mayNoLonger(part, name + ", who " + part.words + ", is not known any more.");
    }

    private static Refused mayNoLonger(Part part, String words) {
        return new Refused("REQUESTER", words, part.remedy);
    }

    /** The authenticator was taken away: the password opens nothing until another is set up. */
    public void lostAuthenticator() {
        mustEnrol = true;
    }

    public void enrolled() {
        mustEnrol = false;
    }

    public void signedIn(Instant now) {
        lastSignInAt = now;
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Origin origin() {
        return origin;
    }

    /** Null where the person is not of a provider. */
    public String issuer() {
        return issuer;
    }

    /** Null where the person is not of a provider. */
    public String subject() {
        return subject;
    }

    /** Null where the person is of a provider. */
    public String passwordHash() {
        return passwordHash;
    }

    public Role role() {
        return role;
    }

    public boolean disabled() {
        return disabled;
    }

    public boolean mustEnrol() {
        return mustEnrol;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Instant lastSignInAt() {
        return lastSignInAt;
    }
}

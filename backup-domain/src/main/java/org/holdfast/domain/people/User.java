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

/** A person who signs in. One role each; a disabled person keeps the name in every record. */
@Entity
@Table(name = "users")
public class User {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,62}");

    /** The audit log's name for workers and timers. */
    private static final String RESERVED = "holdfast";

    @Id private UUID id;

    @Column(nullable = false, unique = true)
    private String name;

    @Column(name = "password_hash")
    private String passwordHash;

    @Enumerated(EnumType.STRING)
    private Role role;

    private boolean disabled;

    @Column(name = "must_enrol")
    private boolean mustEnrol;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "last_sign_in_at")
    private Instant lastSignInAt;

    protected User() {}

    public User(String name, String passwordHash, Role role, Instant now) {
        requireName(name);
        this.id = Ids.next();
        this.name = name;
        this.passwordHash = passwordHash;
        this.role = role;
        this.createdAt = now;
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

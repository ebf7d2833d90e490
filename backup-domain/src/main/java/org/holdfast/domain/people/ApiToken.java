package org.holdfast.domain.people;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Secret;

/** A Bearer token for scripts: stored as its SHA-256 only, scoped by role, ending some day. */
@Entity
@Table(name = "api_tokens")
public class ApiToken {
    private static final String BEARER = "Bearer ";

    @Id private UUID id;

    @Column(name = "user_id")
    private UUID userId;

    private String name;

    @Column(name = "token_hash")
    private String tokenHash;

    @Enumerated(EnumType.STRING)
    private Role role;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "expires_at")
    private Instant expiresAt;

    @Column(name = "last_used_at")
    private Instant lastUsedAt;

    @Column(name = "revoked_at")
    private Instant revokedAt;

    protected ApiToken() {}

    public ApiToken(
            UUID userId, String name, String tokenHash, Role role, Instant now, Instant expiresAt) {
        this.id = Ids.next();
        this.userId = userId;
        this.name = name;
        this.tokenHash = tokenHash;
        this.role = role;
        this.createdAt = now;
        this.expiresAt = expiresAt;
    }

    /** The token that an Authorization header sends; empty where it sends none. */
    public static Optional<Secret> sent(String authorization) {
        return authorization != null
                        && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? Optional.of(Secret.of(authorization.substring(BEARER.length()).strip()))
                : Optional.empty();
    }

    public void revoke(Instant now) {
        revokedAt = now;
    }

    public boolean valid(Instant now) {
        return revokedAt == null && expiresAt.isAfter(now);
    }

    public UUID id() {
        return id;
    }

    public UUID userId() {
        return userId;
    }

    public String name() {
        return name;
    }

    public String tokenHash() {
        return tokenHash;
    }

    public Role role() {
        return role;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Instant expiresAt() {
        return expiresAt;
    }

    public Instant lastUsedAt() {
        return lastUsedAt;
    }

    public Instant revokedAt() {
        return revokedAt;
    }
}

package org.holdfast.domain.people;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * A person's TOTP device (RFC 6238). Inactive until a first valid code; the last used time step is
 * advanced by compare-and-set in one UPDATE, so that one code works once.
 */
@Entity
@Table(name = "totp_devices")
public class TotpDevice {
    @Id
    @Column(name = "user_id")
    private UUID userId;

    @Column(name = "sealed_secret")
    private String sealedSecret;

    private boolean active;

    @Column(name = "last_step")
    private long lastStep;

    private int failures;

    @Column(name = "blocked_until")
    private Instant blockedUntil;

    @Column(name = "created_at")
    private Instant createdAt;

    protected TotpDevice() {}

    public TotpDevice(UUID userId, String sealedSecret, Instant now) {
        this.userId = userId;
        this.sealedSecret = sealedSecret;
        this.createdAt = now;
    }

    public UUID userId() {
        return userId;
    }

    public String sealedSecret() {
        return sealedSecret;
    }

    public boolean active() {
        return active;
    }

    public long lastStep() {
        return lastStep;
    }

    public int failures() {
        return failures;
    }

    public Instant blockedUntil() {
        return blockedUntil;
    }

    public Instant createdAt() {
        return createdAt;
    }
}

package org.holdfast.domain.people;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;

/**
 * A person's passkey (WebAuthn): a public key, whose private half an authenticator keeps and uses
 * only after it has verified the person. So it stands for both factors of a sign-in.
 *
 * <p>Where an authenticator counts its signatures, the count is advanced by compare-and-set in one
 * UPDATE. One that does not advance may come from a copy of the key: the passkey is SUSPECT from
 * then on and opens nothing.
 */
@Entity
@Table(name = "passkeys")
public class Passkey {
    /** More than anybody needs, so that the list stays one that can be read. */
    public static final int MOST = 20;

    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} .,'()_-]{0,62}");

    @Id private UUID id;

    @Column(name = "user_id")
    private UUID userId;

    private String name;

    @Column(name = "credential_id")
    private String credentialId;

    @Column(name = "credential")
    private byte[] credential;

    private long signatures;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "last_used_at")
    private Instant lastUsedAt;

    @Column(name = "suspect_at")
    private Instant suspectAt;

    protected Passkey() {}

    /**
     * @param credentialId as the authenticator chose it, Base64url without padding
     * @param credential the attested credential data of WebAuthn, section 6.5.1: AAGUID, id, and
     *     the public key as COSE has it
     * @param signatures the authenticator's counter; 0 where it keeps none
     * @throws Refused PASSKEY-NAME
     */
    public Passkey(
            UUID userId,
            String name,
            String credentialId,
            byte[] credential,
            long signatures,
            Instant now) {
        this.id = Ids.next();
        this.userId = userId;
        this.name = requireName(name);
        this.credentialId = credentialId;
        this.credential = credential.clone();
        this.signatures = signatures;
        this.createdAt = now;
    }

    /**
     * @throws Refused PASSKEY-NAME
     */
    public static String requireName(String name) {
        String stripped = name == null ? "" : name.strip();
        if (!NAME.matcher(stripped).matches()) {
            throw new Refused(
                    "PASSKEY-NAME",
                    "\"" + stripped + "\" is no name for a passkey.",
                    "Say where it is kept in 1 to 63 letters, digits and blanks, e.g. \"Laptop\".");
        }
        return stripped;
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

    public String credentialId() {
        return credentialId;
    }

    public byte[] credential() {
        return credential.clone();
    }

    public long signatures() {
        return signatures;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Null until it was used. */
    public Instant lastUsedAt() {
        return lastUsedAt;
    }

    /** Since when it may have been copied; null where nothing speaks for it. */
    public Instant suspectAt() {
        return suspectAt;
    }

    /** Whether it opens anything. */
    public boolean usable() {
        return suspectAt() == null;
    }
}

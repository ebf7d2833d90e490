package org.holdfast.domain.storage;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Days;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Origin;

/**
 * A store as the catalog knows it: a directory or a bucket. One from the configuration is entered
 * at start and keeps its secret there; one set up in the console keeps it sealed here. Retired, it
 * gets no new copies and its old ones stay readable.
 */
@Entity
@Table(name = "stores")
public class StorageLocation {
    public enum Kind {
        DIRECTORY,
        S3
    }

    @Id private UUID id;

    @Column(nullable = false, unique = true)
    private String name;

    @Enumerated(EnumType.STRING)
    private Origin origin;

    @Enumerated(EnumType.STRING)
    private Kind kind;

    private String directory;
    private String endpoint;
    private String region;
    private String bucket;
    private String prefix;

    @Column(name = "access_key_id")
    private String accessKeyId;

    @Column(name = "sealed_secret")
    private String sealedSecret;

    @Column(name = "keys_end_on")
    private LocalDate keysEndOn;

    @Enumerated(EnumType.STRING)
    @Column(name = "lock_mode")
    private LockMode lockMode = LockMode.GOVERNANCE;

    private boolean retired;

    protected StorageLocation() {}

    public static StorageLocation directory(String name, Origin origin, String directory) {
        StorageLocation store = new StorageLocation();
        store.id = Ids.next();
        store.name = name;
        store.origin = origin;
        store.kind = Kind.DIRECTORY;
        store.directory = directory;
        store.prefix = "";
        return store;
    }

    /**
     * @param prefix empty or ending in a slash
     * @param sealedSecret null where the configuration keeps the secret
     */
    public static StorageLocation bucket(
            String name,
            Origin origin,
            String endpoint,
            String region,
            String bucket,
            String prefix,
            String accessKeyId,
            String sealedSecret) {
        StorageLocation store = new StorageLocation();
        store.id = Ids.next();
        store.name = name;
        store.origin = origin;
        store.kind = Kind.S3;
        store.endpoint = endpoint;
        store.region = region;
        store.bucket = bucket;
        store.prefix = prefix;
        store.accessKeyId = accessKeyId;
        store.sealedSecret = sealedSecret;
        return store;
    }

    /** Takes over what the configuration says now about the store of the same name. */
    public void follow(StorageLocation configured) {
        kind = configured.kind;
        directory = configured.directory;
        endpoint = configured.endpoint;
        region = configured.region;
        bucket = configured.bucket;
        prefix = configured.prefix;
        accessKeyId = configured.accessKeyId;
        sealedSecret = configured.sealedSecret;
        keysEndOn = configured.keysEndOn;
        retired = false;
    }

    /**
     * From now on it is opened with these keys.
     *
     * @param sealed null where the configuration keeps the secret
     * @param endOn from the beginning of that day (UTC) on they are no good, one of {@link Days};
     *     empty: nobody said so
     */
    public void useKeys(String accessKey, String sealed, Optional<LocalDate> endOn) {
        accessKeyId = accessKey;
        sealedSecret = sealed;
        if (!endOn.map(Days::known).orElse(true)) {
            throw new IllegalArgumentException("The end of a key is " + Days.EXPECTED + ".");
        }
        keysEndOn = endOn.orElse(null);
    }

    /** From now on new copies are locked so; those that are there keep the lock they have. */
    public void lockWith(LockMode mode) {
        lockMode = mode;
    }

    /** How new copies are locked, where the bucket can. */
    public LockMode lockMode() {
        return lockMode;
    }

    public void retire() {
        retired = true;
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

    public Kind kind() {
        return kind;
    }

    public String directory() {
        return directory;
    }

    public String endpoint() {
        return endpoint;
    }

    public String region() {
        return region;
    }

    public String bucket() {
        return bucket;
    }

    public String prefix() {
        return prefix;
    }

    public String accessKeyId() {
        return accessKeyId;
    }

    public String sealedSecret() {
        return sealedSecret;
    }

    /** From when on (UTC) its keys are no good, as people said; empty where nobody did. */
    public Optional<LocalDate> keysEndOn() {
        return Optional.ofNullable(keysEndOn);
    }

    public boolean retired() {
        return retired;
    }

    /** Where it is, for people: a directory, or endpoint and bucket. */
    public String place() {
        return switch (kind) {
            case DIRECTORY -> directory;
            case S3 -> endpoint + "/" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        };
    }
}

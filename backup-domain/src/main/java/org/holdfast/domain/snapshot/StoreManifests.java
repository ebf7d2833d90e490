package org.holdfast.domain.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StoreFailure;

/** Finds the backups that lie in a store, by nothing but what lies there. */
public interface StoreManifests {
    /** What a manifest that was found is worth. */
    enum Standing {
        /** By a key that is trusted, and every object that it names is there in its size. */
        SIGNED,
        /** There is no signature beside it. */
        UNSIGNED,
        /** The signature is not that of the key that it should be of: something was changed. */
        WRONGLY_SIGNED,
        /** Signed by a key that nobody said is to be trusted. */
        FOREIGN,
        /** Signed by a key that is trusted, and an object is missing or has another size. */
        INCOMPLETE,
        /** It could not be read, or is none. */
        UNREADABLE
    }

    /**
     * A public key that signs manifests.
     *
     * @param pem SubjectPublicKeyInfo
     * @param fingerprint SHA-256 of its DER
     */
    record SigningKey(String pem, Sha256 fingerprint) {}

    /**
     * @param folder where its objects lie
     * @param text of the manifest, empty where it could not be read
     * @param key that signed it, or that lies beside it and says so; empty where there is none
     * @param words what is to be said of it
     */
    record Found(
            Stray.Folder folder,
            Standing standing,
            String text,
            Optional<SigningKey> key,
            String words) {}

    /**
     * Whose signatures count, beside this server's keys.
     *
     * @param keys given whole
     * @param accepted fingerprints; the key itself is taken from beside a snapshot
     */
    record Trust(List<SigningKey> keys, Set<Sha256> accepted) {}

    /**
     * @param pem of an Ed25519 public key
     * @throws Refused KEY-VERIFYING
     */
    SigningKey key(String pem);

    /**
     * Hands over every manifest below a store's prefix, in the order of keys; what lies there
     * without one is no backup.
     *
     * @param known folders that are left out
     */
    void find(StorageLocation place, Predicate<ObjectKey> known, Trust trust, Consumer<Found> each)
            throws StoreFailure;
}

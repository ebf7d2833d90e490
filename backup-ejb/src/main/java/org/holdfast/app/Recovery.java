package org.holdfast.app;

import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.StoreManifests;
import org.holdfast.domain.snapshot.StoreManifests.SigningKey;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;

/**
 * Enters what lies in the stores and the catalog does not know, by signed manifests alone. Each
 * backup is entered in a transaction of its own, so whatever ends it, the next run goes on; what
 * the catalog knows is not touched.
 */
@Stateless
@RolesAllowed(SUPER_GURU_NAME)
public class Recovery {
    @Inject private RecoveryDesk desk;
    @Inject private StoreManifests manifests;
    @Inject private StorageLocations stores;

    /** What became of something that was found. */
    public enum Outcome {
        /** Source, run, snapshot and copy are in the catalog now. */
        ADDED,
        /** The backup was known, or was added from another store; this copy of it is now, too. */
        COPY_ADDED,
        /** Nothing was changed; the words say why. */
        LEFT
    }

    /**
     * @param backup empty where the manifest is not to be believed
     * @param standing of the manifest
     * @param key fingerprint of the key that signed it, or says that it did
     * @param words empty where there is nothing to be said
     */
    public record Item(
            String store,
            ObjectKey folder,
            Optional<UUID> backup,
            Optional<String> source,
            Optional<Instant> takenAt,
            StoreManifests.Standing standing,
            Outcome outcome,
            Optional<Sha256> key,
            String words) {}

    /**
     * @param known copies that the catalog knew before
     * @param failure why the store was not looked through to its end; empty where it was
     */
    public record OfStore(String name, String place, int known, Optional<String> failure) {}

    public record Report(List<OfStore> stores, List<Item> items) {}

    /**
     * @param publicKeys PEM, each trusted from now on
     * @param acceptKeys fingerprints in hex of keys that lie beside the snapshots; each that signed
     *     one is trusted from now on
     * @throws Refused RECOVER-KEY, KEY-VERIFYING, STORES-MISSING, STEP-UP
     */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public Report recover(List<String> publicKeys, List<String> acceptKeys, String otp) {
        List<SigningKey> given = publicKeys.stream().map(manifests::key).toList();
        Set<Sha256> accepted = new LinkedHashSet<>();
        acceptKeys.forEach(key -> accepted.add(fingerprint(key)));
        List<StorageLocation> places = stores.active();
        if (places.isEmpty()) {
            throw new Refused(
                    "STORES-MISSING",
                    "No store is configured, so there is nothing to recover from.",
                    "Set BACKUP_STORAGE_DIR or the S3_ names as they were, and restart.");
        }
        desk.begin(given, accepted, otp);
        StoreManifests.Trust trust = new StoreManifests.Trust(given, accepted);
        List<OfStore> looked = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        for (StorageLocation place : places) {
            Set<ObjectKey> known = desk.known(place.id());
            Optional<String> failure = Optional.empty();
            try {
                manifests.find(
                        place, known::contains, trust, found -> items.add(enter(place, found)));
            } catch (StoreFailure | Refused e) {
                failure = Optional.of(e.getMessage());
            }
            looked.add(new OfStore(place.name(), place.place(), known.size(), failure));
        }
        desk.end(items);
        return new Report(looked, items);
    }

    private Item enter(StorageLocation place, StoreManifests.Found found) {
        if (found.standing() != StoreManifests.Standing.SIGNED) {
            return new Item(
                    place.name(),
                    found.folder().key(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    found.standing(),
                    Outcome.LEFT,
                    found.key().map(SigningKey::fingerprint),
                    found.words());
        }
        return desk.enter(place, found);
    }

    private static Sha256 fingerprint(String hex) {
        String plain = hex.strip().replace(":", "").toLowerCase(java.util.Locale.ROOT);
        if (!plain.matches("[0-9a-f]{64}")) {
            throw new Refused(
                    "RECOVER-KEY",
                    "What was given is no fingerprint of a key: it has to be 64 hexadecimal digits.",
                    "Take it from where it was noted when Holdfast was set up, not from the stores.");
        }
        return new Sha256(plain);
    }
}

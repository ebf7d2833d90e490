package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.app.ManifestJson;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.StoreManifests;
import org.holdfast.domain.snapshot.Stray;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.pipeline.Signer;
import org.holdfast.security.SigningKeys;

/**
 * Reads manifests and signatures out of stores. The list of a store's objects comes first and the
 * manifests after it, so that no listing waits for reading.
 */
@ApplicationScoped
class ManifestSearch implements StoreManifests {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\\s]+-----END PUBLIC KEY-----");

    @Inject private BlobStores blobStores;
    @Inject private StorageLocations locations;
    @Inject private SigningKeys signing;

    @Override
    public SigningKey key(String pem) {
        return new SigningKey(pem, Signer.fingerprint(pem));
    }

    /** What lies in one folder, sizes by name. */
    private record Heap(Stray.Folder folder, Map<String, Long> sizes) {
        boolean has(String name) {
            return sizes.containsKey(name);
        }
    }

    @Override
    public void find(
            StorageLocation place, Predicate<ObjectKey> known, Trust trust, Consumer<Found> each)
            throws StoreFailure {
        List<SigningKey> trusted = new ArrayList<>(trust.keys());
        signing.all().forEach(own -> trusted.add(new SigningKey(own.pem(), own.fingerprint())));
        try (BlobStore store = blobStores.open(locations.access(place))) {
            for (Heap heap : heaps(store, known)) {
                each.accept(judge(store, heap, trusted, trust));
            }
        }
    }

    private static List<Heap> heaps(BlobStore store, Predicate<ObjectKey> known)
            throws StoreFailure {
        List<Heap> whole = new ArrayList<>();
        Heap[] open = {null};
        store.list(
                "",
                blob ->
                        Stray.Folder.of(blob.key())
                                .filter(folder -> !known.test(folder.key()))
                                .ifPresent(
                                        folder -> {
                                            if (open[0] == null || !open[0].folder.equals(folder)) {
                                                keep(whole, open[0]);
                                                open[0] = new Heap(folder, new HashMap<>());
                                            }
                                            open[0].sizes.put(blob.key().name(), blob.size());
                                        }));
        keep(whole, open[0]);
        return whole;
    }

    private static void keep(List<Heap> whole, Heap heap) {
        if (heap != null && heap.has(SnapshotKeys.MANIFEST)) {
            whole.add(heap);
        }
    }

    private static Found judge(BlobStore store, Heap heap, List<SigningKey> trusted, Trust trust)
            throws StoreFailure {
        try {
            byte[] manifest = read(store, heap, SnapshotKeys.MANIFEST);
            String text = new String(manifest, StandardCharsets.UTF_8);
            if (!heap.has(SnapshotKeys.SIGNATURE)) {
                return new Found(
                        heap.folder,
                        Standing.UNSIGNED,
                        text,
                        Optional.empty(),
                        "There is no signature beside it.");
            }
            byte[] signature = read(store, heap, SnapshotKeys.SIGNATURE);
            Optional<SigningKey> by = signer(trusted, manifest, signature);
            if (by.isEmpty()) {
                Optional<SigningKey> beside = beside(store, heap);
                if (beside.isEmpty() || !verifies(beside.get(), manifest, signature)) {
                    return new Found(
                            heap.folder,
                            Standing.WRONGLY_SIGNED,
                            text,
                            beside,
                            "The signature fits no trusted key, nor the one beside it.");
                }
                if (!trust.accepted().contains(beside.get().fingerprint())) {
                    return new Found(
                            heap.folder,
                            Standing.FOREIGN,
                            text,
                            beside,
                            "It is signed by a key that is not trusted.");
                }
                by = beside;
            }
            String amiss = amiss(ManifestJson.read(text), heap);
            return new Found(
                    heap.folder,
                    amiss.isEmpty() ? Standing.SIGNED : Standing.INCOMPLETE,
                    text,
                    by,
                    amiss);
        } catch (StoreFailure e) {
            if (e.kind() != StoreFailure.Kind.MISSING && e.kind() != StoreFailure.Kind.CORRUPT) {
                throw e;
            }
            return unreadable(heap, e);
        } catch (IOException | Refused e) {
            return unreadable(heap, e);
        }
    }

    private static Found unreadable(Heap heap, Exception e) {
        return new Found(
                heap.folder,
                Standing.UNREADABLE,
                "",
                Optional.empty(),
                String.valueOf(e.getMessage()));
    }

    private static byte[] read(BlobStore store, Heap heap, String name) throws IOException {
        return Stores.read(store, heap.folder.key().resolve(name));
    }

    private static Optional<SigningKey> signer(
            List<SigningKey> trusted, byte[] manifest, byte[] signature) {
        return trusted.stream().filter(key -> verifies(key, manifest, signature)).findFirst();
    }

    private static boolean verifies(SigningKey key, byte[] manifest, byte[] signature) {
        return Signer.verify(key.pem(), manifest, signature);
    }

    /** The public key that RECOVER.md carries; whether it is to be trusted is another question. */
    private static Optional<SigningKey> beside(BlobStore store, Heap heap) throws IOException {
        if (!heap.has(SnapshotKeys.RECOVER_MD)) {
            return Optional.empty();
        }
        Matcher pem =
                PEM.matcher(
                        new String(
                                read(store, heap, SnapshotKeys.RECOVER_MD),
                                StandardCharsets.UTF_8));
        if (!pem.find()) {
            return Optional.empty();
        }
        String text = pem.group().replaceAll("(?m)^[ \\t]+", "") + "\n";
        try {
            return Optional.of(new SigningKey(text, Signer.fingerprint(text)));
        } catch (Refused e) {
            return Optional.empty();
        }
    }

    /** What the manifest names and is not there as it says; empty where all is. */
    private static String amiss(Manifest manifest, Heap heap) {
        for (Manifest.StoredObject object : manifest.objects()) {
            Long size = heap.sizes.get(object.name());
            if (size == null) {
                return "It has no object " + object.name() + ".";
            }
            if (size != object.size()) {
                return object.name()
                        + " has "
                        + size
                        + " bytes, the manifest says "
                        + object.size()
                        + ".";
            }
        }
        return "";
    }
}

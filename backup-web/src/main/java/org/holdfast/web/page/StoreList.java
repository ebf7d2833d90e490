package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.holdfast.app.PlaceEnds;
import org.holdfast.app.Places;
import org.holdfast.app.StoreGuards;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StoreCheck;

/** Where backups go to. */
@Named("stores")
@ViewScoped
public class StoreList implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Places places;
    @Inject private StoreGuards guards;
    @Inject private PlaceEnds placeEnds;

    private final Found found = new Found();
    private final Found looked = new Found();
    private transient List<StorageLocation> stores;
    private transient Map<UUID, StoreCheck> checks;
    private transient Map<UUID, PlaceEnds.Ends> ends;
    private transient StoreGuards.Hardened hardened;

    private StorageLocation.Kind kind = StorageLocation.Kind.S3;
    private String name;
    private String directory;
    private String endpoint;
    private String region = "us-east-1";
    private String bucket;
    private String prefix;
    private String accessKeyId;
    private String secretAccessKey;
    private LocalDate keysEndOn;
    private String otp;

    private UUID change;
    private String changeOtp;

    private UUID keys;
    private String newKeyId;
    private String newSecret;
    private LocalDate newEndOn;
    private String keysOtp;

    private UUID harden;
    private String hardenOtp;

    private UUID lock;
    private LockMode lockMode;
    private String lockOtp;

    public void load() {
        stores = places.stores();
        ends = placeEnds.ofStores(stores);
        checks = new HashMap<>();
        stores.forEach(
                store -> guards.last(store.id()).ifPresent(check -> checks.put(store.id(), check)));
    }

    public PlaceEnds.Ends endsOf(UUID id) {
        return ends.getOrDefault(id, PlaceEnds.Ends.UNKNOWN);
    }

    /** Looks at a store now; one that does not answer is told beside it. */
    public void check(UUID id) {
        looked.test(
                id,
                () -> {
                    guards.check(id);
                    return Say.of("store_checked");
                });
        load();
    }

    public String looked(UUID id) {
        return looked.sentence(id);
    }

    public String toneOfLook(UUID id) {
        return looked.tone(id);
    }

    /** The last look; null where nobody has looked. */
    public StoreCheck checkOf(UUID id) {
        return checks.get(id);
    }

    /** What is not as it should be, the worst first. */
    public List<Finding> open(UUID id) {
        return findings(id)
                .filter(f -> f.verdict() != Finding.Verdict.FULFILLED)
                .sorted(Comparator.comparing(StoreList::rank))
                .toList();
    }

    public List<Finding> fulfilled(UUID id) {
        return findings(id).filter(f -> f.verdict() == Finding.Verdict.FULFILLED).toList();
    }

    private Stream<Finding> findings(UUID id) {
        return checks.containsKey(id) ? checks.get(id).findings().stream() : Stream.empty();
    }

    private static int rank(Finding finding) {
        return switch (finding.verdict()) {
            case LACKING -> 0;
            case NOT_ALLOWED -> 1;
            case UNSUPPORTED -> 2;
            case TOLD -> 3;
            case FULFILLED -> 4;
        };
    }

    public boolean settable(UUID id) {
        return findings(id).anyMatch(Finding::settable);
    }

    /** The store whose gaps are to be closed; null where the address names none. */
    public StorageLocation getHardening() {
        return stores.stream().filter(s -> s.id().equals(harden)).findFirst().orElse(null);
    }

    public void hardenNow() {
        hardened = guards.harden(harden, hardenOtp);
        String name = hardened.store();
        if (hardened.whole()) {
            Say.done(Say.of("store_hardened", name), Say.of("store_hardened_means"));
        } else {
            Say.warn(Say.of("store_hardened_partly", name), Say.of("store_hardened_partly_do"));
        }
        harden = null;
        hardenOtp = null;
        done();
    }

    /** What was opened is done with; the address does not open it again. */
    private void done() {
        load();
        Address.shown("stores.xhtml");
    }

    /** What came of it line by line; null where nothing was set from this page. */
    public StoreGuards.Hardened getHardened() {
        return hardened;
    }

    /** The store whose way to lock is to be changed; null where the address names none. */
    public StorageLocation getLocking() {
        return stores.stream().filter(s -> s.id().equals(lock)).findFirst().orElse(null);
    }

    public void lockNow() {
        String name = getLocking().name();
        guards.lockWith(lock, lockMode, lockOtp);
        Say.done(Say.of("lock_changed", name), Say.of("lock_changed_means"));
        lock = null;
        lockMode = null;
        lockOtp = null;
        done();
    }

    public UUID getLock() {
        return lock;
    }

    public void setLock(UUID lock) {
        this.lock = lock;
    }

    public LockMode getLockMode() {
        return lockMode == null && getLocking() != null ? getLocking().lockMode() : lockMode;
    }

    public void setLockMode(LockMode lockMode) {
        this.lockMode = lockMode;
    }

    public String getLockOtp() {
        return lockOtp;
    }

    public void setLockOtp(String lockOtp) {
        this.lockOtp = lockOtp;
    }

    public UUID getHarden() {
        return harden;
    }

    public void setHarden(UUID harden) {
        this.harden = harden;
    }

    public String getHardenOtp() {
        return hardenOtp;
    }

    public void setHardenOtp(String hardenOtp) {
        this.hardenOtp = hardenOtp;
    }

    /** The store whose access key is to be changed; null where the address names none. */
    public StorageLocation getKeyed() {
        return stores.stream().filter(s -> s.id().equals(keys)).findFirst().orElse(null);
    }

    public void keysNow() {
        String name = getKeyed().name();
        places.changeKeys(
                keys,
                given(newKeyId),
                given(newSecret).map(Secret::of),
                Optional.ofNullable(newEndOn),
                keysOtp);
        Say.done(Say.of("keys_changed", name), Say.of("keys_changed_means"));
        keys = null;
        newKeyId = null;
        newSecret = null;
        newEndOn = null;
        keysOtp = null;
        done();
    }

    private static Optional<String> given(String text) {
        return Optional.ofNullable(text).map(String::strip).filter(t -> !t.isEmpty());
    }

    /** The store to be retired; null where the address names none. */
    public StorageLocation getStore() {
        return stores.stream().filter(s -> s.id().equals(change)).findFirst().orElse(null);
    }

    public void retire() {
        String store = getStore().name();
        places.retireStore(change, changeOtp);
        Say.done(Say.of("store_retired", store), Say.of("store_retired_means"));
        change = null;
        changeOtp = null;
        done();
    }

    public UUID getChange() {
        return change;
    }

    public void setChange(UUID change) {
        this.change = change;
    }

    public String getChangeOtp() {
        return changeOtp;
    }

    public void setChangeOtp(String changeOtp) {
        this.changeOtp = changeOtp;
    }

    public void test(UUID id) {
        found.test(id, () -> places.testStore(id));
    }

    public void add() {
        switch (kind) {
            case DIRECTORY -> places.addDirectory(name, directory, otp);
            case S3 ->
                    places.addBucket(
                            name,
                            endpoint == null ? "" : endpoint,
                            region,
                            bucket,
                            prefix,
                            accessKeyId,
                            Secret.of(secretAccessKey == null ? "" : secretAccessKey),
                            Optional.ofNullable(keysEndOn),
                            otp);
        }
        Say.done(Say.of("store_added", name), Say.of("store_added_means"));
        name = null;
        directory = null;
        endpoint = null;
        bucket = null;
        prefix = null;
        accessKeyId = null;
        secretAccessKey = null;
        keysEndOn = null;
        otp = null;
        load();
    }

    public String found(UUID id) {
        return found.sentence(id);
    }

    public String toneOf(UUID id) {
        return found.tone(id);
    }

    public List<StorageLocation> getStores() {
        return stores;
    }

    public StorageLocation.Kind getKind() {
        return kind;
    }

    public void setKind(StorageLocation.Kind kind) {
        this.kind = kind;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getDirectory() {
        return directory;
    }

    public void setDirectory(String directory) {
        this.directory = directory;
    }

    public String getEndpoint() {
        return endpoint;
    }

    public void setEndpoint(String endpoint) {
        this.endpoint = endpoint;
    }

    public String getRegion() {
        return region;
    }

    public void setRegion(String region) {
        this.region = region;
    }

    public String getBucket() {
        return bucket;
    }

    public void setBucket(String bucket) {
        this.bucket = bucket;
    }

    public String getPrefix() {
        return prefix;
    }

    public void setPrefix(String prefix) {
        this.prefix = prefix;
    }

    public String getAccessKeyId() {
        return accessKeyId;
    }

    public void setAccessKeyId(String accessKeyId) {
        this.accessKeyId = accessKeyId;
    }

    public String getSecretAccessKey() {
        return secretAccessKey;
    }

    public void setSecretAccessKey(String secretAccessKey) {
        this.secretAccessKey = secretAccessKey;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public UUID getKeys() {
        return keys;
    }

    public void setKeys(UUID keys) {
        this.keys = keys;
    }

    public String getNewKeyId() {
        return newKeyId;
    }

    public void setNewKeyId(String newKeyId) {
        this.newKeyId = newKeyId;
    }

    public String getNewSecret() {
        return newSecret;
    }

    public void setNewSecret(String newSecret) {
        this.newSecret = newSecret;
    }

    public LocalDate getNewEndOn() {
        return newEndOn;
    }

    public void setNewEndOn(LocalDate newEndOn) {
        this.newEndOn = newEndOn;
    }

    public String getKeysOtp() {
        return keysOtp;
    }

    public void setKeysOtp(String keysOtp) {
        this.keysOtp = keysOtp;
    }

    public LocalDate getKeysEndOn() {
        return keysEndOn;
    }

    public void setKeysEndOn(LocalDate keysEndOn) {
        this.keysEndOn = keysEndOn;
    }
}

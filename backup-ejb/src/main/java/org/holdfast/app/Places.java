package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.restore.TargetProbe;
import org.holdfast.domain.shared.Days;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.RunState;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.SourceProbe;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.security.Sealer;

/** Where backups come from and go to: sources, targets and stores. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Places {
    private static final Duration STORE_DEADLINE = Duration.ofMinutes(2);

    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private StorageLocations stores;
    @Inject private BackupRuns runs;
    @Inject private Snapshots snapshots;
    @Inject private RestoreRequests restores;
    @Inject private SourceProbe sourceProbe;
    @Inject private TargetProbe targetProbe;
    @Inject private BlobStores blobStores;
    @Inject private Sealer sealer;
    @Inject private SecondFactor secondFactor;
    @Inject private Approvals approvals;
    @Inject private TargetChange targetChange;
    @Inject private ProtectedTwins twins;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /** Those in use, by name. */
    public Page<Source> sources(Optional<String> cursor, int max) {
        return Page.byName(sources.active(), Source::name, cursor, max);
    }

    /** Those whose name or address holds a text; empty: all. */
    public Part<Source> sources(String text, int page, int size) {
        return sources.search(text, page, size);
    }

    /** Empty where there is none in use. */
    public Optional<Source> source(UUID id) {
        return sources.find(id).filter(source -> !source.retired());
    }

    /** As of sources. */
    public Part<TargetEnvironment> targets(String text, int page, int size) {
        String wanted = text.strip().toLowerCase(Locale.ROOT);
        return Part.of(
                targets.active().stream()
                        .filter(
                                t ->
                                        (t.name() + "\n" + t.redactedUrl())
                                                .toLowerCase(Locale.ROOT)
                                                .contains(wanted))
                        .toList(),
                page,
                size);
    }

    /** Empty where there is none in use. */
    public Optional<TargetEnvironment> target(UUID id) {
        return targets.find(id).filter(target -> !target.retired());
    }

    /** Those in use, by name. */
    public Page<TargetEnvironment> targets(Optional<String> cursor, int max) {
        return Page.byName(targets.active(), TargetEnvironment::name, cursor, max);
    }

    public List<TargetEnvironment> targets() {
        return targets.active();
    }

    public List<StorageLocation> stores() {
        return stores.active();
    }

    /** Retired ones too: what is in them can be read on. */
    public StorageLocation store(UUID id) {
        return stores.find(id).orElseThrow(() -> Refused.notFound("store", id));
    }

    /** Adds a source to the catalog after a successful connection; its URL is sealed. */
    @RolesAllowed(SUPER_GURU_NAME)
    public UUID addSource(String name, String url, String otp) {
        Source.requireName("source", name);
        if (sources.byName(name).filter(s -> !s.retired()).isPresent()) {
            throw taken("source", name);
        }
        PostgresUrl parsed = PostgresUrl.parse(url);
        sourceProbe.test(parsed);
        String sealed = sealer.seal(Secret.of(parsed.reveal()));
        secondFactor.require(caller.name(), otp, "source.add " + name + " " + parsed.redacted());
        Source source = sources.byName(name).orElse(null);
        if (source == null) {
            source = new Source(name, Origin.CATALOG, parsed.redacted(), sealed);
            sources.add(source);
        } else {
            requireCatalog("source", name, source.origin());
            source.follow(parsed.redacted(), sealed);
        }
        audit.append(
                caller.actor(), "source.add", "source/" + name, Map.of("url", parsed.redacted()));
        return source.id();
    }

    /**
     * Takes a source out of use; its backups stay.
     *
     * @throws Refused PLACE-BUSY while a backup of it waits or runs
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void retireSource(UUID id, String otp) {
        Source source = sources.find(id).orElseThrow(() -> Refused.notFound("source", id));
        requireCatalog("source", source.name(), source.origin());
        requireActive("source", source.name(), source.retired());
        runs.active().stream()
                .filter(run -> run.sourceId().equals(id))
                .findFirst()
                .ifPresent(run -> refuseBusy("source", source.name(), run));
        secondFactor.require(
                caller.name(), otp, "source.retire " + source.name() + " " + source.redactedUrl());
        source.retire();
        audit.append(
                caller.actor(),
                "source.retire",
                "source/" + source.name(),
                Map.of("url", source.redactedUrl()));
    }

    private static void refuseBusy(String what, String name, BackupRun run) {
        throw new Refused(
                "PLACE-BUSY",
                "Backup "
                        + run.id()
                        + " works on "
                        + what
                        + " "
                        + name
                        + ": it is "
                        + run.state()
                        + ".",
                "Wait for it to end, or cancel it; then retire the " + what + ".");
    }

    private static void requireActive(String what, String name, boolean retired) {
        if (retired) {
            throw new Refused(
                    "PLACE-RETIRED",
                    "The " + what + " " + name + " is retired already.",
                    "There is nothing to do.");
        }
    }

    /** Connects to a source and tells what is there, in one sentence. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public String testSource(UUID id) {
        Source source = sources.find(id).orElseThrow(() -> Refused.notFound("source", id));
        return tested("source", source.name(), () -> sourceProbe.test(sources.url(source)));
    }

    /** Adds a target to the catalog after a successful connection; its URL is sealed. */
    @RolesAllowed(SUPER_GURU_NAME)
    public UUID addTarget(String name, String url, TargetEnvironment.Rules rules, String otp) {
        Source.requireName("target", name);
        if (targets.byName(name).filter(t -> !t.retired()).isPresent()) {
            throw taken("target", name);
        }
        PostgresUrl parsed = PostgresUrl.parse(url);
        targetProbe.test(parsed);
        // Not under another name, and not after it was retired.
        twins.requireNone(parsed, targetProbe.systemIdentifier(parsed), rules);
        String sealed = sealer.seal(Secret.of(parsed.reveal()));
        secondFactor.require(
                caller.name(), otp, "target.add " + name + " " + parsed.redacted() + " " + rules);
        TargetEnvironment target = targets.byName(name).orElse(null);
        if (target == null) {
            target = new TargetEnvironment(name, Origin.CATALOG, parsed.redacted(), sealed, rules);
            targets.add(target);
        } else {
            requireCatalog("target", name, target.origin());
            target.follow(parsed.redacted(), sealed, rules);
        }
        audit.append(
                caller.actor(),
                "target.add",
                "target/" + name,
                Map.of("url", parsed.redacted(), "rules", rules.toString()));
        return target.id();
    }

    /**
     * Changes what is allowed with a target that was set up in the console.
     *
     * @param reason why; needed where a second person has to agree
     * @return the approval it waits for; empty where it was changed at once
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Optional<UUID> changeTarget(
            UUID id, TargetEnvironment.Rules rules, String reason, String otp) {
        TargetEnvironment target =
                targets.lock(id).orElseThrow(() -> Refused.notFound("target", id));
        JsonObject parameters = TargetChange.parameters(target, rules);
        targetChange.plan(parameters);
        secondFactor.require(
                caller.name(), otp, TargetChange.OPERATION + " " + CanonicalJson.text(parameters));
        if (approvals.asked(TargetChange.OPERATION, parameters)) {
            return Optional.of(approvals.request(TargetChange.OPERATION, parameters, reason));
        }
        targetChange.carryOut(parameters, caller.name(), caller.name());
        return Optional.empty();
    }

    /**
     * Takes a target out of use; the records of its restores stay.
     *
     * @throws Refused RESTORE-BUSY while a restore holds it
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void retireTarget(UUID id, String otp) {
        TargetEnvironment target =
                targets.lock(id).orElseThrow(() -> Refused.notFound("target", id));
        requireCatalog("target", target.name(), target.origin());
        requireActive("target", target.name(), target.retired());
        restores.activeOn(id).ifPresent(RestoreQueue::refuseBeside);
        secondFactor.require(
                caller.name(), otp, "target.retire " + target.name() + " " + target.redactedUrl());
        target.retire();
        audit.append(
                caller.actor(),
                "target.retire",
                "target/" + target.name(),
                Map.of("url", target.redactedUrl()));
    }

    /** Connects to a target and tells what is there, in one sentence. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public String testTarget(UUID id) {
        TargetEnvironment target =
                targets.find(id).orElseThrow(() -> Refused.notFound("target", id));
        return tested("target", target.name(), () -> targetProbe.test(targets.url(target)));
    }

    /** Adds a directory store after a successful probe. */
    @RolesAllowed(SUPER_GURU_NAME)
    public UUID addDirectory(String name, String directory, String otp) {
        requireNewStore(name);
        if (directory == null || !Path.of(directory).isAbsolute()) {
            throw new Refused(
                    "STORE-DIRECTORY",
                    "\"" + directory + "\" is not an absolute directory.",
                    "Give the full path of a directory on this server that Holdfast may write to.");
        }
        probe(new StoreAccess.Directory(name, Path.of(directory)));
        return addStore(StorageLocation.directory(name, Origin.CATALOG, directory), otp);
    }

    /** Adds a bucket after a successful probe; its secret key is sealed. */
    @RolesAllowed(SUPER_GURU_NAME)
    public UUID addBucket(
            String name,
            String endpoint,
            String region,
            String bucket,
            String prefix,
            String accessKeyId,
            Secret secretAccessKey,
            Optional<LocalDate> keysEndOn,
            String otp) {
        requireNewStore(name);
        requireGood(keysEndOn);
        String folder = prefix == null || prefix.isBlank() ? "" : prefix.replaceAll("/*$", "/");
        URI address;
        try {
            address = URI.create(endpoint == null ? "" : endpoint);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "STORE-ENDPOINT",
                    "\"" + endpoint + "\" is no endpoint.",
                    "Give scheme, host and port only, e.g. https://s3.eu-central-1.amazonaws.com.");
        }
        probe(
                new StoreAccess.Bucket(
                        name,
                        address,
                        region,
                        bucket,
                        folder,
                        accessKeyId,
                        secretAccessKey,
                        STORE_DEADLINE));
        String sealed = sealer.seal(secretAccessKey);
        StorageLocation store =
                StorageLocation.bucket(
                        name,
                        Origin.CATALOG,
                        endpoint,
                        region,
                        bucket,
                        folder,
                        accessKeyId,
                        sealed);
        store.useKeys(accessKeyId, sealed, keysEndOn);
        return addStore(store, otp);
    }

    /**
     * Opens a bucket with other keys from now on, after a successful probe with them; or notes when
     * those in use end.
     *
     * @param accessKeyId empty, as the secret is: the keys stay
     * @param endOn from the beginning of that day (UTC) on they are no good; empty: not known,
     *     which takes new keys
     * @throws Refused STORE-KEYS where they cannot be changed so, STORE-PROBE where the store does
     *     not take them
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void changeKeys(
            UUID id,
            Optional<String> accessKeyId,
            Optional<Secret> secret,
            Optional<LocalDate> endOn,
            String otp) {
        StorageLocation store = stores.find(id).orElseThrow(() -> Refused.notFound("store", id));
        requireCatalog("store", store.name(), store.origin());
        requireActive("store", store.name(), store.retired());
        if (!(stores.access(store) instanceof StoreAccess.Bucket now)) {
            throw new Refused(
                    "STORE-KEYS",
                    "Store " + store.name() + " is a directory: it has no keys.",
                    "Set them for a bucket.");
        }
        requireGood(endOn);
        if (accessKeyId.isPresent() != secret.isPresent()) {
            throw new Refused(
                    "STORE-KEYS",
                    "An access key is an id and a secret, and only one of them is given.",
                    "Give both, or neither where the keys stay and only the day changes.");
        }
        if (secret.isEmpty() && (endOn.isEmpty() || endOn.equals(store.keysEndOn()))) {
            throw new Refused(
                    "STORE-KEYS",
                    "Nothing would change: no new key is given, and no other day.",
                    "Give the new access key and its secret, or another day. A day that is not"
                            + " true falls away where the key is given once more without one.");
        }
        if (secret.isPresent()) {
            probe(
                    new StoreAccess.Bucket(
                            now.name(),
                            now.endpoint(),
                            now.region(),
                            now.bucket(),
                            now.prefix(),
                            accessKeyId.get(),
                            secret.get(),
                            STORE_DEADLINE));
        }
        String key = accessKeyId.orElse(store.accessKeyId());
        String sealed = secret.map(sealer::seal).orElse(store.sealedSecret());
        String day = said(endOn);
        secondFactor.require(
                caller.name(), otp, "store.keys " + store.name() + " " + key + " " + day);
        String before = store.accessKeyId();
        store.useKeys(key, sealed, endOn);
        audit.append(
                caller.actor(),
                "store.keys",
                "store/" + store.name(),
                Map.of("before", before, "after", key, "new", secret.isPresent(), "endOn", day));
    }

    private void requireGood(Optional<LocalDate> endOn) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        endOn.filter(day -> !day.isAfter(today) || !Days.known(day))
                .ifPresent(
                        day -> {
                            throw new Refused(
                                    "STORE-KEYS",
                                    day.isAfter(today)
                                            ? "An access key does not end in the year "
                                                    + day.getYear()
                                                    + "."
                                            : "An access key that ends on "
                                                    + day
                                                    + " is no good any more.",
                                    "Give the day on which it ends, after today (UTC); leave it"
                                            + " out where you do not know it.");
                        });
    }

    private UUID addStore(StorageLocation store, String otp) {
        Map<String, Object> detail = new TreeMap<>(Map.of("place", store.place()));
        StringBuilder operation =
                new StringBuilder("store.add " + store.name() + " " + store.place());
        if (store.kind() == StorageLocation.Kind.S3) {
            String day = said(store.keysEndOn());
            operation.append(" " + store.accessKeyId() + " " + day);
            detail.put("accessKeyId", store.accessKeyId());
            detail.put("endOn", day);
        }
        secondFactor.require(caller.name(), otp, operation.toString());
        stores.add(store);
        audit.append(caller.actor(), "store.add", "store/" + store.name(), detail);
        return store.id();
    }

    private static String said(Optional<LocalDate> endOn) {
        return endOn.map(LocalDate::toString).orElse("not known");
    }

    /**
     * Takes a store out of use: nothing new goes there, what is there can be read on.
     *
     * @throws Refused PLACE-BUSY while a backup runs, STORE-ONLY-COPY while it holds the only copy
     *     of a snapshot
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void retireStore(UUID id, String otp) {
        StorageLocation store = stores.find(id).orElseThrow(() -> Refused.notFound("store", id));
        requireCatalog("store", store.name(), store.origin());
        requireActive("store", store.name(), store.retired());
        runs.active().stream()
                .filter(run -> run.state() == RunState.RUNNING)
                .findFirst()
                .ifPresent(run -> refuseBusy("store", store.name(), run));
        long only = snapshots.onlyCopiesIn(id);
        if (only > 0) {
            throw new Refused(
                    "STORE-ONLY-COPY",
                    "Store "
                            + store.name()
                            + " holds the only copy of "
                            + only
                            + (only == 1 ? " snapshot." : " snapshots."),
                    "Keep it until these have expired, or until another store in use has a copy of"
                            + " each.");
        }
        secondFactor.require(
                caller.name(), otp, "store.retire " + store.name() + " " + store.place());
        store.retire();
        audit.append(
                caller.actor(),
                "store.retire",
                "store/" + store.name(),
                Map.of("place", store.place()));
    }

    /** Writes, reads back and removes a small object. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public String testStore(UUID id) {
        StorageLocation store = stores.find(id).orElseThrow(() -> Refused.notFound("store", id));
        return tested(
                "store",
                store.name(),
                () -> {
                    probe(stores.access(store));
                    return "Wrote, read back and removed a small object in " + store.place() + ".";
                });
    }

    /** Also of a test that fails the log tells who made it. */
    private String tested(String what, String name, Supplier<String> test) {
        String subject = what + "/" + name;
        try {
            String found = test.get();
            audit.append(
                    caller.actor(),
                    what + ".test",
                    subject,
                    Map.of("passed", true, "found", found));
            return found;
        } catch (Refused e) {
            audit.append(
                    caller.actor(),
                    what + ".test",
                    subject,
                    Map.of("passed", false, "code", e.code(), "found", e.getMessage()));
            throw e;
        }
    }

    private void probe(StoreAccess access) {
        try (BlobStore store = blobStores.open(access)) {
            store.probe();
        } catch (StoreFailure e) {
            throw new Refused(
                    "STORE-PROBE",
                    e.getMessage(),
                    "Mend what the message names, then test the store again.");
        }
    }

    private void requireNewStore(String name) {
        Source.requireName("store", name);
        if (stores.byName(name).isPresent()) {
            throw taken("store", name);
        }
    }

    private static Refused taken(String what, String name) {
        return new Refused(
                "NAME-TAKEN",
                "There is already a " + what + " named \"" + name + "\".",
                "Choose another name.");
    }

    private static void requireCatalog(String what, String name, Origin origin) {
        if (origin == Origin.CONFIGURATION) {
            throw setByConfiguration(what, name);
        }
    }

    static Refused setByConfiguration(String what, String name) {
        return new Refused(
                "SET-BY-CONFIGURATION",
                "The " + what + " " + name + " is set up in the configuration.",
                "Change it in the environment or properties file and restart Holdfast.");
    }
}

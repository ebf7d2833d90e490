package org.holdfast.app;

import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.ImportOrder;
import org.holdfast.domain.snapshot.ImportOrders;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.snapshot.StoreManifests.Found;
import org.holdfast.domain.snapshot.StoreManifests.SigningKey;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.security.SigningKeys;

/** The transactions of a recovery: its begin, each backup, its end. */
@Stateless
@RolesAllowed(SUPER_GURU_NAME)
public class RecoveryDesk {
    @Inject private Snapshots snapshots;
    @Inject private Sources sources;
    @Inject private BackupRuns runs;
    @Inject private ImportOrders imports;
    @Inject private RecipientKeys keys;
    @Inject private SigningKeys signing;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /** Spends the code and trusts the keys that were given whole. */
    public void begin(List<SigningKey> given, Set<Sha256> accepted, String otp) {
        List<String> named =
                java.util.stream.Stream.concat(
                                given.stream().map(SigningKey::fingerprint), accepted.stream())
                        .map(Sha256::hex)
                        .sorted()
                        .toList();
        secondFactor.require(caller.name(), otp, "catalog.recover " + String.join(" ", named));
        audit.append(
                caller.actor(),
                "catalog.recover",
                "catalog",
                Map.of("keys", String.join(" ", named)));
        given.forEach(this::trust);
    }

    /** Manifests signed with it verify from now on, for restores and readings as well. */
    private void trust(SigningKey key) {
        if (signing.trust(key.pem(), key.fingerprint())) {
            audit.append(
                    caller.actor(),
                    "key.trust",
                    "key/signing",
                    Map.of("fingerprint", key.fingerprint().hex()));
        }
    }

    /** Folders of which the catalog knows a copy in the store, gone ones too. */
    public Set<ObjectKey> known(UUID storeId) {
        return snapshots.folders(storeId);
    }

    /** Enters what is missing of a backup whose manifest is signed and whose objects are there. */
    public Recovery.Item enter(StorageLocation place, Found found) {
        Manifest manifest = ManifestJson.read(found.text());
        Optional<String> against = against(place, manifest, found);
        if (against.isPresent()) {
            return item(place, manifest, found, Recovery.Outcome.LEFT, against.get());
        }
        found.key().ifPresent(this::trust);
        Instant now = clock.instant();
        boolean fresh = snapshots.lock(manifest.id()).isEmpty();
        if (fresh) {
            BackupRun run = BackupRun.recovered(source(manifest), manifest);
            runs.add(run);
            manifest.imported()
                    .ifPresent(
                            from ->
                                    imports.add(
                                            new ImportOrder(
                                                    run,
                                                    from.place(),
                                                    from.file(),
                                                    from.bytes(),
                                                    manifest.takenAt())));
            snapshots.add(
                    Snapshot.recovered(run, found.folder().key(), manifest, found.text(), now));
        }
        snapshots.add(SnapshotCopy.uploaded(manifest.id(), place.id(), manifest.finishedAt()));
        audit.append(
                caller.actor(),
                "backup.recover",
                "backup/" + manifest.id(),
                Map.of(
                        "store", place.name(),
                        "key", found.key().map(k -> k.fingerprint().hex()).orElse(""),
                        "entered", fresh ? "backup" : "copy"));
        return item(
                place,
                manifest,
                found,
                fresh ? Recovery.Outcome.ADDED : Recovery.Outcome.COPY_ADDED,
                "");
    }

    private static Recovery.Item item(
            StorageLocation place,
            Manifest manifest,
            Found found,
            Recovery.Outcome outcome,
            String words) {
        return new Recovery.Item(
                place.name(),
                found.folder().key(),
                Optional.of(manifest.id()),
                Optional.of(manifest.source().name()),
                Optional.of(manifest.takenAt()),
                found.standing(),
                outcome,
                found.key().map(SigningKey::fingerprint),
                words);
    }

    /** Why it is not entered although its signature is right. */
    private Optional<String> against(StorageLocation place, Manifest manifest, Found found) {
        if (!manifest.id().equals(found.folder().run())
                || !found.folder().key().value().startsWith(manifest.source().name() + "/")) {
            return Optional.of("It lies where another backup belongs: somebody moved it there.");
        }
        Optional<Snapshot> known = snapshots.find(manifest.id());
        if (known.isPresent()) {
            Snapshot snapshot = known.get();
            if (!snapshot.manifestSha256().equals(Sha256.of(found.text()))
                    || !snapshot.key().equals(found.folder().key())) {
                return Optional.of("The catalog has another manifest of this backup.");
            }
            return snapshot.rung() == Rung.EXPIRED
                    ? Optional.of("The catalog has it as deleted.")
                    : snapshots
                            .copy(manifest.id(), place.id())
                            .map(copy -> "The catalog has this copy as " + copy.state() + ".");
        }
        return runs.find(manifest.id())
                .map(run -> "The catalog has its run as " + run.state() + ".");
    }

    /** Of a name that is not configured any more it is entered as retired. */
    private Source source(Manifest manifest) {
        Manifest.Origin from = manifest.source();
        return sources.byName(from.name())
                .orElseGet(
                        () -> {
                            Source source =
                                    new Source(from.name(), Origin.CONFIGURATION, from.url(), null);
                            source.retire();
                            sources.add(source);
                            return source;
                        });
    }

    /**
     * Enters the recipients that nobody listed, so that Keys tells of every way into the backups.
     */
    public void end(List<Recovery.Item> items) {
        keys.lock();
        Instant now = clock.instant();
        for (String stranger : keys.strangers()) {
            RecipientKey key =
                    new RecipientKey(
                            "earlier-" + stranger.substring(4, 12),
                            RecipientKey.Purpose.OPERATOR,
                            stranger,
                            Origin.CONFIGURATION,
                            caller.name(),
                            now);
            key.supersede(now);
            keys.add(key);
        }
        Map<Recovery.Outcome, Long> counted =
                items.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Recovery.Item::outcome, Collectors.counting()));
        audit.append(
                caller.actor(),
                "catalog.recovered",
                "catalog",
                Map.of(
                        "backups", counted.getOrDefault(Recovery.Outcome.ADDED, 0L),
                        "copies", counted.getOrDefault(Recovery.Outcome.COPY_ADDED, 0L),
                        "left", counted.getOrDefault(Recovery.Outcome.LEFT, 0L)));
    }
}

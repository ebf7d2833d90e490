package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreAccess;

/**
 * Enters the sources, targets and stores that the configuration names, and retires those it no
 * longer names. A name that the console gave already stops the start. Each change is an audit
 * entry; what is as it was is none.
 */
@ApplicationScoped
public class ConfiguredPlaces {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Inject private Settings settings;
    @Inject private Sources sources;
    @Inject private TargetEnvironments targets;
    @Inject private StorageLocations stores;
    @Inject private AuditLog audit;

    /** In one transaction; several servers that start at once wait for each other. */
    @Transactional
    public void follow() {
        Sql.value(
                entities, "SELECT pg_advisory_xact_lock(hashtext('holdfast configured')) IS NULL");
        settings.sources().forEach(this::source);
        sources.active().stream()
                .filter(s -> s.origin() == Origin.CONFIGURATION)
                .filter(s -> !settings.sources().containsKey(s.name()))
                .forEach(
                        s -> {
                            s.retire();
                            tell("source.retire", "source/" + s.name(), s.redactedUrl());
                        });
        settings.targets().forEach(this::target);
        targets.active().stream()
                .filter(t -> t.origin() == Origin.CONFIGURATION)
                .filter(t -> !settings.targets().containsKey(t.name()))
                .forEach(
                        t -> {
                            t.retire();
                            tell("target.retire", "target/" + t.name(), t.redactedUrl());
                        });
        settings.stores().values().forEach(this::store);
        stores.active().stream()
                .filter(s -> s.origin() == Origin.CONFIGURATION)
                .filter(s -> !settings.stores().containsKey(s.name()))
                .forEach(
                        s -> {
                            s.retire();
                            tell("store.retire", "store/" + s.name(), s.place());
                        });
    }

    private void tell(String action, String subject, String place) {
        audit.append(
                AuditLog.SYSTEM, action, subject, Map.of("from", "configuration", "place", place));
    }

    private void source(String name, PostgresUrl url) {
        Optional<Source> known = sources.byName(name);
        String place = url.redacted();
        if (known.isEmpty()) {
            sources.add(new Source(name, Origin.CONFIGURATION, place, null));
            tell("source.add", "source/" + name, place);
        } else if (known.get().origin() == Origin.CATALOG) {
            throw taken("source", name, "BACKUP_SOURCE_<NAME>_URL");
        } else if (known.get().retired() || !place.equals(known.get().redactedUrl())) {
            known.get().follow(place, null);
            tell("source.change", "source/" + name, place);
        }
    }

    private void target(String name, Settings.Target configured) {
        Optional<TargetEnvironment> known = targets.byName(name);
        String place = configured.url().redacted();
        if (known.isEmpty()) {
            targets.add(
                    new TargetEnvironment(
                            name, Origin.CONFIGURATION, place, null, configured.rules()));
            tellTarget("target.add", name, place, configured.rules());
        } else if (known.get().origin() == Origin.CATALOG) {
            throw taken("target", name, "RESTORE_TARGET_<ENV>_URL");
        } else if (known.get().retired()
                || !place.equals(known.get().redactedUrl())
                || !configured.rules().equals(known.get().rules())) {
            known.get().follow(place, null, configured.rules());
            tellTarget("target.change", name, place, configured.rules());
        }
    }

    private void tellTarget(
            String action, String name, String place, TargetEnvironment.Rules rules) {
        audit.append(
                AuditLog.SYSTEM,
                action,
                "target/" + name,
                Map.of(
                        "from",
                        "configuration",
                        "place",
                        place,
                        "production",
                        rules.production(),
                        "inPlace",
                        rules.inPlaceAllowed(),
                        "fourEyes",
                        rules.fourEyes(),
                        "keptHours",
                        rules.kept().toHours(),
                        "approvalHours",
                        rules.approvalOpen().toHours()));
    }

    private void store(StoreAccess access) {
        StorageLocation configured = location(access);
        Optional<StorageLocation> known = stores.byName(access.name());
        if (known.isEmpty()) {
            stores.add(configured);
            tellStore("store.add", configured, Map.of());
        } else if (known.get().origin() == Origin.CATALOG) {
            throw taken("store", access.name(), "BACKUP_STORAGE_DIR, S3_… or R2_…");
        } else {
            StorageLocation store = known.get();
            Map<String, Object> before = keys(store, "Before");
            boolean same =
                    !store.retired()
                            && store.place().equals(configured.place())
                            && before.equals(keys(configured, "Before"));
            store.follow(configured);
            if (!same) {
                tellStore("store.change", store, before);
            }
        }
    }

    private void tellStore(String action, StorageLocation store, Map<String, Object> more) {
        Map<String, Object> detail = new TreeMap<>(more);
        detail.put("from", "configuration");
        detail.put("place", store.place());
        detail.putAll(keys(store, ""));
        audit.append(AuditLog.SYSTEM, action, "store/" + store.name(), detail);
    }

    /** What is said of a bucket's keys; their secret is in nothing that is kept. */
    private static Map<String, Object> keys(StorageLocation store, String when) {
        return store.kind() == StorageLocation.Kind.DIRECTORY
                ? Map.of()
                : Map.of(
                        "accessKeyId" + when,
                        store.accessKeyId(),
                        "endOn" + when,
                        store.keysEndOn().map(LocalDate::toString).orElse("not known"));
    }

    private StorageLocation location(StoreAccess access) {
        if (access instanceof StoreAccess.Bucket bucket) {
            StorageLocation store =
                    StorageLocation.bucket(
                            bucket.name(),
                            Origin.CONFIGURATION,
                            bucket.endpoint().toString(),
                            bucket.region(),
                            bucket.bucket(),
                            bucket.prefix(),
                            bucket.accessKeyId(),
                            null);
            store.useKeys(bucket.accessKeyId(), null, settings.keysEndOn(bucket.name()));
            return store;
        }
        StoreAccess.Directory directory = (StoreAccess.Directory) access;
        return StorageLocation.directory(
                directory.name(), Origin.CONFIGURATION, directory.directory().toString());
    }

    private static IllegalStateException taken(String what, String name, String setting) {
        return new IllegalStateException(
                "The configuration names "
                        + what
                        + " \""
                        + name
                        + "\", but one of that name was set up in the console. Rename the one that "
                        + setting
                        + " gives, or remove it.");
    }
}

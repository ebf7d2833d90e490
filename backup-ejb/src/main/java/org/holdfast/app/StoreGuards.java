package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreCheck;
import org.holdfast.domain.storage.StoreFailure;

/** What stores do for the safety of what they keep: looked at, and set where it is lacking. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class StoreGuards {
    @Inject private StorageLocations stores;
    @Inject private BlobStores blobStores;
    @Inject private SecondFactor secondFactor;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    /** The last look, whoever asked for it; empty where nobody did. */
    public Optional<StoreCheck> last(UUID id) {
        return stores.lastCheck(id);
    }

    /**
     * Looks at a store now; nothing in it changes.
     *
     * @throws Refused STORE-CHECK where it does not answer; the last look stays then
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public StoreCheck check(UUID id) {
        StorageLocation place = place(id);
        try (BlobStore store = blobStores.open(stores.access(place))) {
            StoreCheck check = keep(place, store.inspect());
            audit.append(
                    caller.actor(),
                    "store.check",
                    "store/" + place.name(),
                    Map.of("found", words(check.findings())));
            return check;
        } catch (StoreFailure e) {
            throw unanswered(e);
        }
    }

    /**
     * What was set, and how the store is now.
     *
     * @param after empty where the store did not answer any more
     */
    public record Hardened(String store, List<Setting> settings, Optional<StoreCheck> after) {
        /** Whether the store refused none of it. */
        public boolean whole() {
            return settings.stream().allMatch(Setting::done);
        }
    }

    /**
     * Sets what is lacking and can be set, and nothing else; what is there is never loosened.
     *
     * @throws Refused STORE-CHECK, STORE-NOTHING-TO-SET: nothing was changed
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Hardened harden(UUID id, String otp) {
        StorageLocation place = place(id);
        try (BlobStore store = blobStores.open(stores.access(place))) {
            List<Finding> before = store.inspect();
            List<Guard> wanted =
                    before.stream().filter(Finding::settable).map(Finding::guard).toList();
            if (wanted.isEmpty()) {
                throw new Refused(
                        "STORE-NOTHING-TO-SET",
                        "Store " + place.name() + " lacks nothing that can be set from here.",
                        "Read its check: what is left to do has to be done at the store.");
            }
            secondFactor.require(caller.name(), otp, "store.harden " + place.name() + " " + wanted);
            List<Setting> settings = store.harden(before);
            Optional<StoreCheck> after = lookAgain(place, store);
            Map<String, String> detail = new LinkedHashMap<>();
            for (Setting setting : settings) {
                detail.put(
                        setting.guard().name(),
                        (setting.done() ? "set: " : "refused: ") + setting.text());
            }
            audit.append(caller.actor(), "store.harden", "store/" + place.name(), detail);
            return new Hardened(place.name(), settings, after);
        } catch (StoreFailure e) {
            throw unanswered(e);
        }
    }

    /**
     * Says how new copies in a bucket are locked; those that are there keep the lock they have.
     *
     * @throws Refused STORE-LOCK where it is no bucket, or locks so already
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public void lockWith(UUID id, LockMode mode, String otp) {
        StorageLocation place = place(id);
        if (place.kind() != StorageLocation.Kind.S3) {
            throw new Refused(
                    "STORE-LOCK",
                    "Store " + place.name() + " is a directory: it has no locks.",
                    "Set it for a bucket with Object Lock.");
        }
        if (mode == place.lockMode()) {
            throw new Refused(
                    "STORE-LOCK",
                    "Store " + place.name() + " is set to " + mode + " already.",
                    "There is nothing to do.");
        }
        secondFactor.require(caller.name(), otp, "store.lock " + place.name() + " " + mode);
        LockMode before = place.lockMode();
        place.lockWith(mode);
        audit.append(
                caller.actor(),
                "store.lock",
                "store/" + place.name(),
                Map.of("before", before.name(), "after", mode.name()));
    }

    /** What was set stays told, also where the store falls silent right after. */
    private Optional<StoreCheck> lookAgain(StorageLocation place, BlobStore store) {
        try {
            return Optional.of(keep(place, store.inspect()));
        } catch (StoreFailure e) {
            return Optional.empty();
        }
    }

    private StoreCheck keep(StorageLocation place, List<Finding> findings) {
        StoreCheck check = new StoreCheck(clock.instant(), caller.name(), findings);
        stores.checked(place.id(), check);
        return check;
    }

    private StorageLocation place(UUID id) {
        return stores.find(id).orElseThrow(() -> Refused.notFound("store", id));
    }

    private static String words(List<Finding> findings) {
        return findings.stream()
                .map(f -> f.guard() + " " + f.verdict())
                .collect(Collectors.joining(", "));
    }

    private static Refused unanswered(StoreFailure e) {
        return new Refused(
                "STORE-CHECK",
                e.getMessage(),
                "Mend what the message names, then check the store again.");
    }
}

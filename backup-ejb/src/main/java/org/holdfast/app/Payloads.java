package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;

/**
 * Backups handed to people, encrypted as they are stored. Outside any transaction: a store answers
 * when it does, and a download lasts as long as the line is slow.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Payloads {
    static final Duration LIVES = Duration.ofMinutes(5);

    @Inject private PayloadDesk desk;
    @Inject private BlobStores blobStores;
    @Inject private Clock clock;

    /** One download that a code was given for. */
    public static final class Release {
        private final PayloadDesk.Wanted wanted;
        private final StoreAccess place;
        private final Instant until;
        private boolean used;

        Release(PayloadDesk.Wanted wanted, StoreAccess place, Instant until) {
            this.wanted = wanted;
            this.place = place;
            this.until = until;
        }

        public String name() {
            return wanted.fileName();
        }

        public long bytes() {
            return wanted.bytes();
        }

        public Instant until() {
            return until;
        }

        /** Whether the download can still be begun. */
        public synchronized boolean open(Instant now) {
            return !used && now.isBefore(until);
        }

        synchronized boolean take(Instant now) {
            boolean open = open(now);
            used = true;
            return open;
        }
    }

    /**
     * Looks which store has it, and asks for a code.
     *
     * @param otp a code; good for one download, which begins within five minutes
     * @throws Refused NOT-FOUND, BACKUP-GONE, PAYLOAD-COPY, PAYLOAD-STORE, STEP-UP
     */
    public Release release(UUID id, String otp) {
        PayloadDesk.Wanted wanted = desk.wanted(id);
        StoreAccess place = whichAnswers(wanted, blobStores);
        desk.release(wanted, place.name(), otp);
        return new Release(wanted, place, clock.instant().plus(LIVES));
    }

    /**
     * Begins the download; the caller writes or closes it.
     *
     * @param release null where there is none any more
     * @throws Refused PAYLOAD-OVER, PAYLOAD-STORE
     */
    public Payload open(Release release) {
        if (release == null || !release.take(clock.instant())) {
            throw new Refused(
                    "PAYLOAD-OVER",
                    "A code is good for one download, which begins within five minutes.",
                    "Give a new code.");
        }
        PayloadDesk.Wanted wanted = release.wanted;
        try {
            return new Payload(
                    blobStores.open(release.place),
                    wanted.key(),
                    wanted.fileName(),
                    wanted.bytes(),
                    wanted.sha256());
        } catch (StoreFailure e) {
            throw unanswered(wanted, List.of(e.getMessage()));
        }
    }

    /** The first store that has the object in its full length. */
    static StoreAccess whichAnswers(PayloadDesk.Wanted wanted, BlobStores stores) {
        List<String> reasons = new ArrayList<>();
        for (StoreAccess place : wanted.places()) {
            try (BlobStore store = stores.open(place)) {
                Optional<Blob> there = store.stat(wanted.key());
                if (there.filter(blob -> blob.size() == wanted.bytes()).isPresent()) {
                    return place;
                }
                reasons.add(
                        "Store \""
                                + place.name()
                                + (there.isEmpty()
                                        ? "\" has no " + wanted.key() + "."
                                        : "\" has " + wanted.key() + " in another length."));
            } catch (StoreFailure e) {
                reasons.add(e.getMessage());
            }
        }
        throw unanswered(wanted, reasons);
    }

    private static Refused unanswered(PayloadDesk.Wanted wanted, List<String> reasons) {
        return new Refused(
                "PAYLOAD-STORE",
                "No store hands out backup "
                        + wanted.backup()
                        + " now. "
                        + String.join(" ", reasons),
                "Test the store under Stores, and try again; or choose another backup.");
    }
}

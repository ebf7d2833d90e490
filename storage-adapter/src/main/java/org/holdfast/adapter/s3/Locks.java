package org.holdfast.adapter.s3;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.StoreFailure;
import org.w3c.dom.Element;

/**
 * Locks on single objects. They are set by a request of their own when the object is there: sent
 * along as headers, Ceph drops them from a multipart upload without a word. For the same reason
 * only what the store shows afterwards counts.
 */
final class Locks {
    private final Wire wire;
    private final Patience patience;
    private final Trouble trouble;

    Locks(Wire wire, Patience patience, Trouble trouble) {
        this.wire = wire;
        this.patience = patience;
        this.trouble = trouble;
    }

    Optional<ObjectLock> of(ObjectKey key, String object) throws StoreFailure {
        String doing = "look at the lock of " + key;
        Patience.Tries tries = patience.tries(doing);
        while (true) {
            try {
                return Optional.of(read(key, Patience.await(doing, wire.ask(object, "retention"))));
            } catch (ExecutionException e) {
                Throwable cause = Trouble.cause(e);
                if (cause instanceof Answered answer) {
                    // A bucket without Object Lock calls the question an InvalidRequest.
                    if (answer.is(
                            "NoSuchObjectLockConfiguration",
                            "ObjectLockConfigurationNotFoundError",
                            "InvalidRequest")) {
                        return Optional.empty();
                    }
                    if (answer.status() == 404 && !answer.is("NoSuchBucket")) {
                        throw trouble.missing(key, answer);
                    }
                }
                tries.failed(cause);
            }
        }
    }

    private ObjectLock read(ObjectKey key, String body) throws StoreFailure {
        try {
            Element root = Xml.parse(body);
            if (Xml.name(root).equals("Retention")) {
                return new ObjectLock(
                        LockMode.valueOf(Xml.textAt(root, "Mode").orElse("")),
                        Instant.parse(Xml.textAt(root, "RetainUntilDate").orElse("")));
            }
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            // Told below: it is no lock that could be relied on.
        }
        throw trouble.corrupt("shows no lock of " + key + " that could be read.");
    }

    ObjectLock set(ObjectKey key, String object, ObjectLock wanted) throws StoreFailure {
        // Whole seconds: some stores keep no more, and a lock must not end before its time.
        Instant until = wanted.until().truncatedTo(ChronoUnit.SECONDS);
        ObjectLock whole =
                new ObjectLock(
                        wanted.mode(), until.equals(wanted.until()) ? until : until.plusSeconds(1));
        Optional<ObjectLock> there = of(key, object);
        ObjectLock next = there.map(lock -> lock.extendedTo(whole)).orElse(whole);
        if (there.filter(next::equals).isPresent()) {
            return next;
        }
        patience.call(
                "lock " + key + " until " + next.until(),
                () ->
                        wire.tell(
                                object,
                                "retention",
                                "<Retention xmlns=\"%s\"><Mode>%s</Mode><RetainUntilDate>%s</RetainUntilDate></Retention>"
                                        .formatted(Xml.NAMESPACE, next.mode(), next.until())));
        ObjectLock shown =
                of(key, object)
                        .orElseThrow(
                                () ->
                                        trouble.corrupt(
                                                "took the lock of " + key + " and shows none."));
        if (shown.until().isBefore(next.until()) || shown.mode() != next.mode()) {
            throw trouble.corrupt(
                    "was to lock %s (%s) until %s and shows %s until %s."
                            .formatted(
                                    key, next.mode(), next.until(), shown.mode(), shown.until()));
        }
        return shown;
    }
}

package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * Slows down guessing of the passphrases of keys: one try at a time for a person, and from the
 * fifth wrong one on each doubles a wait, up to an hour, as with codes. All are audited. A right
 * one forgets nothing, or whoever knows one passphrase could try others without end; two hours
 * without a wrong one do. Kept in the server's memory; a restart forgets it.
 */
@ApplicationScoped
public class PassphraseTries {
    private static final Duration FORGOTTEN = Duration.ofHours(2);

    private final Map<String, Failures> failures = new HashMap<>();
    private final Set<String> underWay = new HashSet<>();
    private SignInRecords records;
    private Clock clock;

    protected PassphraseTries() {}

    @Inject
    public PassphraseTries(SignInRecords records, Clock clock) {
        this.records = records;
        this.clock = clock;
    }

    private record Failures(int count, Instant last) {}

    /**
     * @param person whose tries are counted
     * @param actor for the audit
     * @param identity which is tried, for the audit
     * @param open refuses with KEY-PASSPHRASE where the passphrase is another one
     * @throws Refused KEY-PASSPHRASE-WAIT, KEY-PASSPHRASE-BUSY, or what {@code open} refuses
     */
    public Secret open(String person, String actor, String identity, Supplier<Secret> open) {
        begin(person, actor, identity);
        try {
            Secret opened = open.get();
            records.openedByPassphrase(actor, person, identity);
            return opened;
        } catch (Refused e) {
            if (e.code().equals("KEY-PASSPHRASE")) {
                failed(person);
                records.refusedPassphrase(actor, person, identity, "wrong passphrase");
            }
            throw e;
        } finally {
            end(person);
        }
    }

    private void begin(String person, String actor, String identity) {
        Instant from;
        synchronized (this) {
            if (underWay.contains(person)) {
                throw new Refused(
                        "KEY-PASSPHRASE-BUSY",
                        "Another passphrase of yours is being tried at this moment.",
                        "Wait for that to end, a few seconds.");
            }
            from = blockedUntil(person);
            if (from == null) {
                underWay.add(person);
                return;
            }
        }
        records.refusedPassphrase(actor, person, identity, "too many wrong passphrases");
        throw new Refused(
                "KEY-PASSPHRASE-WAIT",
                "Too many wrong passphrases: the next is tried from "
                        + from.truncatedTo(ChronoUnit.SECONDS)
                        + " on.",
                "Wait until then, or give the identity itself.");
    }

    /** Null where it is not. */
    private Instant blockedUntil(String person) {
        Instant now = clock.instant();
        failures.values().removeIf(past -> past.last().plus(FORGOTTEN).isBefore(now));
        Failures past = failures.get(person);
        Instant until = past == null ? null : StepUp.blockedAfter(past.count(), past.last());
        return until != null && until.isAfter(now) ? until : null;
    }

    private synchronized void failed(String person) {
        failures.merge(
                person,
                new Failures(1, clock.instant()),
                (past, one) -> new Failures(past.count() + 1, one.last()));
    }

    private synchronized void end(String person) {
        underWay.remove(person);
    }
}

package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down guessing, by account and address together, by address, and by account, without letting
 * a stranger lock a person out: an address from which the account signed in before answers to its
 * own failures only. Kept in the server's memory, bounded; a restart forgets it.
 *
 * <p>After a few free tries each further failure doubles a wait, up to a quarter of an hour; an
 * hour without failures forgets them.
 */
@ApplicationScoped
public class SignInThrottle {
    private static final int FREE_OF_PAIR = 5;
    private static final int FREE_OF_ADDRESS = 20;
    private static final int FREE_OF_ACCOUNT = 50;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final int REMEMBERED = 10_000;

    private final Map<String, Failures> failures = bounded();
    private final Map<String, Boolean> knownPairs = bounded();
    private Clock clock;

    protected SignInThrottle() {}

    @Inject
    public SignInThrottle(Clock clock) {
        this.clock = clock;
    }

    private record Failures(int count, Instant last) {}

    private static <V> Map<String, V> bounded() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    /** Whether a try may be made now. */
    public synchronized boolean allows(String account, String address) {
        Instant now = clock.instant();
        String pair = pair(account, address);
        boolean calm = free(pair, FREE_OF_PAIR, now) && free("@" + address, FREE_OF_ADDRESS, now);
        return calm && (knownPairs.containsKey(pair) || free("#" + account, FREE_OF_ACCOUNT, now));
    }

    private boolean free(String key, int tries, Instant now) {
        Failures past = failures.get(key);
        if (past == null || past.count() < tries || past.last().plus(FORGOTTEN).isBefore(now)) {
            return true;
        }
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(past.count() - tries, 16));
        wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        return !past.last().plus(wait).isAfter(now);
    }

    public synchronized void failed(String account, String address) {
        Instant now = clock.instant();
        count(pair(account, address), now);
        count("@" + address, now);
        if (!knownPairs.containsKey(pair(account, address))) {
            count("#" + account, now);
        }
    }

    private void count(String key, Instant now) {
        failures.merge(
                key,
                new Failures(1, now),
                (past, one) ->
                        past.last().plus(FORGOTTEN).isBefore(now)
                                ? one
                                : new Failures(past.count() + 1, now));
    }

    public synchronized void succeeded(String account, String address) {
        failures.remove(pair(account, address));
        knownPairs.put(pair(account, address), true);
    }

    private static String pair(String account, String address) {
        return account + " from " + address;
    }
}

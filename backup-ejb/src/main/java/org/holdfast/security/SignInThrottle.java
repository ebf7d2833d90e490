package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.shared.Refused;

/**
 * Slows down guessing, by account and address together, by address, and by account, without letting
 * a stranger lock a person out: an address from which the account signed in before answers to its
 * own failures only. Kept in the server's memory, bounded; a restart forgets it.
 *
 * <p>A try counts like a failure from when it begins until it ends, so that many at once are no
 * more than as many in a row.
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
    private static final int PASSWORDS_OF_ADDRESS = 2;

    /** Longer ones are no user's, and would fill the memory. */
    private static final int LONGEST_NAME = 64;

    private final Map<String, Failures> failures = bounded();
    private final Map<String, Boolean> knownPairs = bounded();
    private final Map<String, Integer> underWay = new HashMap<>();
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

    /** A try that may be made. Closed without an outcome it counts for nothing. */
    public final class Try implements AutoCloseable {
        private final String account;
        private final String address;
        private final List<String> keys;
        private boolean open = true;

        private Try(String account, String address, List<String> keys) {
            this.account = account;
            this.address = address;
            this.keys = keys;
            keys.forEach(key -> underWay.merge(key, 1, Integer::sum));
        }

        public void failed() {
            SignInThrottle.this.failed(account, address);
        }

        public void succeeded() {
            SignInThrottle.this.succeeded(account, address);
        }

        @Override
        public void close() {
            synchronized (SignInThrottle.this) {
                if (open) {
                    open = false;
                    keys.forEach(
                            key -> underWay.computeIfPresent(key, (k, n) -> n == 1 ? null : n - 1));
                }
            }
        }
    }

    /** Begins a try; empty where none may be made now. */
    public synchronized Optional<Try> begin(String account, String address) {
        return begin(account, address, List.of());
    }

    /**
     * The same, where a password is computed for it.
     *
     * @throws Refused PASSWORD-BUSY where the address has as many under way as it may
     */
    public synchronized Optional<Try> beginWithPassword(String account, String address) {
        String passwords = "password@" + address;
        if (underWay.getOrDefault(passwords, 0) >= PASSWORDS_OF_ADDRESS) {
            throw Passwords.busy();
        }
        return begin(account, address, List.of(passwords));
    }

    private Optional<Try> begin(String typed, String address, List<String> more) {
        Instant now = clock.instant();
        String account = shortened(typed);
        String pair = pair(account, address);
        boolean known = knownPairs.containsKey(pair);
        if (!free(pair, FREE_OF_PAIR, now)
                || !free("@" + address, FREE_OF_ADDRESS, now)
                || !known && !free("#" + account, FREE_OF_ACCOUNT, now)) {
            return Optional.empty();
        }
        List<String> keys = new ArrayList<>(more);
        keys.add(pair);
        keys.add("@" + address);
        if (!known) {
            keys.add("#" + account);
        }
        return Optional.of(new Try(account, address, keys));
    }

    private static String shortened(String name) {
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    }

    /** After the free tries there is one at a time. */
    private boolean free(String key, int tries, Instant now) {
        Failures past = failures.get(key);
        if (past == null || past.last().plus(FORGOTTEN).isBefore(now)) {
            past = new Failures(0, now);
        }
        int open = underWay.getOrDefault(key, 0);
        if (past.count() + open < tries) {
            return true;
        }
        if (open > 0) {
            return false;
        }
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(past.count() - tries, 16));
        wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        return !past.last().plus(wait).isAfter(now);
    }

    synchronized void failed(String account, String address) {
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

    synchronized void succeeded(String account, String address) {
        failures.remove(pair(account, address));
        knownPairs.put(pair(account, address), true);
    }

    private static String pair(String account, String address) {
        return account + " from " + address;
    }
}

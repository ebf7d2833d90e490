package org.holdfast.domain.storage;

/**
 * What was found of one {@link Guard} of a store. Only {@link Fulfilled} is good: what a store does
 * not know, or does not let be looked at, is an answer of its own.
 */
public sealed interface Finding {
    /** The families' names, as the catalog and the API have them. */
    enum Verdict {
        FULFILLED,
        LACKING,
        UNSUPPORTED,
        NOT_ALLOWED,
        TOLD
    }

    Guard guard();

    /** What a safe store has; empty where nothing is asked for. */
    String expected();

    /** What the store answered, in words. */
    String found();

    /** What to do next; empty where there is nothing to do. */
    default String remedy() {
        return "";
    }

    /** Whether Holdfast can set it. */
    default boolean settable() {
        return false;
    }

    Verdict verdict();

    /** It is as it should be. */
    record Fulfilled(Guard guard, String expected, String found) implements Finding {
        @Override
        public Verdict verdict() {
            return Verdict.FULFILLED;
        }
    }

    /** It is not as it should be. */
    record Lacking(Guard guard, String expected, String found, String remedy, boolean settable)
            implements Finding {
        @Override
        public Verdict verdict() {
            return Verdict.LACKING;
        }
    }

    /** The store does not have it, or does not answer to it. */
    record Unsupported(Guard guard, String expected, String found, String remedy)
            implements Finding {
        @Override
        public Verdict verdict() {
            return Verdict.UNSUPPORTED;
        }
    }

    /** The access key may not look at it: nobody knows how it is. */
    record NotAllowed(Guard guard, String expected, String found, String remedy)
            implements Finding {
        @Override
        public Verdict verdict() {
            return Verdict.NOT_ALLOWED;
        }
    }

    /** A fact that is neither right nor wrong. */
    record Told(Guard guard, String found) implements Finding {
        @Override
        public String expected() {
            return "";
        }

        @Override
        public Verdict verdict() {
            return Verdict.TOLD;
        }
    }

    /** The finding that was kept as this. */
    static Finding of(
            Guard guard,
            Verdict verdict,
            String expected,
            String found,
            String remedy,
            boolean settable) {
        return switch (verdict) {
            case FULFILLED -> new Fulfilled(guard, expected, found);
            case LACKING -> new Lacking(guard, expected, found, remedy, settable);
            case UNSUPPORTED -> new Unsupported(guard, expected, found, remedy);
            case NOT_ALLOWED -> new NotAllowed(guard, expected, found, remedy);
            case TOLD -> new Told(guard, found);
        };
    }
}

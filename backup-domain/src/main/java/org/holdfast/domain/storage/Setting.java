package org.holdfast.domain.storage;

/** What came of setting one {@link Guard}. */
public sealed interface Setting {
    Guard guard();

    /** What was set, or what the store said, in a sentence. */
    String text();

    default boolean done() {
        return this instanceof Done;
    }

    /** Set, and read back from the store. */
    record Done(Guard guard, String text) implements Setting {}

    /** Not set; the store is as it was, as far as it shows. */
    record Refused(Guard guard, String text) implements Setting {}
}

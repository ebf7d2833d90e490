package org.holdfast.domain.restore;

/** How a snapshot comes into its target. */
public enum RestoreMode {
    /** Into a new database, which then takes the target's name; the old one is kept for a time. */
    ASIDE_SWAP,
    /** Into a new database that stays beside the target under its own name. */
    NEW_NAME,
    /** Over the existing objects, {@code --clean --if-exists}, in one transaction. */
    IN_PLACE_CLEAN,
    /** Into the existing database after its schemas were dropped, in one transaction. */
    IN_PLACE_SCHEMA;

    /** Whether the target's present content is replaced without a kept copy. */
    public boolean inPlace() {
        return switch (this) {
            case ASIDE_SWAP, NEW_NAME -> false;
            case IN_PLACE_CLEAN, IN_PLACE_SCHEMA -> true;
        };
    }

    /** Whether sessions on the target must end for it. */
    public boolean endsSessions() {
        return switch (this) {
            case ASIDE_SWAP, IN_PLACE_CLEAN, IN_PLACE_SCHEMA -> true;
            case NEW_NAME -> false;
        };
    }
}

package org.holdfast.domain.drill;

/** Where a drill restores into. */
public enum DrillPlace {
    /**
     * A cluster of its own on Holdfast's machine, reached by a socket only, destroyed afterwards.
     */
    THROWAWAY,
    /**
     * A database beside the others on a target's server, dropped afterwards. Never one that is
     * marked as production.
     */
    TARGET
}

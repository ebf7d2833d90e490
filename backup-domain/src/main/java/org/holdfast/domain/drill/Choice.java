package org.holdfast.domain.drill;

import org.holdfast.domain.shared.Refused;

/**
 * How a drill comes to its snapshot.
 *
 * @param windowDays of RANDOM: how far back it looks, 1 to 3660 days; 0 for the others
 */
public record Choice(Kind kind, int windowDays) {
    private static final int FARTHEST = 3660;

    public static final Choice LATEST = new Choice(Kind.LATEST, 0);
    public static final Choice NAMED = new Choice(Kind.NAMED, 0);

    /** Which one. */
    public enum Kind {
        /** The newest that can be restored. */
        LATEST,
        /** Any one of the window, each as likely as the others. */
        RANDOM,
        /** The one that a person chose. */
        NAMED
    }

    /**
     * @throws Refused DRILL-WINDOW
     */
    public Choice {
        if (kind == Kind.RANDOM ? windowDays < 1 || windowDays > FARTHEST : windowDays != 0) {
            throw new Refused(
                    "DRILL-WINDOW",
                    "A window of " + windowDays + " days does not fit the choice " + kind + ".",
                    "Give 1 to "
                            + FARTHEST
                            + " days with RANDOM, and no window with LATEST and NAMED.");
        }
    }
}

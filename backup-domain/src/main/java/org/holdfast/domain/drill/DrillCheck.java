package org.holdfast.domain.drill;

import java.time.Duration;

/**
 * One thing that was looked at in a restored database.
 *
 * @param kind what it belongs to
 * @param name e.g. {@code rows of public.orders}
 * @param text what ran: a statement, a command, or what was compared with what
 * @param demanded whether the plan asks for it; what was not asked for does not lower the verdict
 *     unless it failed
 * @param expected in words or numbers
 * @param actual what was found; of one that did not run, why
 * @param took how long it ran
 */
public record DrillCheck(
        CheckKind kind,
        String name,
        String text,
        boolean demanded,
        String expected,
        String actual,
        Verdict verdict,
        Duration took) {

    /** What one check says. */
    public enum Verdict {
        PASSED,
        FAILED,
        /** It ran; what it found may be a problem and contradicts nothing. */
        WARNED,
        /** It could not be made; {@link DrillCheck#actual()} says why. */
        NOT_RUN
    }
}

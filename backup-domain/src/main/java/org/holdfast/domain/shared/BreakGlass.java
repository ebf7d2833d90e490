package org.holdfast.domain.shared;

/**
 * What one person gives who acts alone where two are asked for.
 *
 * @param phrase as typed
 * @param reason why nobody else can decide, at least {@value #LEAST_REASON} characters
 */
public record BreakGlass(String phrase, String reason) {
    public static final int LEAST_REASON = 20;

    /** What has to be typed; {@code what} is the target's name, or the operation's. */
    public static String phrase(String what) {
        return "BREAK GLASS " + what;
    }

    /**
     * @throws Refused BREAK-GLASS-PHRASE or BREAK-GLASS-REASON
     */
    public void require(String what) {
        if (!phrase(what).equals(phrase)) {
            throw new Refused(
                    "BREAK-GLASS-PHRASE",
                    "The phrase to break the glass does not match.",
                    "Type exactly: " + phrase(what));
        }
        if (reason == null || reason.strip().length() < LEAST_REASON) {
            throw new Refused(
                    "BREAK-GLASS-REASON",
                    "Breaking the glass needs a reason of at least "
                            + LEAST_REASON
                            + " characters; it stays in the record for ever.",
                    "Say why nobody else can decide now.");
        }
    }
}

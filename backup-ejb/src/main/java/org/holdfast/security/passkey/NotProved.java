package org.holdfast.security.passkey;

/** An answer that does not hold. Why, is for the audit log and not for who sent it. */
public class NotProved extends Exception {
    private static final long serialVersionUID = 1L;

    public NotProved(String why) {
        super(why);
    }

    /** The answer is right, but its counter did not advance: the key may have been copied. */
    public static final class Copied extends NotProved {
        private static final long serialVersionUID = 1L;

        Copied() {
            super("the passkey's counter went back");
        }
    }
}

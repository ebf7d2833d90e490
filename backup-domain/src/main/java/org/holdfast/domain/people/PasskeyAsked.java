package org.holdfast.domain.people;

import org.holdfast.domain.shared.Refused;

/**
 * The act was not done yet: the browser is to show a passkey for exactly this act first, and to
 * send the same again with the answer in the code's place.
 */
public final class PasskeyAsked extends Refused {
    private static final long serialVersionUID = 1L;
    private final String question;

    /**
     * @param question what the browser is to be given, JSON
     */
    public PasskeyAsked(String question) {
        super(
                "STEP-UP-PASSKEY",
                "This button cannot ask for a passkey.",
                "Enter the six digits that your authenticator shows now.");
        this.question = question;
    }

    public String question() {
        return question;
    }
}

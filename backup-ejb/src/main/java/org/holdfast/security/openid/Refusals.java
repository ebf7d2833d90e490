package org.holdfast.security.openid;

import java.util.Optional;
import java.util.stream.Stream;
import org.holdfast.domain.shared.Refused;

/**
 * Why a sign-in through the provider is refused. The browser is led to the sign-in page with the
 * code alone, which tells the rest from here: no text of the provider's or a stranger's is shown.
 */
public final class Refusals {
    private Refusals() {}

    /** The refusal of a code; empty where it is none of these. */
    public static Optional<Refused> of(String code) {
        return Stream.of(
                        unreachable(),
                        state(),
                        denied(),
                        unproved(),
                        noRole(),
                        noName(),
                        nameTaken(),
                        disabled(),
                        nobodyYet(),
                        tooMany())
                .filter(refused -> refused.code().equals(code))
                .findFirst();
    }

    public static Refused unreachable() {
        return new Refused(
                "OIDC-PROVIDER",
                "The sign-in provider does not answer as it should.",
                "Try again in a while, or sign in with a password; the server's log says what"
                        + " happened.");
    }

    public static Refused state() {
        return new Refused(
                "OIDC-STATE",
                "This answer of the provider belongs to no sign-in that this browser began in the"
                        + " last ten minutes.",
                "Begin again with the button below.");
    }

    public static Refused denied() {
        return new Refused(
                "OIDC-DENIED",
                "The provider did not sign you in.",
                "Begin again with the button below, or ask those who run the provider.");
    }

    public static Refused unproved() {
        return new Refused(
                "OIDC-TOKEN",
                "The provider's answer could not be proved, so it does not count.",
                "Try again; if it stays, the server's log says what is wrong with the token.");
    }

    public static Refused noRole() {
        return new Refused(
                "OIDC-ROLE",
                "The provider knows you, but none of your groups has a role in Holdfast.",
                "Ask a SUPER_GURU which group gives one (OIDC_ROLES), and to be put into it.");
    }

    public static Refused noName() {
        return new Refused(
                "OIDC-NAME",
                "The provider gives you no name that Holdfast can use.",
                "A user name has 1 to 63 letters, digits, dots, dashes, underscores or @; a"
                        + " SUPER_GURU chooses the claim it comes from (OIDC_NAME_CLAIM).");
    }

    public static Refused nameTaken() {
        return new Refused(
                "OIDC-NAME-TAKEN",
                "Your name at the provider is the name of somebody else in Holdfast.",
                "If that is you, sign in with your password; else ask for another name at the"
                        + " provider. A disabled person's name stays taken.");
    }

    public static Refused disabled() {
        return new Refused(
                "OIDC-DISABLED",
                "You are disabled in Holdfast.",
                "Ask a SUPER_GURU to enable you.");
    }

    public static Refused nobodyYet() {
        return new Refused(
                "OIDC-FIRST",
                "The first user is made with the bootstrap token, not through the provider.",
                "Open /console/bootstrap.xhtml with the token of the server's log.");
    }

    public static Refused tooMany() {
        return new Refused(
                "OIDC-WAIT",
                "Too many sign-ins from your address were refused.",
                "Wait a quarter of an hour at most, and begin again.");
    }
}

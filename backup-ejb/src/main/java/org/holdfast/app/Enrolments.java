package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.security.RecoveryCodes;
import org.holdfast.security.Sealer;
import org.holdfast.security.TotpCodes;

/** Setting an authenticator up: the same for who is there and who is invited. */
@ApplicationScoped
class Enrolments {
    @Inject private Users users;
    @Inject private Sealer sealer;
    @Inject private PendingDevices pending;
    @Inject private Clock clock;

    /**
     * @param whose the person's id, or the invitation's
     */
    People.Enrolment begin(UUID whose, String userName) {
        Secret secret = TotpCodes.newSecret();
        pending.put(whose, secret, clock.instant());
        return new People.Enrolment(secret, TotpCodes.uri(userName, secret));
    }

    /**
     * Puts in place what was begun, once its first code is right.
     *
     * @return ten new recovery codes
     * @throws Refused TOTP-NOT-BEGUN or STEP-UP
     */
    List<Secret> activate(UUID whose, User user, String code) {
        Instant now = clock.instant();
        Secret secret =
                pending.find(whose, now)
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                "TOTP-NOT-BEGUN",
                                                "No authenticator is being set up, or it took longer"
                                                        + " than a quarter of an hour.",
                                                "Begin again and scan the new code."));
        long step =
                TotpCodes.step(secret, code == null ? "" : code, now)
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                "STEP-UP",
                                                "The code is wrong.",
                                                "Enter the six digits that your authenticator shows"
                                                        + " now; its clock has to be right."));
        users.put(new TotpDevice(user.id(), sealer.seal(secret), now));
        users.useStep(user.id(), step);
        user.enrolled();
        pending.remove(whose);
        return recoveryCodes(user.id());
    }

    /** Ten new ones in place of all there were. */
    List<Secret> recoveryCodes(UUID user) {
        List<Secret> codes = RecoveryCodes.next();
        users.putRecoveryCodes(
                user,
                codes.stream().map(code -> RecoveryCodes.hash(code.reveal())).toList(),
                clock.instant());
        return codes;
    }
}

package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Seal;

/**
 * Asks for a TOTP code or a passkey before an act and spends it in the act's transaction: if the
 * act is rolled back, it was not used. Wrong codes are counted in a transaction of their own; from
 * the fifth on each doubles a wait, up to an hour.
 */
@ApplicationScoped
public class StepUp implements SecondFactor {
    private static final int FREE = 5;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int DOORS = 64;

    /** One person's codes are tried one after the other, so that many at once gain nothing. */
    private final Object[] doors = new Object[DOORS];

    private Users users;
    private SignInRecords records;
    private Seal seal;
    private Sessions sessions;
    private PasskeyStepUp passkeys;
    private Clock clock;

    protected StepUp() {}

    @Inject
    public StepUp(
            Users users,
            SignInRecords records,
            Seal seal,
            Sessions sessions,
            PasskeyStepUp passkeys,
            Clock clock) {
        this.users = users;
        this.records = records;
        this.seal = seal;
        this.sessions = sessions;
        this.passkeys = passkeys;
        this.clock = clock;
        for (int i = 0; i < DOORS; i++) {
            doors[i] = new Object();
        }
    }

    @Override
    public void require(String userName, String code, String operation) {
        require(userName, code, operation, clock.instant());
    }

    @Override
    public void require(String userName, String code, String operation, Instant arrived) {
        User user = users.byName(userName).orElseThrow(() -> Refused.notFound("user", userName));
        if (code == null || code.isBlank()) {
            throw new Refused(
                    "STEP-UP",
                    "This needs a code from your authenticator.",
                    "Enter the six digits that it shows now.");
        }
        if (code.equals(BY_PASSKEY)) {
            throw passkeys.ask(user, operation);
        }
        if (SecondFactor.answered(code)) {
            passkeys.require(user, code, operation);
            sessions.renewId();
            return;
        }
        switch (tried(user, code, operation, arrived, step -> users.useStep(user.id(), step))) {
            case RIGHT -> sessions.renewId();
            case NO_DEVICE ->
                    throw new Refused(
                            "STEP-UP-DEVICE",
                            "This needs a code, but you have set up no authenticator.",
                            "Set one up on your own page first.");
            case WAIT ->
                    throw new Refused(
                            "STEP-UP-WAIT",
                            "Too many wrong codes: the next is looked at from "
                                    + users.device(user.id())
                                            .orElseThrow()
                                            .blockedUntil()
                                            .truncatedTo(ChronoUnit.SECONDS)
                                    + " on.",
                            "Wait until then, and check that the clock of your authenticator is"
                                    + " right.");
            case USED ->
                    throw new Refused(
                            "STEP-UP",
                            "That code was used already.",
                            "Wait for your authenticator's next code and enter that.");
            case LATE ->
                    throw new Refused(
                            "STEP-UP",
                            "The code waited for too long and was not looked at.",
                            "Ask for it again, with the code that your authenticator shows then.");
            case WRONG ->
                    throw new Refused(
                            "STEP-UP",
                            "The code is wrong.",
                            "Enter the six digits that your authenticator shows now; its clock has"
                                    + " to be right.");
        }
    }

    enum Answer {
        RIGHT,
        WRONG,
        USED,
        LATE,
        WAIT,
        NO_DEVICE
    }

    /** Marks a step as used; false where it was already. */
    interface Spending {
        boolean spend(long step);
    }

    Answer tried(User user, String code, String operation, Spending spending) {
        return tried(user, code, operation, clock.instant(), spending);
    }

    /**
     * @param arrived when the code came in
     */
    Answer tried(User user, String code, String operation, Instant arrived, Spending spending) {
        return behindTheDoor(
                user,
                operation,
                device -> {
                    Optional<Instant> at = TotpCodes.judgedAt(arrived, clock.instant());
                    if (at.isEmpty()) {
                        return Answer.LATE;
                    }
                    OptionalLong step =
                            TotpCodes.step(seal.unseal(device.sealedSecret()), code, at.get());
                    if (step.isEmpty()) {
                        return Answer.WRONG;
                    }
                    return device.lastStep() >= step.getAsLong()
                                    || !spending.spend(step.getAsLong())
                            ? Answer.USED
                            : Answer.RIGHT;
                });
    }

    /** A recovery code in place of a TOTP code; wrong ones count and slow down just the same. */
    Answer triedRecovery(User user, String code, String operation) {
        String hash = RecoveryCodes.hash(code);
        return behindTheDoor(
                user,
                operation + " by recovery code",
                device -> {
                    if (records.spendRecovery(user.id(), hash, clock.instant())) {
                        return Answer.RIGHT;
                    }
                    return users.knowsRecoveryCode(user.id(), hash) ? Answer.USED : Answer.WRONG;
                });
    }

    private Answer behindTheDoor(User user, String operation, Function<TotpDevice, Answer> look) {
        synchronized (doors[Math.floorMod(user.id().hashCode(), DOORS)]) {
            TotpDevice device = users.device(user.id()).filter(TotpDevice::active).orElse(null);
            if (device == null) {
                return Answer.NO_DEVICE;
            }
            Instant now = clock.instant();
            if (device.blockedUntil() != null && device.blockedUntil().isAfter(now)) {
                records.refusedCode(user, operation, "too many wrong codes");
                return Answer.WAIT;
            }
            Answer answer = look.apply(device);
            if (answer == Answer.WRONG) {
                records.wrongCode(user, operation, blockedAfter(device.failures() + 1, now));
            } else if (answer == Answer.USED) {
                records.refusedCode(user, operation, "code used already");
            } else if (answer == Answer.LATE) {
                records.refusedCode(user, operation, "code waited for too long");
            }
            return answer;
        }
    }

    /** Null while wrong codes are still free. */
    static Instant blockedAfter(int failures, Instant now) {
        if (failures < FREE) {
            return null;
        }
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures - FREE, 10));
        return now.plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Passkeys;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;

/**
 * Takes somebody's authenticator away who has lost it and all recovery codes. From then on the
 * password alone opens nothing: another authenticator is set up by a one-time link, and there the
 * password is asked for. So two people, and what only the third knows, stand behind it. Who keeps
 * passkeys also signs in with one and sets another authenticator up there, and shows a passkey once
 * more for it: what only the third has.
 */
@ApplicationScoped
public class TotpReset implements ApprovedAct {
    static final String OPERATION = "totp.reset";
    private static final String KEEP = "keepPasskeys";

    private Users users;
    private Passkeys passkeys;
    private BrowserSessions sessions;
    private AuditLog audit;
    private Caller caller;
    private Clock clock;

    protected TotpReset() {}

    @Inject
    public TotpReset(
            Users users,
            Passkeys passkeys,
            BrowserSessions sessions,
            AuditLog audit,
            Caller caller,
            Clock clock) {
        this.users = users;
        this.passkeys = passkeys;
        this.sessions = sessions;
        this.audit = audit;
        this.caller = caller;
        this.clock = clock;
    }

    static JsonObject parameters(User user, boolean keepPasskeys) {
        return Json.createObjectBuilder()
                .add("user", user.id().toString())
                .add(KEEP, keepPasskeys)
                .build();
    }

    /** Requests of before there were passkeys do not say. */
    private static boolean keepsPasskeys(JsonObject parameters) {
        return parameters.getBoolean(KEEP, false);
    }

    @Override
    public String operation() {
        return OPERATION;
    }

    /** One who could do this alone could become anybody whose password they have seen. */
    @Override
    public boolean always(JsonObject parameters) {
        return true;
    }

    @Override
    public Approval.Plan plan(JsonObject parameters) {
        User user = user(parameters);
        return plan(
                user,
                device(user),
                users.recoveryCodesLeft(user.id()),
                passkeys.of(user.id()),
                keepsPasskeys(parameters));
    }

    /**
     * @param codes how many recovery codes are left
     * @throws Refused TOTP-NONE where there is nothing to take away
     */
    static Approval.Plan plan(
            User user, Optional<TotpDevice> device, int codes, List<Passkey> theirs, boolean keep) {
        requireSomething(user, device, theirs, keep);
        List<Passkey> usable = theirs.stream().filter(Passkey::usable).toList();
        List<Passkey> suspect = theirs.stream().filter(p -> !p.usable()).toList();
        boolean byPasskey = keep && !usable.isEmpty();
        List<String> lines = new ArrayList<>();
        lines.add(user.name() + " is " + user.role() + ".");
        if (device.isPresent()) {
            lines.add(
                    "Lost: the authenticator that was set up at " + device.get().createdAt() + ".");
            lines.add("Lost: recovery codes, of which " + codes + " are left.");
        } else {
            lines.add("There is no authenticator any more.");
        }
        if (!usable.isEmpty()) {
            lines.add(
                    keep
                            ? "Kept: the passkeys " + names(usable) + ", which go on signing in."
                            : "Lost: the passkeys " + names(usable) + ".");
        }
        if (!suspect.isEmpty()) {
            lines.add(
                    (keep ? "Kept" : "Lost")
                            + ": the passkeys "
                            + names(suspect)
                            + ", which may have been copied and open nothing.");
        }
        lines.add("All sessions end. Tokens stay as they are.");
        lines.add(
                "The password alone opens nothing until "
                        + user.name()
                        + (byPasskey
                                ? " has set up another authenticator, after signing in with a"
                                        + " passkey or by a one-time link and with the password."
                                : " has set up another authenticator, by a one-time link and with"
                                        + " the password."));
        return new Approval.Plan(
                (device.isPresent() ? "Reset the authenticator of " : "Remove the passkeys of ")
                        + user.name(),
                "user/" + user.name(),
                lines,
                false);
    }

    private static String names(List<Passkey> some) {
        return some.stream().map(p -> "“" + p.name() + "”").collect(Collectors.joining(", "));
    }

    private User user(JsonObject parameters) {
        UUID id = UUID.fromString(parameters.getString("user"));
        return users.find(id).orElseThrow(() -> Refused.notFound("user", id));
    }

    private Optional<TotpDevice> device(User user) {
        return users.device(user.id()).filter(TotpDevice::active);
    }

    private static void requireSomething(
            User user, Optional<TotpDevice> device, List<Passkey> theirs, boolean keep) {
        if (device.isPresent() || !keep && !theirs.isEmpty()) {
            return;
        }
        throw new Refused(
                "TOTP-NONE",
                user.name() + " has no authenticator.",
                !theirs.isEmpty()
                        ? "Have the passkeys removed, or make a one-time link for a new"
                                + " authenticator."
                        : user.mustEnrol()
                                ? "It was reset already: make a one-time link for a new one."
                                : "There is nothing to reset; it is set up at the next sign-in.");
    }

    @Override
    public void carryOut(JsonObject parameters, String requestedBy, String approvedBy) {
        // Of a passkey that is added or removed meanwhile, this sees the end.
        User user =
                users.lock(user(parameters).id())
                        .orElseThrow(() -> Refused.notFound("user", parameters.getString("user")));
        boolean keep = keepsPasskeys(parameters);
        requireSomething(user, device(user), passkeys.of(user.id()), keep);
        users.removeDevice(user.id());
        int removed = keep ? 0 : passkeys.removeAll(user.id());
        user.lostAuthenticator();
        int ended = sessions.endAll(user.id(), null, clock.instant());
        audit.append(
                caller.actor(),
                OPERATION,
                "user/" + user.name(),
                Map.of(
                        "requestedBy", requestedBy,
                        "approvedBy", approvedBy,
                        "passkeys removed", removed,
                        "sessions ended", ended));
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        TotpDevice device = device(user);
        List<String> lines = new ArrayList<>();
        lines.add(user.name() + " is " + user.role() + ".");
        lines.add("Lost: the authenticator that was set up at " + device.createdAt() + ".");
        lines.add(
                "Lost: recovery codes, of which "
                        + users.recoveryCodesLeft(user.id())
                        + " are left.");
        List<Passkey> theirs = passkeys.of(user.id());
        String names =
                theirs.stream().map(p -> "“" + p.name() + "”").collect(Collectors.joining(", "));
        if (!theirs.isEmpty()) {
            lines.add(
                    keepsPasskeys(parameters)
                            ? "Kept: the passkeys " + names + ", which go on signing in."
                            : "Lost: the passkeys " + names + ".");
        }
        lines.add("All sessions end. Tokens stay as they are.");
        lines.add(
                "The password alone opens nothing until "
                        + user.name()
                        + (!theirs.isEmpty() && keepsPasskeys(parameters)
                                ? " has set up another authenticator, after signing in with a"
                                        + " passkey or by a one-time link and with the password."
                                : " has set up another authenticator, by a one-time link and with"
                                        + " the password."));
        return new Approval.Plan(
                "Reset the authenticator of " + user.name(), "user/" + user.name(), lines, false);
    }

    private User user(JsonObject parameters) {
        UUID id = UUID.fromString(parameters.getString("user"));
        return users.find(id).orElseThrow(() -> Refused.notFound("user", id));
    }

    private TotpDevice device(User user) {
        return users.device(user.id())
                .filter(TotpDevice::active)
                .orElseThrow(
                        () ->
                                new Refused(
                                        "TOTP-NONE",
                                        user.name() + " has no authenticator.",
                                        user.mustEnrol()
                                                ? "It was reset already: make a one-time link for a"
                                                        + " new one."
                                                : "There is nothing to reset; it is set up at the next"
                                                        + " sign-in."));
    }

    @Override
    public void carryOut(JsonObject parameters, String requestedBy, String approvedBy) {
        User user = user(parameters);
        device(user);
        users.removeDevice(user.id());
        int removed = keepsPasskeys(parameters) ? 0 : passkeys.removeAll(user.id());
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

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.TotpDevice;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;

/**
 * Takes somebody's authenticator away who has lost it and all recovery codes. From then on the
 * password alone opens nothing: another authenticator is set up by a one-time link, and there the
 * password is asked for. So two people, and what only the third knows, stand behind it.
 */
@ApplicationScoped
public class TotpReset implements ApprovedAct {
    static final String OPERATION = "totp.reset";

    private Users users;
    private BrowserSessions sessions;
    private AuditLog audit;
    private Caller caller;
    private Clock clock;

    protected TotpReset() {}

    @Inject
    public TotpReset(
            Users users, BrowserSessions sessions, AuditLog audit, Caller caller, Clock clock) {
        this.users = users;
        this.sessions = sessions;
        this.audit = audit;
        this.caller = caller;
        this.clock = clock;
    }

    static JsonObject parameters(User user) {
        return Json.createObjectBuilder().add("user", user.id().toString()).build();
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
        return new Approval.Plan(
                "Reset the authenticator of " + user.name(),
                "user/" + user.name(),
                List.of(
                        user.name() + " is " + user.role() + ".",
                        "Lost: the authenticator that was set up at " + device.createdAt() + ".",
                        "Lost: recovery codes, of which "
                                + users.recoveryCodesLeft(user.id())
                                + " are left.",
                        "All sessions end. Tokens stay as they are.",
                        "The password alone opens nothing until "
                                + user.name()
                                + " has set up another authenticator, by a one-time link and with"
                                + " the password."),
                false);
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
        user.lostAuthenticator();
        int ended = sessions.endAll(user.id(), null, clock.instant());
        audit.append(
                caller.actor(),
                OPERATION,
                "user/" + user.name(),
                Map.of(
                        "requestedBy", requestedBy,
                        "approvedBy", approvedBy,
                        "sessions ended", ended));
    }
}

package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.holdfast.app.Joining;
import org.holdfast.app.People;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.shared.Refused;
import org.omnifaces.util.Faces;

/** One person, and what a SUPER_GURU may do about them. Each act has its own form and code. */
@Named("person")
@ViewScoped
public class PersonDetail implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private People people;
    @Inject private Joining joining;

    private UUID id;
    private transient People.Details details;
    private transient Joining.Link link;
    private boolean forgot;
    private Role role;
    private boolean keepPasskeys;
    private String reason;
    private String otp;

    public void load() {
        if (id == null) {
            throw Refused.notFound("person", "without an id");
        }
        details = people.details(id);
        role = details.person().role();
    }

    public void changeRole() {
        people.changeRole(id, role, otp);
        done(Say.of("person_role", name(), role.name()), Say.of("person_role_means"));
    }

    public void disable() {
        people.disable(id, otp);
        done(Say.of("person_disabled", name()), Say.of("person_disabled_means"));
    }

    public void enable() {
        people.enable(id, otp);
        done(Say.of("person_enabled", name()), Say.of("person_enabled_means"));
    }

    public void endSessions() {
        int ended = people.endSessions(id, otp);
        done(
                Say.of(
                        ended == 1 ? "person_session_ended" : "person_sessions_ended",
                        Words.number(ended)),
                Say.of("person_sessions_ended_means"));
    }

    public void revokeTokens() {
        int revoked = people.revokeTokens(id, otp);
        done(
                Say.of(
                        revoked == 1 ? "person_token_revoked" : "person_tokens_revoked",
                        Words.number(revoked)),
                Say.of("person_tokens_revoked_means"));
    }

    /** Leads to the request, which waits for a second person. */
    public String resetTotp() {
        UUID approval = people.resetTotp(id, keepPasskeys, reason, otp);
        return "/console/approvals/detail?faces-redirect=true&id=" + approval;
    }

    public void linkBack() {
        link = joining.linkBack(id, otp);
        forgot = false;
        otp = null;
        load();
    }

    public void resetPassword() {
        link = joining.resetPassword(id, otp);
        forgot = true;
        otp = null;
        load();
    }

    /** Whether a passkey of the person opens something. */
    public boolean isSignsInByPasskey() {
        return details.passkeys().stream().anyMatch(Passkey::usable);
    }

    /** Whether the link that was made is for another password. */
    public boolean isForgot() {
        return forgot;
    }

    /** The link as the person who hands it out reaches this server. */
    public String getAddress() {
        return link.address(Faces.getRequestBaseURL());
    }

    private void done(String what, String then) {
        otp = null;
        load();
        Say.done(what, then);
    }

    private String name() {
        return details.person().name();
    }

    public boolean valid(ApiToken token) {
        return token.valid(Instant.now());
    }

    public List<Role> getRoles() {
        return List.of(Role.values());
    }

    public People.Details getDetails() {
        return details;
    }

    public UUID getId() {
        return id;
    }

    public void setId(UUID id) {
        this.id = id;
    }

    public Joining.Link getLink() {
        return link;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public boolean isKeepPasskeys() {
        return keepPasskeys;
    }

    public void setKeepPasskeys(boolean keepPasskeys) {
        this.keepPasskeys = keepPasskeys;
    }

    public Role getRole() {
        return role;
    }

    public void setRole(Role role) {
        this.role = role;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }
}

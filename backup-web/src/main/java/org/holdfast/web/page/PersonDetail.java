package org.holdfast.web.page;

import jakarta.faces.application.FacesMessage;
import jakarta.faces.context.FacesContext;
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
import org.holdfast.domain.people.Role;
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
    private String reason;
    private String otp;

    public void load() {
        details = people.details(id);
        role = details.person().role();
    }

    public void changeRole() {
        people.changeRole(id, role, otp);
        done(name() + " is " + role + " now.", "It counts from the next request on.");
    }

    public void disable() {
        people.disable(id, otp);
        done(name() + " is disabled.", "The sessions have ended, and the tokens open nothing.");
    }

    public void enable() {
        people.enable(id, otp);
        done(name() + " is enabled.", "Tokens that have not expired open again.");
    }

    public void endSessions() {
        int ended = people.endSessions(id, otp);
        done(
                ended == 1 ? "1 session ended." : ended + " sessions ended.",
                "Each is over with its next request, on every server.");
    }

    public void revokeTokens() {
        int revoked = people.revokeTokens(id, otp);
        done(
                revoked == 1 ? "1 token was revoked." : revoked + " tokens were revoked.",
                "Scripts that used them are refused from now on.");
    }

    /** Leads to the request, which waits for a second person. */
    public String resetTotp() {
        UUID approval = people.resetTotp(id, reason, otp);
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
        FacesContext.getCurrentInstance().addMessage(null, new FacesMessage(what, then));
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

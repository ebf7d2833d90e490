package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.UUID;
import org.holdfast.app.Approvals;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.people.ApprovalState;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Refused;

/** One operation that waits for a second person: the whole plan, and the decision. */
@Named("approval")
@ViewScoped
public class ApprovalDetail implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Approvals approvals;

    private UUID id;
    private String otp;
    private String why;
    private String glassPhrase;
    private String glassReason;
    private String glassOtp;
    private boolean glassOpen;
    private transient Approval one;

    public void load() {
        if (id == null) {
            throw Refused.notFound("approval", "without an id");
        }
        one = approvals.detail(id);
    }

    public void approve() {
        approvals.approve(id, otp);
        load();
    }

    public void reject() {
        approvals.reject(id, why);
        load();
    }

    public void withdraw() {
        approvals.withdraw(id);
        load();
    }

    public void breakGlass() {
        glassOpen = true;
        approvals.breakGlass(id, new BreakGlass(glassPhrase, glassReason), glassOtp);
        glassOpen = false;
        glassOtp = null;
        load();
    }

    public Approval getOne() {
        return one;
    }

    public boolean isWaiting() {
        return one.status() == ApprovalState.REQUESTED;
    }

    /** What the decision meant, in one sentence. */
    public String getDecided() {
        return switch (one.status()) {
            case REQUESTED -> "";
            case APPROVED ->
                    one.breakGlass()
                            ? one.decidedBy() + " broke the glass and let it through alone."
                            : one.decidedBy() + " agreed, and it was carried out.";
            case REJECTED -> one.decidedBy() + " said no. Nothing was changed.";
            case EXPIRED -> "Nobody decided in time. Nothing was changed.";
            case WITHDRAWN -> one.decidedBy() + " took it back. Nothing was changed.";
            case REFUSED_AT_ACT ->
                    one.decidedBy() + " agreed, but it could not be done. Nothing was changed.";
        };
    }

    public boolean isMayBreakGlass() {
        return approvals.mayBreakGlass();
    }

    public String getGlass() {
        return BreakGlass.phrase(one.operation());
    }

    public boolean isGlassOpen() {
        return glassOpen;
    }

    public UUID getId() {
        return id;
    }

    public void setId(UUID id) {
        this.id = id;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public String getWhy() {
        return why;
    }

    public void setWhy(String why) {
        this.why = why;
    }

    public String getGlassPhrase() {
        return glassPhrase;
    }

    public void setGlassPhrase(String glassPhrase) {
        this.glassPhrase = glassPhrase;
    }

    public String getGlassReason() {
        return glassReason;
    }

    public void setGlassReason(String glassReason) {
        this.glassReason = glassReason;
    }

    public String getGlassOtp() {
        return glassOtp;
    }

    public void setGlassOtp(String glassOtp) {
        this.glassOtp = glassOtp;
    }
}

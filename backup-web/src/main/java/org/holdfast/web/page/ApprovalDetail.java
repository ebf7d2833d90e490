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
    private final GlassForm glass = new GlassForm();
    private transient Approval one;
    private transient String parameters;

    public void load() {
        if (id == null) {
            throw Refused.notFound("approval", "without an id");
        }
        one = approvals.detail(id);
        parameters = approvals.shown(one);
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
        glass.send((typed, code) -> approvals.breakGlass(id, typed, code));
        load();
    }

    public Approval getOne() {
        return one;
    }

    /** What was asked for, as it may be read. */
    public String getParameters() {
        return parameters;
    }

    public boolean isWaiting() {
        return one.status() == ApprovalState.REQUESTED;
    }

    /** What the decision meant, in one sentence. */
    public String getDecided() {
        return switch (one.status()) {
            case REQUESTED -> "";
            case APPROVED ->
                    Say.of(one.breakGlass() ? "decided_alone" : "decided_yes", one.decidedBy());
            case REJECTED -> Say.of("decided_no", one.decidedBy());
            case EXPIRED -> Say.of("decided_nobody");
            case WITHDRAWN -> Say.of("decided_back", one.decidedBy());
            case REFUSED_AT_ACT -> Say.of("decided_refused", one.decidedBy());
        };
    }

    public boolean isMayBreakGlass() {
        return approvals.mayBreakGlass();
    }

    public GlassForm getGlass() {
        return glass;
    }

    /** To be typed exactly. */
    public String getGlassPhrase() {
        return BreakGlass.phrase(one.operation());
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
}

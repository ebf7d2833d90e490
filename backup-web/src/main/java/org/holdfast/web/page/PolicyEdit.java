package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;
import org.holdfast.app.Policies;
import org.omnifaces.util.Faces;

/**
 * Another policy: written, held against the one in force, then saved. What is saved is what the
 * difference was shown of, and nothing else.
 */
@Named("policyEdit")
@ViewScoped
public class PolicyEdit implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Policies policies;

    private Integer from;
    private int base;
    private String document;
    private String compared;
    private String reason;
    private String otp;
    private transient Policies.Preview preview;
    private transient List<Policies.FileStanding> files;

    public void load() {
        Policies.Standing standing = policies.standing();
        base = standing.number();
        files = standing.files();
        document = from == null ? standing.pretty() : policies.version(from).pretty();
        if (from != null) {
            reason = Say.of("policy_back_reason", Integer.toString(from));
            compare();
        }
    }

    public void compare() {
        compared = document;
        preview = policies.preview(document);
    }

    public String save() {
        if (!document.equals(compared)) {
            compare();
            Say.warn(Say.of("policy_look_again"), Say.of("policy_look_again_do"));
            return null;
        }
        Policies.Saved saved = policies.save(document, base, reason, otp);
        if (saved.approval().isPresent()) {
            return "/console/approvals/detail?faces-redirect=true&id=" + saved.approval().get();
        }
        Faces.getFlash().setKeepMessages(true);
        Say.done(
                Say.of("policy_saved", Integer.toString(saved.number().orElseThrow())),
                Say.of("policy_saved_then"));
        return "/console/policy?faces-redirect=true";
    }

    public Integer getFrom() {
        return from;
    }

    public void setFrom(Integer from) {
        this.from = from;
    }

    public int getBase() {
        return base;
    }

    /** Null while nothing was compared. */
    public Policies.Preview getPreview() {
        return preview;
    }

    /** Whether there is something to be saved. */
    public boolean isReady() {
        return preview != null && preview.wrong().isEmpty();
    }

    /** Whether a file is followed that may change it again. */
    public boolean isFollowed() {
        return files != null && !files.isEmpty();
    }

    public String getDocument() {
        return document;
    }

    /** A form sends line breaks of its own kind. */
    public void setDocument(String document) {
        this.document = document == null ? "" : document.replace("\r\n", "\n");
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }
}

package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.app.Policies;
import org.holdfast.app.PolicyFields;
import org.omnifaces.util.Faces;

/**
 * Another policy: written, held against the one in force, then saved. What is saved is what the
 * difference was shown of, and nothing else.
 */
@Named("policyEdit")
@ViewScoped
public class PolicyEdit implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String ALL = "";

    @Inject private Policies policies;

    private boolean expert;
    private PolicyFields fields;
    private List<String> overrides = List.of();
    private List<String> stores;
    private String another;
    private String from;
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
        stores = policies.storeNames();
        document =
                from == null
                        ? standing.pretty()
                        : policies.version(PolicyVersionDetail.read(from)).pretty();
        if (from != null) {
            reason = Say.of("policy_back_reason", from.strip());
        }
        show(ALL);
        if (from != null) {
            compare();
        }
    }

    /** The form of all databases or of one; the document itself where it is none to be shown so. */
    private void show(String source) {
        Policies.Form form = policies.form(document, source).orElse(null);
        expert = form == null;
        fields = form == null ? null : form.fields();
        overrides = form == null ? List.of() : form.overrides();
    }

    /** What was typed last goes into the document. */
    private void keep() {
        if (fields != null) {
            document = policies.written(fields, document);
        }
    }

    public void choose(String source) {
        keep();
        show(source);
    }

    public void chooseAnother() {
        String name = another == null ? "" : another.strip();
        if (!policies.sourceNames().contains(name)) {
            Say.failed(Say.of("policy_no_such_source", name), Say.of("policy_no_such_source_do"));
            return;
        }
        another = null;
        choose(name);
    }

    public void asJson() {
        keep();
        fields = null;
        expert = true;
    }

    public void asForm() {
        choose(fields == null ? ALL : fields.getSource());
        if (expert) {
            compare();
        }
    }

    /** Names of databases that hold what was typed. */
    public List<String> complete(String typed) {
        return Choices.holding(policies.sourceNames(), typed);
    }

    /** What is wrong with a field's value; empty where nothing is known to be. */
    public String wrong(String field) {
        return preview == null ? "" : preview.wrongAt().getOrDefault(fields.path(field), "");
    }

    public void compare() {
        keep();
        compared = document;
        preview = policies.preview(document);
    }

    public String save() {
        keep();
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

    /** Whether the document itself is shown. */
    public boolean isExpert() {
        return expert;
    }

    /** Null where the document itself is shown. */
    public PolicyFields getFields() {
        return fields;
    }

    public boolean isOfAll() {
        return fields != null && fields.getSource().isEmpty();
    }

    /** Databases with values of their own; the one that is looked at among them. */
    public List<String> getOverrides() {
        List<String> names = new ArrayList<>(overrides);
        if (fields != null && !isOfAll() && !names.contains(fields.getSource())) {
            names.add(fields.getSource());
        }
        return names;
    }

    public List<String> getStores() {
        return stores;
    }

    public List<String> getKeeps() {
        return PolicyFields.KEEPS;
    }

    public String path(String store, String keep) {
        return PolicyFields.path(store, keep);
    }

    /** Days such as {@code first_sunday}. */
    public List<String> getDays() {
        return PolicyFields.DAYS;
    }

    public PolicyFields.When[] getWhens() {
        return PolicyFields.When.values();
    }

    public String getAnother() {
        return another;
    }

    public void setAnother(String another) {
        this.another = another;
    }

    public String getFrom() {
        return from;
    }

    public void setFrom(String from) {
        this.from = from == null || from.isBlank() ? null : from;
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

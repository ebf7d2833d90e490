package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.holdfast.app.Approvals;
import org.holdfast.app.Restores;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreState;
import org.holdfast.domain.shared.BreakGlass;
import org.holdfast.domain.shared.Refused;
import org.primefaces.PrimeFaces;

/** One restore: live while it runs, its result afterwards, and what can be done about it. */
@Named("restore")
@ViewScoped
public class RestoreDetail implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Restores restores;
    @Inject private Approvals approvals;

    private UUID id;
    private String otp;
    private String why;
    private String undoOtp;
    private boolean undoOpen;
    private final GlassForm glass = new GlassForm();
    private transient List<String> lostNow;
    private transient Restores.Detail detail;

    public void load() {
        if (id == null) {
            throw Refused.notFound("restore", "without an id");
        }
        detail = restores.detail(id);
    }

    /** Loads anew; what people can do changes with the status, so then all is drawn anew. */
    public void follow() {
        List<Object> before = standing();
        load();
        if (!before.equals(standing())) {
            PrimeFaces.current().ajax().update("page");
        }
    }

    private List<Object> standing() {
        RestoreRequest request = detail.request();
        return Arrays.asList(
                request.status(), isUndoing(), isUndoWaiting(), request.failureReason());
    }

    public void approve() {
        restores.approve(id, otp);
        load();
    }

    public void reject() {
        restores.reject(id, why);
        load();
    }

    public void breakGlass() {
        glass.send((typed, code) -> restores.breakGlass(id, typed, code));
        load();
    }

    /** What would be lost at this moment; since it was asked for, the target has gone on. */
    public void lookAtLoss() {
        RestoreRequest request = detail.request();
        lostNow =
                restores.impact(request.snapshotId(), getTargetName())
                        .lost(request.mode(), request.dryRun());
    }

    public void cancel() {
        restores.cancel(id);
        load();
    }

    public void undo() {
        undoOpen = true;
        restores.undo(id, undoOtp);
        undoOpen = false;
        undoOtp = null;
        load();
    }

    public Restores.Detail getDetail() {
        return detail;
    }

    public boolean isRunning() {
        return detail.request().status().active() || isUndoing();
    }

    public boolean isUndoing() {
        return detail.request().undoRequestedBy() != null;
    }

    /** Whether the undo that is asked for can be withdrawn. */
    public boolean isUndoWaiting() {
        return isUndoing() && !detail.request().undoBegun();
    }

    public boolean isUndoable() {
        return detail.request().undoable(Instant.now());
    }

    /** The statement that opens the kept database for a look. */
    public String getOpenKept() {
        return "ALTER DATABASE \""
                + detail.request().keptDatabase().replace("\"", "\"\"")
                + "\" ALLOW_CONNECTIONS true";
    }

    public boolean isUndoOpen() {
        return undoOpen;
    }

    public boolean isProduction() {
        return detail.target() != null && detail.target().production();
    }

    public String getTargetName() {
        return detail.target() == null ? "unknown target" : detail.target().name();
    }

    public String getSourceName() {
        return detail.source() == null ? "unknown source" : detail.source();
    }

    /** What ended; how it left the target says the reason itself, which knows it. */
    public String getFailureMeans() {
        RestoreRequest request = detail.request();
        if (isUndoing()) {
            return Say.of("restore_undo_waits", getTargetName());
        }
        String key = failureKey(request.status(), request.failureCode(), request.manual());
        return key.isEmpty() ? "" : Say.of(key, getTargetName());
    }

    static String failureKey(RestoreState ended, String code, boolean manual) {
        return switch (ended) {
            case REJECTED ->
                    "RESTORE-EXPIRED".equals(code) ? "restore_expired" : "restore_rejected";
            case COMPLETED -> "restore_not_undone";
            case FAILED -> manual ? "restore_failed_by_hand" : "restore_failed";
            case AWAITING_APPROVAL, QUEUED, RUNNING, CANCELLED, UNDONE -> "";
        };
    }

    /** A cancel that comes after the COMMIT of a restore in place takes nothing back. */
    public boolean isInPlace() {
        RestoreRequest request = detail.request();
        return request.mode() != null && request.mode().inPlace() && !request.dryRun();
    }

    public boolean isChecksPassed() {
        return detail.checks().stream().allMatch(Check::passed);
    }

    public String getCheckSentence() {
        long passed = detail.checks().stream().filter(Check::passed).count();
        return passed + " of " + detail.checks().size() + " equal";
    }

    public List<String> getLostNow() {
        return lostNow;
    }

    public boolean isMayBreakGlass() {
        return approvals.mayBreakGlass();
    }

    public GlassForm getGlass() {
        return glass;
    }

    /** To be typed exactly. */
    public String getGlassPhrase() {
        return BreakGlass.phrase(getTargetName());
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

    public String getUndoOtp() {
        return undoOtp;
    }

    public void setUndoOtp(String undoOtp) {
        this.undoOtp = undoOtp;
    }
}

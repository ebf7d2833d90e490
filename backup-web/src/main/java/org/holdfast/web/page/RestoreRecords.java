package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Restores;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.shared.Page;

/** The records of restores, and the entry of one that was done by hand. */
@Named("restores")
@ViewScoped
public class RestoreRecords implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 50;
    private static final int SHOWN = 160;

    @Inject private Restores restores;

    private UUID snapshot;
    private String cursor;
    private transient Page<RestoreRequests.Row> page;
    private transient List<String> targets;

    private String handTarget;
    private UUID handSnapshot;
    private Instant began;
    private Instant ended;
    private String note;
    private boolean success = true;

    public void load() {
        page = restores.page(Optional.ofNullable(snapshot), Optional.ofNullable(cursor), PAGE);
    }

    public String enter() {
        UUID id = restores.enterByHand(handSnapshot, handTarget, note, began, ended, success);
        return "/console/restores/detail?faces-redirect=true&id=" + id;
    }

    public String firstLine(String text) {
        String line = text.strip().lines().findFirst().orElse("");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN - 1) + "…";
    }

    public List<RestoreRequests.Row> getRows() {
        return page.items();
    }

    public Optional<String> getNext() {
        return page.next();
    }

    public boolean isRunning() {
        return page.items().stream().anyMatch(r -> r.status().active());
    }

    public List<String> getTargets() {
        if (targets == null) {
            targets = restores.targetNames();
        }
        return targets;
    }

    public UUID getSnapshot() {
        return snapshot;
    }

    public void setSnapshot(UUID snapshot) {
        this.snapshot = snapshot;
    }

    public String getCursor() {
        return cursor;
    }

    public void setCursor(String cursor) {
        this.cursor = cursor;
    }

    public String getHandTarget() {
        return handTarget;
    }

    public void setHandTarget(String handTarget) {
        this.handTarget = handTarget;
    }

    public UUID getHandSnapshot() {
        return handSnapshot;
    }

    public void setHandSnapshot(UUID handSnapshot) {
        this.handSnapshot = handSnapshot;
    }

    public Instant getBegan() {
        return began;
    }

    public void setBegan(Instant began) {
        this.began = began;
    }

    public Instant getEnded() {
        return ended;
    }

    public void setEnded(Instant ended) {
        this.ended = ended;
    }

    public String getNote() {
        return note;
    }

    public void setNote(String note) {
        this.note = note;
    }

    public boolean isSuccess() {
        return success;
    }

    public void setSuccess(boolean success) {
        this.success = success;
    }
}

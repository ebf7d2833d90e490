package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Retentions;

/** How long one backup stays: legal hold, deletion, and taking that back. */
@Named("keeping")
@RequestScoped
public class Keeping {
    @Inject private Retentions retentions;
    @Inject private BackupDetail backup;

    private String holdReason;
    private String deleteReason;
    private String phrase;
    private String otp;
    private boolean deleting;

    public void hold(UUID id) {
        retentions.hold(id, holdReason);
        done(Say.of("hold_done"), Say.of("hold_done_means"));
    }

    public void removeHold(UUID id) {
        told(
                retentions.removeHold(id, holdReason, otp),
                Say.of("hold_removed"),
                Say.of("hold_removed_means"));
    }

    public void delete(UUID id) {
        deleting = true;
        told(
                retentions.delete(id, deleteReason, phrase, otp),
                Say.of("delete_done"),
                Say.of("delete_done_means"));
    }

    public void takeBack(UUID id) {
        retentions.takeBack(id);
        done(Say.of("taken_back"), Say.of("taken_back_means"));
    }

    private void told(Optional<UUID> approval, String done, String means) {
        if (approval.isPresent()) {
            done(Say.of("waits_for_second"), Say.of("waits_for_second_means"));
        } else {
            done(done, means);
        }
    }

    private void done(String what, String means) {
        holdReason = null;
        deleteReason = null;
        phrase = null;
        otp = null;
        backup.load();
        Say.done(what, means);
    }

    /** Whether a deletion was asked for just now: after a refusal its form stays open. */
    public boolean isDeleting() {
        return deleting;
    }

    /** What is to be typed. */
    public String phrase(UUID id) {
        return Retentions.phrase(id);
    }

    public Duration grace(UUID id) {
        return retentions.grace(id);
    }

    public String getHoldReason() {
        return holdReason;
    }

    public void setHoldReason(String holdReason) {
        this.holdReason = holdReason;
    }

    public String getDeleteReason() {
        return deleteReason;
    }

    public void setDeleteReason(String deleteReason) {
        this.deleteReason = deleteReason;
    }

    public String getPhrase() {
        return phrase;
    }

    public void setPhrase(String phrase) {
        this.phrase = phrase;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }
}

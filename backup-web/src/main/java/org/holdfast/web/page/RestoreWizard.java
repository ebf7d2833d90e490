package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.holdfast.app.Backups;
import org.holdfast.app.Places;
import org.holdfast.app.Restores;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.History;

/**
 * The way to a restore: where and how, what it would mean, phrase and code. The fourth step is the
 * restore's own page. What it would mean is looked at as soon as a target is chosen and stands
 * beside every step.
 */
@Named("newRestore")
@ViewScoped
public class RestoreWizard implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_LOSSES = 5;

    @Inject private Backups backups;
    @Inject private Restores restores;
    @Inject private Places places;

    private UUID snapshot;
    private String target;
    private RestoreMode mode = RestoreMode.ASIDE_SWAP;
    private boolean dryRun;
    private boolean globals;
    private String newName;
    private String reason;
    private String phrase;
    private String otp;
    private boolean needsIdentity;
    private transient String identity;
    private transient String passphrase;
    private List<String> checklist = new ArrayList<>();
    private String acknowledgedFor;
    private int step = 1;
    private transient Backups.Detail backup;
    private transient List<TargetEnvironment> targets;
    private transient Impact impact;
    private transient Refused unseen;

    protected RestoreWizard() {}

    RestoreWizard(Backups backups, Restores restores, Places places) {
        this.backups = backups;
        this.restores = restores;
        this.places = places;
    }

    public void load() {
        if (snapshot == null) {
            throw Refused.notFound("snapshot", "without an id");
        }
        backup = backups.detail(snapshot);
        if (backup.snapshot().isEmpty()) {
            throw Refused.notFound("snapshot", snapshot);
        }
        targets = places.targets();
        if (target != null && targets.stream().noneMatch(t -> t.name().equals(target))) {
            target = null;
        }
        if (target == null && targets.size() == 1) {
            target = targets.get(0).name();
        }
        needsIdentity = restores.needsIdentity(snapshot);
        try {
            look();
        } catch (Refused refused) {
            unseen = refused;
        }
    }

    /** Looks at the chosen target; what was seen of another is forgotten, whatever comes of it. */
    public void look() {
        impact = null;
        unseen = null;
        if (!Objects.equals(target, acknowledgedFor)) {
            acknowledgedFor = target;
            checklist = new ArrayList<>();
            phrase = null;
        }
        if (target == null) {
            return;
        }
        if (!allows(mode)) {
            mode = RestoreMode.ASIDE_SWAP;
        }
        impact = restores.impact(snapshot, target);
    }

    public void review() {
        look();
        step = 2;
    }

    public void lookAgain() {
        look();
    }

    public void acknowledge() {
        step = 3;
    }

    public void back() {
        step--;
    }

    public String submit() {
        // Only for this call: whatever is refused, they are given again.
        Secret given = secret(identity);
        Secret opens = secret(passphrase);
        identity = null;
        passphrase = null;
        UUID request =
                restores.request(
                        snapshot,
                        new Restores.Order(
                                target,
                                mode,
                                dryRun,
                                globals,
                                mode == RestoreMode.NEW_NAME ? newName : null,
                                reason,
                                phrase,
                                otp,
                                checklist,
                                given,
                                opens));
        return "/console/restores/detail?faces-redirect=true&id=" + request;
    }

    private static Secret secret(String text) {
        return text == null || text.isBlank() ? null : Secret.of(text);
    }

    private TargetEnvironment chosen() {
        return targets.stream().filter(t -> t.name().equals(target)).findFirst().orElse(null);
    }

    public boolean allows(RestoreMode one) {
        return !one.inPlace() || (chosen() != null && chosen().inPlaceAllowed());
    }

    public boolean isProduction() {
        return chosen() != null && chosen().production();
    }

    /** Whether they are too many to be shown at once. */
    public boolean isManyTargets() {
        return targets.size() > Choices.MOST;
    }

    /** Names of targets whose line holds what was typed. */
    public List<String> completeTargets(String typed) {
        return Choices.holding(targets, this::describe, typed).stream()
                .map(TargetEnvironment::name)
                .toList();
    }

    /** The line of the one of that name; empty where there is none. */
    public String describeNamed(String name) {
        return targets.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .map(this::describe)
                .orElse("");
    }

    /** One line of the choice. */
    public String describe(TargetEnvironment one) {
        return one.name()
                + (one.production() ? " (PRODUCTION)" : "")
                + " · "
                + one.redactedUrl()
                + (one.fourEyes() ? " · a second person approves" : "");
    }

    public RestoreMode[] getModes() {
        return RestoreMode.values();
    }

    /** The reasons against what is asked for; a rehearsal is held against fewer. */
    public List<Impact.Finding> getBlocks() {
        if (impact == null) {
            return List.of();
        }
        return impact.blocksFor(mode, dryRun, needsIdentity && (dryRun || !mode.inPlace()));
    }

    public boolean isMayGoOn() {
        return impact != null && getBlocks().isEmpty();
    }

    /** What is to be acknowledged: nothing where nothing is changed. */
    public List<Impact.Item> getItems() {
        return impact == null ? List.of() : impact.checklistFor(mode, dryRun);
    }

    /** What to know before; the rows that are lost are told in their own place. */
    public List<Impact.Finding> getWarnings() {
        return impact.warningsFor(mode, dryRun).stream()
                .filter(w -> !w.code().equals("ROWS-LOST"))
                .toList();
    }

    public List<Impact.Loss> getLosses() {
        return impact.losses(mode, dryRun);
    }

    public List<Impact.Loss> getLargestLosses() {
        return getLosses().stream().limit(SHOWN_LOSSES).toList();
    }

    public String getLossSentence() {
        if (dryRun) {
            return Say.of("loss_rehearsal", target);
        }
        if (mode == RestoreMode.NEW_NAME) {
            return Say.of("loss_new_name");
        }
        if (impact.facts().problem().isPresent()) {
            return Say.of("loss_unknown", target);
        }
        String since = Words.took(impact.age());
        if (impact.losses().isEmpty()) {
            return Say.of("loss_no_rows", target, since);
        }
        long rows = impact.losses().stream().mapToLong(Impact.Loss::rows).sum();
        int tables = impact.losses().size();
        return Say.of(
                "loss_rows",
                target,
                Say.of(rows == 1 ? "loss_one_row" : "loss_n_rows", Words.number(rows)),
                Say.of(tables == 1 ? "loss_one_table" : "loss_n_tables", Words.number(tables)),
                since);
    }

    public String getHowLong() {
        Impact.Estimate estimate = impact.estimate();
        String low = Words.took(estimate.low());
        String high = Words.took(estimate.high());
        return low.equals(high) ? Say.of("about", low) : Say.of("from_to", low, high);
    }

    public String getAfterwards() {
        if (dryRun) {
            return Say.of("after_rehearsal", target);
        }
        return switch (mode) {
            case ASIDE_SWAP -> Say.of("after_swap", Words.number(chosen().kept().toHours()));
            case NEW_NAME -> Say.of("after_new_name", target);
            case IN_PLACE_CLEAN, IN_PLACE_SCHEMA -> Say.of("after_in_place");
        };
    }

    /** The whole plan in one sentence. */
    public String getSentence() {
        String from = Say.of("plan_from", getRow().source(), Words.minute(getTakenAt()));
        if (dryRun) {
            return Say.of("plan_rehearsal", from, target);
        }
        return switch (mode) {
            case ASIDE_SWAP -> Say.of("plan_swap", from, target);
            case NEW_NAME -> Say.of("plan_new_name", from, newName, target);
            case IN_PLACE_CLEAN -> Say.of("plan_clean", from, target);
            case IN_PLACE_SCHEMA -> Say.of("plan_schema", from, target);
        };
    }

    /** What the button does, and into where. */
    public String getVerb() {
        if (dryRun) {
            return Say.of("do_rehearse", target);
        }
        return Say.of(impact.needsApproval() ? "do_ask" : "do_queue", target);
    }

    public History.Row getRow() {
        return backup.row();
    }

    public Instant getTakenAt() {
        return backup.snapshot().orElseThrow().takenAt();
    }

    /** Why nothing was seen when the page was opened: it is there all the same. */
    public Refused getUnseen() {
        return unseen;
    }

    public Impact getImpact() {
        return impact;
    }

    public List<TargetEnvironment> getTargets() {
        return targets;
    }

    public int getStep() {
        return step;
    }

    public UUID getSnapshot() {
        return snapshot;
    }

    public void setSnapshot(UUID snapshot) {
        this.snapshot = snapshot;
    }

    public String getTarget() {
        return target;
    }

    public void setTarget(String target) {
        this.target = target;
    }

    public RestoreMode getMode() {
        return mode;
    }

    public void setMode(RestoreMode mode) {
        this.mode = mode;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    public boolean isGlobals() {
        return globals;
    }

    public void setGlobals(boolean globals) {
        this.globals = globals;
    }

    public String getNewName() {
        return newName;
    }

    public void setNewName(String newName) {
        this.newName = newName;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public String getPhrase() {
        return phrase;
    }

    public void setPhrase(String phrase) {
        this.phrase = phrase;
    }

    /** Whether the person has to give the identity that opens the backup. */
    public boolean isNeedsIdentity() {
        return needsIdentity;
    }

    /** Never shown again: a page that is drawn anew asks for it anew. */
    public String getIdentity() {
        return null;
    }

    public void setIdentity(String identity) {
        this.identity = identity;
    }

    /** Never shown again. */
    public String getPassphrase() {
        return null;
    }

    public void setPassphrase(String passphrase) {
        this.passphrase = passphrase;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public List<String> getChecklist() {
        return checklist;
    }

    public void setChecklist(List<String> checklist) {
        this.checklist = checklist;
    }
}

package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.Serializable;
import java.io.StringReader;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.DrillDesk;
import org.holdfast.app.DrillReviews;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.shared.Refused;
import org.primefaces.PrimeFaces;

/** One drill: live while it runs, afterwards the record that an auditor reads. */
@Named("drill")
@ViewScoped
public class DrillRecord implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private DrillDesk desk;

    @Inject private DrillReviews reviews;

    private UUID id;
    private String seen;
    private String comment;
    private String otp;
    private String title;
    private String check;
    private String owner;
    private LocalDate due;
    private String action;
    private UUID issue;
    private String resolution;
    private String unfolded;
    private transient DrillDesk.Detail detail;
    private transient DrillRecords.Link sealed;
    private transient Kin kin;

    /** Something that the worker learned. */
    public record Fact(String name, String value) {}

    /** Another drill that looked again, or was looked at again. */
    public record Other(UUID id, String number, DrillState status) {}

    /**
     * Drills that have to do with this one.
     *
     * @param earlier null where this one is no retest
     * @param mended of the earlier drill's issues those that name this drill
     */
    private record Kin(List<Other> retests, Other earlier, List<String> mended) {}

    public void load() {
        if (id == null) {
            throw Refused.notFound("drill", "without an id");
        }
        detail = desk.detail(id);
        kin = null;
        sealed = isRunning() ? null : reviews.sealed(id).orElse(null);
        seen = sealed == null ? null : sealed.record().hex();
    }

    /** Loads anew; what people can do changes with the status, so then all is drawn anew. */
    public void follow() {
        boolean ran = isRunning();
        boolean cleaning = isCleaning();
        boolean sealing = isSealing();
        load();
        if (ran != isRunning() || cleaning != isCleaning()) {
            PrimeFaces.current().ajax().update("page", "after");
        } else if (sealing != isSealing()) {
            // an issue may be half typed already
            PrimeFaces.current().ajax().update("page", "foot:sign");
        }
    }

    public void cancel() {
        desk.cancel(id);
        load();
    }

    public void destroy() {
        desk.destroy(id);
        load();
    }

    /** Another drill of the same source, place and checks, which names this one. */
    public String retest() {
        return opened(desk.request(DrillDesk.Order.retest(detail.drill())));
    }

    /** The same for one issue, which names it. */
    public String retestFor(UUID of) {
        return opened(reviews.retest(id, of));
    }

    private static String opened(UUID drill) {
        return "/console/drills/detail?faces-redirect=true&id=" + drill;
    }

    public void accept() {
        judge(SignOff.Decision.ACCEPTED);
    }

    public void reject() {
        judge(SignOff.Decision.REJECTED);
    }

    /** What is said speaks of the record as it was shown. */
    private void judge(SignOff.Decision decision) {
        reviews.judge(
                id, new DrillReviews.Word(detail.drill().nextStep(), decision, comment, seen, otp));
        comment = null;
        otp = null;
        load();
    }

    public boolean isSigned() {
        return detail.drill().status() == DrillState.SIGNED_OFF;
    }

    public void raise() {
        unfolded = "raise";
        reviews.raise(id, new DrillIssue.Wording(title, check, owner, due, action));
        title = null;
        check = null;
        owner = null;
        due = null;
        action = null;
        unfolded = null;
        load();
    }

    public void settle() {
        unfolded = "settle";
        reviews.close(id, issue, resolution);
        resolution = null;
        unfolded = null;
        load();
    }

    /** Which fold stays open, because what was typed in it was refused. */
    public String getUnfolded() {
        return unfolded;
    }

    public List<DrillIssue> getOpenIssues() {
        return detail.issues().stream().filter(DrillIssue::open).toList();
    }

    /** Of the newest sealed state of the record; null until it was sealed. */
    public DrillRecords.Link getSealed() {
        return sealed;
    }

    public DrillDesk.Detail getDetail() {
        return detail;
    }

    public RestoreDrill getRow() {
        return detail.drill();
    }

    public boolean isRunning() {
        return detail.drill().status().active();
    }

    /** Whether what was kept is being destroyed now. */
    public boolean isCleaning() {
        RestoreDrill drill = detail.drill();
        return drill.destroyRequestedBy() != null && drill.destroyedAt() == null;
    }

    /**
     * Whether the record as it is now is still to be sealed: until then there is nothing to sign.
     */
    public boolean isSealing() {
        return detail.drill().unsealed(Optional.ofNullable(sealed).map(DrillRecords.Link::at));
    }

    /** The verdict in one sentence; before the end what it does. */
    public String getSentence() {
        RestoreDrill drill = detail.drill();
        if (drill.verdict() == null) {
            return drill.cancelRequested() ? Say.of("drill_cancelling") : "";
        }
        return switch (drill.verdict()) {
            case PASSED -> Say.of("drill_passed_means", passed());
            case PARTIAL -> Say.of("drill_partial_means", passed());
            case FAILED ->
                    detail.checks().isEmpty()
                            ? Say.of("drill_unchecked_means")
                            : Say.of("drill_failed_means", passed());
            case ABORTED -> Say.of("drill_aborted_means");
        };
    }

    private String passed() {
        long passed =
                detail.checks().stream()
                        .filter(c -> c.verdict() == DrillCheck.Verdict.PASSED)
                        .count();
        return passed + " of " + detail.checks().size();
    }

    public List<Other> getRetests() {
        return kin().retests();
    }

    public Other getEarlier() {
        return kin().earlier();
    }

    public List<String> getMended() {
        return kin().mended();
    }

    /** Looked up where it is shown, and once. */
    private Kin kin() {
        if (kin == null) {
            UUID of = detail.drill().retestOf();
            kin =
                    new Kin(
                            detail.retests().stream().map(this::other).toList(),
                            of == null ? null : other(of),
                            of == null ? List.of() : mended(of));
        }
        return kin;
    }

    private List<String> mended(UUID of) {
        return reviews.issues(of).stream()
                .filter(one -> id.equals(one.retestDrillId()))
                .map(DrillIssue::title)
                .toList();
    }

    /** The drill that shows whether an issue is mended; null where none was asked for. */
    public Other retestOf(DrillIssue of) {
        return kin().retests().stream()
                .filter(retest -> retest.id().equals(of.retestDrillId()))
                .findFirst()
                .orElse(null);
    }

    private Other other(UUID of) {
        RestoreDrill drill = desk.named(of);
        return new Other(of, drill.number(), drill.status());
    }

    /** What the worker learned of place, tools and apartness, named in words. */
    public List<Fact> getFacts() {
        List<Fact> facts = new ArrayList<>();
        try (JsonReader reader = Json.createReader(new StringReader(detail.drill().facts()))) {
            flatten(facts, "", reader.readObject());
        } catch (JsonException e) {
            facts.add(new Fact("", detail.drill().facts()));
        }
        return facts;
    }

    private static void flatten(List<Fact> facts, String of, JsonObject json) {
        for (Map.Entry<String, JsonValue> member : json.entrySet()) {
            String name = of.isEmpty() ? words(member.getKey()) : of + ": " + member.getKey();
            if (member.getValue() instanceof JsonObject nested) {
                flatten(facts, name, nested);
            } else if (member.getValue() instanceof JsonString text) {
                facts.add(new Fact(name, text.getString()));
            } else {
                facts.add(new Fact(name, member.getValue().toString()));
            }
        }
    }

    /** {@code serverVersion} becomes {@code Server version}. */
    private static String words(String name) {
        String text =
                name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT).strip();
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    public UUID getId() {
        return id;
    }

    public void setId(UUID id) {
        this.id = id;
    }

    public String getComment() {
        return comment;
    }

    public void setComment(String comment) {
        this.comment = comment;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public String getTitle() {
        return title;
    }

    public void setTitle(String title) {
        this.title = title;
    }

    public String getCheck() {
        return check;
    }

    public void setCheck(String check) {
        this.check = check;
    }

    public String getOwner() {
        return owner;
    }

    public void setOwner(String owner) {
        this.owner = owner;
    }

    public LocalDate getDue() {
        return due;
    }

    public void setDue(LocalDate due) {
        this.due = due;
    }

    public String getAction() {
        return action;
    }

    public void setAction(String action) {
        this.action = action;
    }

    public UUID getIssue() {
        return issue;
    }

    public void setIssue(UUID issue) {
        this.issue = issue;
    }

    public String getResolution() {
        return resolution;
    }

    public void setResolution(String resolution) {
        this.resolution = resolution;
    }
}

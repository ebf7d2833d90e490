package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Policies;
import org.holdfast.app.Schedules;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Part;

/** What the company promised itself, and the backups that come of it. */
@Named("policy")
@ViewScoped
public class PolicyPage implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 12;
    private static final int VERSIONS_SHOWN = 10;
    private static final int LINES_SHOWN = 25;

    @Inject private Policies policies;
    @Inject private Schedules schedules;

    private transient Policy inForce;
    private transient List<String> doubts;
    private transient Policies.Standing standing;
    private transient Page<PolicyVersion> versions;
    private transient Part<Schedules.Line> lines;
    private transient List<Schedules.Coming> coming;

    private String cursor;
    private String text = "";
    private int page = 1;
    private String source;
    private String reason;
    private Instant until;

    public void load() {
        inForce = policies.inForce();
        doubts = policies.doubts();
        standing = policies.standing();
        versions =
                policies.versions(
                        Optional.ofNullable(cursor).filter(c -> !c.isEmpty()), VERSIONS_SHOWN);
        lines = schedules.lines(text, page, LINES_SHOWN);
        coming = schedules.coming(SHOWN);
    }

    /** Read anew where a server took the page over from another, or its address was bad. */
    private void there() {
        if (inForce == null) {
            load();
        }
    }

    public void pause() {
        schedules.pause(source, reason, until);
        load();
        Say.done(
                "The schedule of " + source + " is paused.",
                "Backups by hand go on. It ends by itself.");
        source = null;
        reason = null;
        until = null;
    }

    public void resume(UUID id) {
        schedules.resume(id);
        load();
    }

    /** Where another page of the schedules is. */
    public String to(int other) {
        return "policy.xhtml?schedules="
                + other
                + (text.isEmpty() ? "" : "&q=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
                + "#schedulesTitle";
    }

    public Policies.Standing getStanding() {
        there();
        return standing;
    }

    public Page<PolicyVersion> getVersions() {
        there();
        return versions;
    }

    public String getCursor() {
        return cursor;
    }

    public void setCursor(String cursor) {
        this.cursor = cursor;
    }

    public Policy getInForce() {
        there();
        return inForce;
    }

    /** What it promises and its schedules cannot keep. */
    public List<String> getDoubts() {
        there();
        return doubts;
    }

    public Duration getFreshness() {
        there();
        return inForce.freshness().orElse(Policy.FRESHNESS);
    }

    public Duration getRpo() {
        there();
        return Duration.ofMinutes(inForce.rpoMinutes());
    }

    public Duration getRto() {
        there();
        return Duration.ofMinutes(inForce.rtoMinutes());
    }

    public String getDrillDay() {
        there();
        return inForce.monthlyRestoreDay().replace('_', ' ');
    }

    /** Whether anything can be paused. */
    public boolean isAnyScheduled() {
        there();
        return !coming.isEmpty();
    }

    public Part<Schedules.Line> getLines() {
        there();
        return lines;
    }

    public List<Schedules.Coming> getComing() {
        there();
        return coming;
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text == null ? "" : text.strip();
    }

    public int getPage() {
        return page;
    }

    public void setPage(int page) {
        this.page = page;
    }

    public String getSource() {
        return source;
    }

    public void setSource(String source) {
        this.source = source;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public Instant getUntil() {
        return until;
    }

    public void setUntil(Instant until) {
        this.until = until;
    }
}

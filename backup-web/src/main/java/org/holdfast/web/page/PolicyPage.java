package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
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
        standing = policies.standing();
        inForce = standing.policy();
        doubts = policies.doubts(inForce);
        versions =
                policies.versions(
                        Optional.ofNullable(cursor).filter(c -> !c.isEmpty()), VERSIONS_SHOWN);
        lines = schedules.lines(text, page, LINES_SHOWN);
        coming = schedules.coming(SHOWN);
    }

    public void pause() {
        schedules.pause(source, reason, until);
        load();
        Say.done(Say.of("schedule_paused", source), Say.of("schedule_paused_means"));
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
        return address(cursor, text, other) + "#schedulesTitle";
    }

    /** Where all schedules are, of whatever name. */
    public String getWithoutText() {
        return address(cursor, null, 1) + "#schedulesTitle";
    }

    /** Where the versions before those shown are; null where there are none. */
    public String getOlder() {
        return versions.next().map(this::before).orElse(null);
    }

    /** Where the newest versions are; null where they are shown. */
    public String getNewest() {
        return cursor == null ? null : before(null);
    }

    private String before(String from) {
        return address(from, text, lines.page()) + "#historyTitle";
    }

    private static String address(String before, String text, int page) {
        return Address.of(
                "policy.xhtml", "before", before, "q", text, "schedules", Address.page(page));
    }

    public Policies.Standing getStanding() {
        return standing;
    }

    public Page<PolicyVersion> getVersions() {
        return versions;
    }

    public String getCursor() {
        return cursor;
    }

    public void setCursor(String cursor) {
        this.cursor = cursor;
    }

    public Policy getInForce() {
        return inForce;
    }

    /** What it promises and its schedules cannot keep. */
    public List<String> getDoubts() {
        return doubts;
    }

    public Duration getFreshness() {
        return inForce.freshness().orElse(Policy.FRESHNESS);
    }

    public Duration getRpo() {
        return Duration.ofMinutes(inForce.rpoMinutes());
    }

    public Duration getRto() {
        return Duration.ofMinutes(inForce.rtoMinutes());
    }

    public String getDrillDay() {
        return inForce.monthlyRestoreDay().replace('_', ' ');
    }

    /** Whether anything can be paused. */
    public boolean isAnyScheduled() {
        return !coming.isEmpty();
    }

    public Part<Schedules.Line> getLines() {
        return lines;
    }

    public List<Schedules.Coming> getComing() {
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

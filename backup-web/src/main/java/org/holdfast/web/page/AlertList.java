package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Alerts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Delivery;
import org.holdfast.domain.shared.Page;

/** What somebody has to know, what was told of it, and over which channels. */
@Named("alertList")
@ViewScoped
public class AlertList implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 20;
    private static final int OPEN = 50;

    @Inject private Alerts alerts;

    private transient List<Alerts.Entry> open;
    private transient Page<Alerts.Entry> history;
    private transient List<Alerts.Way> channels;
    private transient Alerts.Entry chosen;
    private transient boolean deadman;
    private transient Instant judgedAt;
    private transient long openCount;
    private UUID alert;
    private String cursor;
    private int from = 1;
    private String comment;

    public void load() {
        openCount = alerts.countOpen();
        from = within(from, openCount);
        open = alerts.open((from - 1) * OPEN, OPEN);
        history = alerts.history(Optional.ofNullable(cursor).filter(c -> !c.isEmpty()), PAGE);
        channels = alerts.channels();
        deadman = alerts.deadman();
        judgedAt = alerts.judgedAt().orElse(null);
        chosen = alert == null ? null : alerts.one(alert);
    }

    /**
     * The page asked for, or the last there is: some may have been resolved since it was linked.
     */
    static int within(int page, long found) {
        return (int) Math.max(1, Math.min(page, (found + OPEN - 1) / OPEN));
    }

    public void choose(UUID id) {
        alert = id;
        comment = null;
        load();
    }

    public void close() {
        choose(null);
    }

    public void acknowledge() {
        Alerts.Entry done = alerts.acknowledge(alert, comment);
        close();
        Say.done(
                Say.of("alert_acknowledged", done.alert().kind().title()),
                Say.of("alert_acknowledged_means"));
    }

    public void test(String channel) {
        Alerts.Tested tested = alerts.test(channel);
        load();
        if (tested.delivered()) {
            Say.done(Say.of("channel_took", channel), tested.words());
        } else {
            Say.failed(Say.of("channel_failed", channel), tested.words());
        }
    }

    /** The page of the console that shows what an alert is about; empty where none does. */
    public String about(String subject) {
        return page(subject);
    }

    static String page(String subject) {
        String name = subject.substring(subject.indexOf('/') + 1);
        return switch (subject.replaceFirst("/.*", "")) {
            case "source" -> "backups/index.xhtml?source=" + name;
            case "store" -> "stores.xhtml";
            case "key" -> "keys.xhtml";
            case "restore" -> "restores/detail.xhtml?id=" + name;
            case "approval" -> "approvals/detail.xhtml?id=" + name;
            case "policy", "scheduler" -> "policy.xhtml";
            case "audit" -> "audit.xhtml";
            default -> "";
        };
    }

    /** How it went, e.g. {@code slack: sent}. */
    public String told(Delivery delivery) {
        String way = delivery.channel() + ", " + delivery.event().name().toLowerCase(Locale.ROOT);
        return switch (delivery.state()) {
            case SENT -> Say.of("told_sent", way);
            case WAITING ->
                    delivery.failure() == null
                            ? Say.of("told_waiting", way)
                            : Say.of("told_again", way, Words.number(delivery.attempt()));
            case GIVEN_UP -> Say.of("told_given_up", way);
        };
    }

    public String kinds(Alerts.Way way) {
        return way.kinds().isEmpty()
                ? Say.of("kinds_all")
                : String.join(", ", way.kinds().stream().map(AlertKind::title).toList());
    }

    public long getOpenCount() {
        return openCount;
    }

    /** Whether more are open than one page shows. */
    public boolean isPaged() {
        return openCount > OPEN;
    }

    public boolean isMoreOpen() {
        return (long) from * OPEN < openCount;
    }

    public int getFrom() {
        return from;
    }

    public void setFrom(int from) {
        this.from = Math.min(Math.max(1, from), 1_000_000);
    }

    public List<Alerts.Entry> getOpen() {
        return open;
    }

    public List<Alerts.Entry> getResolved() {
        return history.items();
    }

    /** Where the next page of the history begins; null on the last. */
    public String getOlder() {
        return history.next().orElse(null);
    }

    public List<Alerts.Way> getChannels() {
        return channels;
    }

    public boolean isNobodyTold() {
        return channels.stream().noneMatch(Alerts.Way::configured);
    }

    public boolean isDeadman() {
        return deadman;
    }

    /** When the facts were last judged; null where they never were. */
    public Instant getJudgedAt() {
        return judgedAt;
    }

    public Alerts.Entry getChosen() {
        return chosen;
    }

    public UUID getAlert() {
        return alert;
    }

    public void setAlert(UUID alert) {
        this.alert = alert;
    }

    public String getCursor() {
        return cursor;
    }

    public void setCursor(String cursor) {
        this.cursor = cursor;
    }

    public String getComment() {
        return comment;
    }

    public void setComment(String comment) {
        this.comment = comment;
    }
}

package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.app.Alerts;
import org.holdfast.app.Overview;
import org.holdfast.app.Policies;
import org.holdfast.app.Schedules;
import org.holdfast.domain.restore.Gauge;
import org.holdfast.domain.restore.Recoverability;
import org.holdfast.domain.restore.Standing;

/** Can we recover, and how do we know? */
@Named
@ViewScoped
public class Dashboard implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 8;
    private static final int PAGE = 20;

    @Inject private Overview overview;
    @Inject private Alerts alerts;
    @Inject private Schedules schedules;
    @Inject private Policies policies;

    private transient List<Standing> standings;
    private transient Map<UUID, Recoverability.Lately> lately;
    private transient List<Alerts.Entry> concerns;
    private transient long open;
    private transient int found;
    private transient int late;
    private String text;
    private int page = 1;
    private transient Map<String, Instant> next;
    private transient Instant judgedAt;

    public void load() {
        List<Standing> all = named(overview.standings());
        found = all.size();
        late = (int) all.stream().filter(Standing::late).count();
        int from = Math.min((page - 1) * PAGE, Math.max(0, (found - 1) / PAGE * PAGE));
        page = from / PAGE + 1;
        standings = all.subList(from, Math.min(from + PAGE, found));
        Set<UUID> shown =
                standings.stream()
                        .map(standing -> standing.known().sourceId())
                        .collect(Collectors.toSet());
        lately = overview.lately(shown);
        concerns = alerts.open(0, SHOWN);
        open = alerts.countOpen();
        judgedAt = alerts.judgedAt().orElse(null);
        next = new HashMap<>();
        schedules
                .lines(shown)
                .forEach(line -> line.next().ifPresent(at -> next.put(line.source(), at)));
    }

    private List<Standing> named(List<Standing> all) {
        if (text == null || text.isBlank()) {
            return all;
        }
        String wanted = text.strip().toLowerCase(Locale.ROOT);
        return all.stream()
                .filter(s -> s.known().source().toLowerCase(Locale.ROOT).contains(wanted))
                .toList();
    }

    /** Whether there are more databases than one page shows. */
    public boolean isPaged() {
        return text != null || found > PAGE;
    }

    public int getFound() {
        return found;
    }

    /** How many of those found have no usable backup of the age that is promised. */
    public int getLate() {
        return late;
    }

    public int getFirst() {
        return (page - 1) * PAGE + 1;
    }

    public int getLast() {
        return (page - 1) * PAGE + standings.size();
    }

    /** Where the page before or after this one is; null where there is none. */
    public String to(int other) {
        if (other < 1 || (other - 1) * PAGE >= found) {
            return null;
        }
        return Address.of("dashboard.xhtml", "page", Address.page(other), "q", text);
    }

    public int getPage() {
        return page;
    }

    public void setPage(int page) {
        this.page = page;
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text == null || text.isBlank() ? null : text;
    }

    public Recoverability.Lately lately(Standing standing) {
        return lately.get(standing.known().sourceId());
    }

    public List<Standing> getStandings() {
        return standings;
    }

    /** What somebody has to do something about, the most severe first. */
    public List<Alerts.Entry> getConcerns() {
        return concerns;
    }

    public long getMoreConcerns() {
        return open - concerns.size();
    }

    public Instant getJudgedAt() {
        return judgedAt;
    }

    /** When a source is backed up next by its schedule; null where it has none. */
    public Instant next(String source) {
        return next.get(source);
    }

    public Duration getRto() {
        return Duration.ofMinutes(policies.inForce().rtoMinutes());
    }

    public Duration getRpo() {
        return Duration.ofMinutes(policies.inForce().rpoMinutes());
    }

    public Duration getProvedEvery() {
        return Standing.PROVED_EVERY;
    }

    public String about(String subject) {
        return AlertList.page(subject);
    }

    /** CSS class of a gauge. */
    public String tone(Gauge gauge) {
        return switch (gauge.state()) {
            case WITHIN -> "good";
            case CLOSE -> "warn";
            case OVER -> "bad";
        };
    }

    /** How long the drawn part of a bar is that is {@code whole} long. */
    public String drawn(Gauge gauge, int whole) {
        return String.format(Locale.ROOT, "%.1f", gauge.drawn() * whole);
    }

    /** One class a day: usable, failed, nothing. */
    public String tone(Recoverability.Day day) {
        return day.usable() > 0
                ? day.failed() > 0 ? "mixed" : "usable"
                : day.failed() > 0 ? "failed" : "none";
    }

    public String words(Recoverability.Day day) {
        return Say.of(
                "day_of",
                day.day().toString(),
                Words.number(day.usable()),
                Words.number(day.failed()));
    }

    /** Days since the source is known, and what became of them. */
    public String days(Standing standing) {
        List<Recoverability.Day> days = since(standing.known(), lately(standing));
        Map<String, Long> tones =
                days.stream().collect(Collectors.groupingBy(this::tone, Collectors.counting()));
        return Say.of(
                "days_of",
                Words.number(days.size()),
                Words.number(tones.getOrDefault("usable", 0L) + tones.getOrDefault("mixed", 0L)),
                Words.number(tones.getOrDefault("failed", 0L)),
                Words.number(tones.getOrDefault("none", 0L)));
    }

    private static List<Recoverability.Day> since(
            Recoverability.Known known, Recoverability.Lately lately) {
        return lately.days().stream()
                .filter(
                        day ->
                                !day.day()
                                        .isBefore(
                                                known.knownSince()
                                                        .atZone(ZoneOffset.UTC)
                                                        .toLocalDate()))
                .toList();
    }

    /** Points of a line of sizes, for a drawing 96 wide and 20 high; null for fewer than two. */
    public String sizes(Recoverability.Lately lately) {
        return points(lately.sizes().stream().map(Recoverability.Size::bytes).toList());
    }

    /** The same of how long the backups took. */
    public String durations(Recoverability.Lately lately) {
        return points(lately.sizes().stream().map(size -> size.took().toMillis()).toList());
    }

    private static String points(List<Long> values) {
        if (values.size() < 2) {
            return null;
        }
        long most = Math.max(1, values.stream().mapToLong(Long::longValue).max().getAsLong());
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            points.append(
                    String.format(
                            Locale.ROOT,
                            "%.1f,%.1f ",
                            1 + 94.0 * i / (values.size() - 1),
                            19 - 18.0 * values.get(i) / most));
        }
        return points.toString().strip();
    }

    public Optional<Recoverability.Size> last(Recoverability.Lately lately) {
        return lately.sizes().isEmpty()
                ? Optional.empty()
                : Optional.of(lately.sizes().get(lately.sizes().size() - 1));
    }
}

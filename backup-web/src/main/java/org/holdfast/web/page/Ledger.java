package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.Serializable;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.holdfast.app.AuditTrail;
import org.holdfast.domain.audit.Anchors;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.shared.Refused;

/**
 * The audit log, newest first, with what reading the whole chain found at its head. It is read when
 * the page is opened and when asked for; who filters or pages on sees the last reading.
 */
@Named
@ViewScoped
public class Ledger implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 50;
    private static final int BRIEF = 12;

    @Inject private AuditTrail trail;
    @Inject private Zone zone;

    private String before;
    private String from;
    private String to;
    private String actor;
    private String action;
    private String subject;
    private transient List<AuditEntry> entries;
    private transient AuditTrail.Status status;
    private transient Refused unchecked;

    protected Ledger() {}

    Ledger(AuditTrail trail, Zone zone) {
        this.trail = trail;
        this.zone = zone;
    }

    /** One detail of an entry. */
    public record Fact(String name, String value) {}

    public void load() {
        entries = trail.newest(filter(), number(before), PAGE);
        status = trail.lastStatus().orElse(null);
        if (status == null || before == null && !isFiltered()) {
            check();
        }
    }

    /** Reads the whole chain; where that is refused, the page is there without it and says so. */
    public void check() {
        unchecked = null;
        try {
            status = trail.status();
        } catch (Refused refused) {
            unchecked = refused;
            status = trail.lastStatus().orElse(null);
        }
    }

    private AuditFilter filter() {
        return new AuditFilter(
                moment(from, AuditFilter::since),
                moment(to, AuditFilter::until),
                Optional.ofNullable(actor),
                Optional.ofNullable(action),
                Optional.ofNullable(subject));
    }

    /** What is no time filters nothing; the field shows it empty then. */
    static Optional<Instant> moment(String text, Function<String, Instant> read) {
        try {
            return Optional.ofNullable(text).map(read);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What is no number of an entry begins with the newest. */
    static Optional<Long> number(String text) {
        try {
            return Optional.ofNullable(text)
                    .map(String::strip)
                    .map(Long::valueOf)
                    .filter(n -> n > 0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    public boolean isFiltered() {
        return !filter().all();
    }

    /** The filter as the rest of an address. */
    public String getQuery() {
        String query =
                Address.query(
                        "from", from, "to", to, "actor", actor, "action", action, "subject",
                        subject);
        return query.isEmpty() ? "" : "&" + query;
    }

    public List<String> getActors() {
        return trail.actors();
    }

    public List<String> getActions() {
        return trail.actions();
    }

    public List<Fact> facts(AuditEntry entry) {
        try (JsonReader reader = Json.createReader(new StringReader(entry.detail()))) {
            return reader.readObject().entrySet().stream()
                    .map(
                            e ->
                                    new Fact(
                                            e.getKey(),
                                            e.getValue() instanceof JsonString text
                                                    ? text.getString()
                                                    : e.getValue().toString()))
                    .toList();
        }
    }

    public String getChainSentence() {
        if (status.chain().brokenAt().isPresent()) {
            return Say.of("chain_broken", Words.number(status.chain().brokenAt().get()));
        }
        String whole = Words.number(status.chain().entries());
        if (!status.whole()) {
            return Say.of("chain_differs");
        }
        return status.anchoredAt().isEmpty()
                ? Say.of("chain_whole", whole)
                : Say.of(
                        "chain_anchored",
                        whole,
                        Words.number(status.anchoredEntries()),
                        zone.minute(status.anchoredAt().get()),
                        Words.names(
                                status.agreeing().stream().map(Anchors.Anchor::store).toList()));
    }

    /** Of which reading that is. */
    public String getChainMeans() {
        return Say.of(
                status.whole() ? "chain_whole_means" : "chain_broken_do",
                zone.second(status.readAt()));
    }

    /** How the head of the page looks: never good where nothing was checked. */
    public String getTone() {
        if (status != null && !status.whole()) {
            return "bad";
        }
        return status == null || unchecked != null ? "warn" : "good";
    }

    /** Why the chain was not checked just now; null where it was. */
    public Refused getUnchecked() {
        return unchecked;
    }

    public String getUncheckedSentence() {
        return Say.of("chain_unchecked", unchecked.getMessage());
    }

    public AuditTrail.Status getStatus() {
        return status;
    }

    public String brief(String hash) {
        return hash.substring(0, BRIEF);
    }

    /** Where the next page begins; null on the last. */
    public Long getOlder() {
        if (entries.size() < PAGE) {
            return null;
        }
        long oldest = entries.get(entries.size() - 1).seq();
        return oldest > 1 ? oldest : null;
    }

    public List<AuditEntry> getEntries() {
        return entries;
    }

    public String getBefore() {
        return before;
    }

    public void setBefore(String before) {
        this.before = before;
    }

    public String getFrom() {
        return from;
    }

    public void setFrom(String from) {
        this.from = from;
    }

    public String getTo() {
        return to;
    }

    public void setTo(String to) {
        this.to = to;
    }

    public String getActor() {
        return actor;
    }

    public void setActor(String actor) {
        this.actor = actor;
    }

    public String getAction() {
        return action;
    }

    public void setAction(String action) {
        this.action = action;
    }

    public String getSubject() {
        return subject;
    }

    public void setSubject(String subject) {
        this.subject = subject;
    }
}

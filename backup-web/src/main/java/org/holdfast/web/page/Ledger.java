package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.Serializable;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import org.holdfast.app.AuditTrail;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditLog;

/** The audit log, newest first, with what reading the whole chain found at its head. */
@Named
@ViewScoped
public class Ledger implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 50;
    private static final int BRIEF = 12;

    @Inject private AuditTrail trail;

    private Long before;
    private transient List<AuditEntry> entries;
    private transient AuditLog.ChainStatus chain;

    /** One detail of an entry. */
    public record Fact(String name, String value) {}

    public void load() {
        entries = trail.newest(Optional.ofNullable(before), PAGE);
        chain = trail.verify();
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
        return chain.brokenAt()
                .map(at -> Say.of("chain_broken", Words.number(at)))
                .orElseGet(() -> Say.of("chain_whole", Words.number(chain.entries())));
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

    public AuditLog.ChainStatus getChain() {
        return chain;
    }

    public Long getBefore() {
        return before;
    }

    public void setBefore(Long before) {
        this.before = before;
    }
}

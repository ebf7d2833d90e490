package org.holdfast.domain.storage;

import java.time.Instant;
import java.util.List;

/**
 * A look at all guards of a store.
 *
 * @param at when, UTC
 * @param by who asked for it
 */
public record StoreCheck(Instant at, String by, List<Finding> findings) {
    public StoreCheck {
        findings = List.copyOf(findings);
    }

    /** What is lacking and Holdfast can set. */
    public List<Finding> settable() {
        return findings.stream().filter(Finding::settable).toList();
    }

    /** How many findings are so. */
    public long count(Finding.Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).count();
    }
}

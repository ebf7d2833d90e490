package org.holdfast.domain.alert;

import java.util.Set;

/**
 * What of the alerts a channel gets.
 *
 * @param least severity
 * @param kinds empty: all
 */
public record ChannelRule(Severity least, Set<AlertKind> kinds) {
    public ChannelRule {
        kinds = Set.copyOf(kinds);
    }

    public boolean lets(AlertKind kind, Severity severity) {
        return kind.toEveryone()
                || severity.compareTo(least) >= 0 && (kinds.isEmpty() || kinds.contains(kind));
    }
}

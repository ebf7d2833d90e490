package org.holdfast.domain.alert;

import org.holdfast.domain.shared.Masked;

/**
 * A fact that somebody has to know, as it is now.
 *
 * @param subject what it is about, e.g. {@code source/shop}, {@code store/s3}, {@code key/escrow}
 * @param text what is wrong and what it means, plain sentences without any secret
 */
public record Concern(AlertKind kind, String subject, Severity severity, String text) {
    private static final int LONGEST = 1000;

    /** Texts of failures name addresses: no password of one goes further. */
    public Concern {
        text = Masked.passwords(text);
        text = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    /** The fact apart from how bad it is and how it is said. */
    public record Key(AlertKind kind, String subject) {}

    public Key key() {
        return new Key(kind, subject);
    }
}

package org.holdfast.domain.alert;

import java.util.Locale;

/** How much hurry there is, the least first. */
public enum Severity {
    /** Good to know. */
    INFO,
    /** To be looked at today. */
    WARNING,
    /** To be looked at now: a recovery might fail, or two people were bypassed. */
    CRITICAL;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

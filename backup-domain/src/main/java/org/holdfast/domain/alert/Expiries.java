package org.holdfast.domain.alert;

import java.time.Instant;
import java.util.Optional;

/** What was seen of things that end by themselves, wherever a connection came by. */
public interface Expiries {
    /**
     * Notes it, or forgets it.
     *
     * @param kind CERTIFICATE_EXPIRES or CREDENTIAL_EXPIRES
     * @param subject e.g. {@code source/shop}
     * @param what begins a sentence: {@code Login backup of source shop}
     * @param at when it ends; empty where it does not
     */
    void seen(AlertKind kind, String subject, String what, Optional<Instant> at);

    /** What was noted of it holds, although it could not be looked at again. */
    void still(AlertKind kind, String subject);
}

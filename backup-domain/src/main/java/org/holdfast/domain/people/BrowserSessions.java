package org.holdfast.domain.people;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Sign-ins of browsers, in the catalog, so that one that is ended is ended on every server. */
public interface BrowserSessions {
    /** Whose session it is, with what holds for the person now. */
    record Holder(BrowserSession session, String user, Role role) {}

    /** Also forgets those that began more than a month ago. */
    void add(BrowserSession session);

    /** Empty where it was ended, its time is over, or the person is disabled. One query. */
    Optional<Holder> holder(UUID id, Instant now);

    void used(UUID id, Instant now);

    /** A person's that have not ended, the one used last first. */
    List<BrowserSession> open(UUID userId, Instant now);

    /**
     * @return false where the person has no such session that is open
     */
    boolean end(UUID userId, UUID id, Instant now);

    /**
     * Ends all of a person's but one.
     *
     * @param but may be null
     * @return how many were open
     */
    int endAll(UUID userId, UUID but, Instant now);

    /** From now on it counts as begun with the authenticator. */
    void renewed(UUID id);
}

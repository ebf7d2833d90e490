package org.holdfast.domain.people;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The one-time links that were handed out. */
public interface Invitations {
    /** Neither used nor withdrawn, by user name; those whose time is over among them. */
    List<Invitation> unsettled();

    Optional<Invitation> unsettledOf(String userName);

    Optional<Invitation> byTokenHash(String hash);

    /** Locked until the transaction ends. */
    Optional<Invitation> lock(UUID id);

    void add(Invitation invitation);

    /**
     * Marks it as used in one UPDATE.
     *
     * @return false where it was used or withdrawn meanwhile, or its time is over
     */
    boolean use(UUID id, Instant now);
}

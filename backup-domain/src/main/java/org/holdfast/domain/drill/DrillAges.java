package org.holdfast.domain.drill;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** When each source was last shown to be restorable, and since when it could have been. */
public interface DrillAges {
    /** When the newest passed drill of each source in use ended, by name; none without one. */
    Map<String, Instant> lastPassed();

    /**
     * How long a source was in use, as far as the catalog knows.
     *
     * @param since when it was first known
     * @param last of a retired one: when its last backup or drill was asked for
     */
    record Use(Instant since, Optional<Instant> last) {}

    /** Of each source by name, save retired ones that never had a backup nor a drill. */
    Map<String, Use> uses();
}

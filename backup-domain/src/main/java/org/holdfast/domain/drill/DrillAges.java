package org.holdfast.domain.drill;

import java.time.Instant;
import java.util.Map;

/** When each source was last shown to be restorable, and since when it could have been. */
public interface DrillAges {
    /** When the newest passed drill of each source in use ended, by name; none without one. */
    Map<String, Instant> lastPassed();

    /** Since when each source in use is known, by name. */
    Map<String, Instant> knownSince();
}

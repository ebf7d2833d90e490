package org.holdfast.domain.drill;

import java.time.Instant;
import java.util.Map;

/** When each source was last shown to be restorable. */
public interface DrillAges {
    /** When the newest passed drill of each source in use ended, by name; none without one. */
    Map<String, Instant> lastPassed();
}

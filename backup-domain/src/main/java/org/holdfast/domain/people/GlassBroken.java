package org.holdfast.domain.people;

import java.time.Instant;
import java.util.UUID;

/**
 * Told when one person alone let something through that two should have: everybody is to know.
 *
 * @param what one line, e.g. {@code Restore shop into live}
 * @param subject as in the audit log, e.g. {@code restore/…}
 */
public record GlassBroken(
        UUID id, String what, String subject, String by, String reason, Instant at) {}

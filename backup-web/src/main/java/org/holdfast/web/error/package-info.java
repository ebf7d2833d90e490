/**
 * What went wrong, in words for people and for programs: the one place where a {@link
 * org.holdfast.domain.shared.Refused} becomes a status and a problem (RFC 9457).
 *
 * <p>Anything that is not a refusal gets an error id; the log carries the stack under the same id,
 * the answer never does. Pages and REST both come here, and neither has a mapping of its own.
 */
package org.holdfast.web.error;

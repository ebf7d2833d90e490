/**
 * Drills: restores that are done to see whether they work. A drill's record is evidence, so it says
 * what was asked for, what ran, what was found and who looked at it, and nothing of it is deleted.
 *
 * <p>How a place is made and a check is run belongs in {@code engine} and {@code work}; here is
 * what the results mean.
 */
package org.holdfast.domain.drill;

/**
 * Bringing a snapshot back under control: who may ask, what it would mean, one at a time per
 * target, aside first and swapped in last.
 */
package org.holdfast.domain.restore;

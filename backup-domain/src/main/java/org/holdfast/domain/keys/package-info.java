/**
 * Who can open the backups: age recipients, what each opens, and the rules by which they come and
 * go.
 *
 * <p>Public keys only. An identity (the private half) is never part of a fact here: it passes
 * through {@link org.holdfast.domain.keys.Identities} into one server's memory, or is handed out
 * once by {@link org.holdfast.domain.keys.AgeKeys}.
 */
package org.holdfast.domain.keys;

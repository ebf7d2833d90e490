/**
 * What somebody has to be told: facts of the catalog judged by {@link
 * org.holdfast.domain.alert.AlertRules}, kept as {@link org.holdfast.domain.alert.Alert}s, and
 * carried to people over {@link org.holdfast.domain.alert.Channel}s.
 *
 * <p>The rules are pure and know the catalog's time only. An alert is never the source of truth: it
 * opens while a fact is there and resolves when the fact is gone, whoever acknowledged it
 * meanwhile.
 */
package org.holdfast.domain.alert;

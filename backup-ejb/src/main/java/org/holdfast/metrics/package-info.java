/**
 * What monitoring sees: health checks and figures (MicroProfile Health and Metrics).
 *
 * <p>Everything is read from the catalog, so every server of one catalog tells the same, and a
 * restart forgets nothing. Nobody imports this room: it looks, it is never called.
 */
package org.holdfast.metrics;

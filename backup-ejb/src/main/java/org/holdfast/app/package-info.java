/**
 * What people and workers can do: each method is one transaction, checks the role, tells the audit
 * log, and leaves the rule itself to the domain.
 *
 * <p>Knows no worker, no child process and no stream: what needs those is queued here and done in
 * {@code work}. Looking at databases and stores goes through the domain's ports.
 */
package org.holdfast.app;

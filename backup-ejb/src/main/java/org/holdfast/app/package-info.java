/**
 * What people and workers can do: each method is one transaction, checks the role, tells the audit
 * log, and leaves the rule itself to the domain.
 *
 * <p>A dangerous act asks for a code ({@link org.holdfast.domain.people.SecondFactor}), bound to
 * the operation and its exact parameters, and spent in the act's transaction. Where two people have
 * to act together, it is an {@link org.holdfast.app.ApprovedAct}: {@link
 * org.holdfast.app.Approvals} says how, and the names of the operations stand in {@link
 * org.holdfast.domain.people.Approval#OPERATIONS}.
 *
 * <p>Knows no worker, no child process and no stream: what needs those is queued here and done in
 * {@code work}. Looking at databases and stores goes through the domain's ports.
 */
package org.holdfast.app;

/**
 * The catalog behind the domain's ports: JPA for the aggregates, plain SQL with bound parameters
 * for lists and for what must be one statement.
 *
 * <p>The only room with an EntityManager, beside the workers' leases. Every method is within a
 * transaction, the caller's or, where there is none, one of its own: outside of one, Payara hands
 * the same EntityManager to every thread and closes it behind the first that is done. If you need a
 * rule, it belongs in the domain; if you need a role, in {@code app}.
 */
package org.holdfast.persistence;

/**
 * Real servers for tests and faults at the border to the store, for the tests of every module.
 *
 * <p>Decision: servers are child processes on free loopback ports, stopped by their pid; faults are
 * put between a client and a real server, never in place of it.
 */
package org.holdfast.adapter.testing;

/**
 * What goes on without anybody waiting: timers knock, a lease decides who works, runners do the
 * work outside any transaction and report through {@code app}.
 *
 * <p>A runner never decides a rule and never touches an entity; it carries bytes, asks servers and
 * tells what it saw. Every report is fenced by the attempt number of its lease.
 */
package org.holdfast.work;

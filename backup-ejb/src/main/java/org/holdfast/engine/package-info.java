/**
 * What talks to PostgreSQL: client programs as child processes, and short JDBC looks.
 *
 * <p>Decisions. A child starts with an empty environment and an absolute path found under a
 * configured directory; its password travels in a 0600 passfile, never in an argument. Nothing it
 * printed counts before its exit code is known to be 0. A database name is untrusted and always
 * quoted. Databases are replaced by rename only, in one transaction, and whatever breaks midway,
 * the old database serves.
 *
 * <p>{@link org.holdfast.engine.Cancel} ends any of it from another thread. Failures of servers and
 * programs are {@link org.holdfast.engine.ServerFailure} and {@link
 * org.holdfast.engine.ChildFailed}, both IOExceptions in words; what the rules forbid is {@link
 * org.holdfast.domain.shared.Refused}.
 *
 * <p>Knows no catalog, no container, no store: whoever needs these is in {@code work}. The only
 * room with {@code ProcessBuilder}.
 */
package org.holdfast.engine;

/**
 * Who is told, and how, of what has happened: observers of events, after the commit.
 *
 * <p>Nobody imports this room: it listens, it is never called, and nothing depends on its being
 * heard.
 */
package org.holdfast.notify;

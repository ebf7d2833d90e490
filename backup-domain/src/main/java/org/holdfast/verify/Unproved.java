package org.holdfast.verify;

/** What was given is not what was signed; the message says where, for people. */
final class Unproved extends Exception {
    private static final long serialVersionUID = 1L;

    Unproved(String message) {
        super(message);
    }
}

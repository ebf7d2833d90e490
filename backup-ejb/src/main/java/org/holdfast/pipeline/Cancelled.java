package org.holdfast.pipeline;

import java.io.InterruptedIOException;

/** The stream was given up because somebody asked for it; nothing of it is published. */
public class Cancelled extends InterruptedIOException {
    public Cancelled(String message) {
        super(message);
    }
}

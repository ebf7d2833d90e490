package org.holdfast.app;

/** Told when work was queued; workers hear it after the commit. */
public record WorkQueued() {}

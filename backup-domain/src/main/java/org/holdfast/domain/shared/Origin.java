package org.holdfast.domain.shared;

/** Where a source, store or target was set up: in the configuration, or in the console. */
public enum Origin {
    /** Environment or properties file: read at start, not changed in the console. */
    CONFIGURATION,
    /** The catalog: set up by a person in the console, secrets sealed. */
    CATALOG
}

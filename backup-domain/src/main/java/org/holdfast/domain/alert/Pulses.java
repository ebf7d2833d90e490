package org.holdfast.domain.alert;

/** Notes that something went on, with the catalog's time. */
public interface Pulses {
    void beat(AlertFacts.Duty duty);
}

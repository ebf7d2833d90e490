package org.holdfast.domain.alert;

/** Tells somebody outside that all is well; its absence is the alarm. */
public interface LifeSign {
    /** Nothing happens where nobody outside is configured. */
    void give() throws Channel.Undelivered;
}

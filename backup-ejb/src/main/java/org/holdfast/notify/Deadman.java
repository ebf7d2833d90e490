package org.holdfast.notify;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.holdfast.config.Alerting;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Channel.Undelivered;
import org.holdfast.domain.alert.LifeSign;

/** Calls an address outside, whose silence others notice. */
@ApplicationScoped
public class Deadman implements LifeSign {
    private Alerting alerting;

    protected Deadman() {}

    @Inject
    public Deadman(Settings settings) {
        this(settings.alerting());
    }

    Deadman(Alerting alerting) {
        this.alerting = alerting;
    }

    @Override
    public void give() throws Undelivered {
        if (alerting.deadman().isPresent()) {
            Call.get(alerting.deadman().get(), alerting.hosts());
        }
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.config.Settings;
import org.holdfast.domain.people.GlassBroken;
import org.holdfast.domain.shared.Refused;

/** Acting alone in an emergency: whether it may be, and that everybody hears of it. */
@ApplicationScoped
class Glass {
    @Inject private Settings settings;
    @Inject private Caller caller;
    @Inject private Event<GlassBroken> broken;

    boolean there() {
        return settings.breakGlass();
    }

    /**
     * @throws Refused BREAK-GLASS-OFF
     */
    void require() {
        if (!there()) {
            throw new Refused(
                    "BREAK-GLASS-OFF",
                    "Acting alone is switched off here: BREAK_GLASS is false.",
                    "Have a second person decide, or set BREAK_GLASS=true and restart Holdfast.");
        }
    }

    /**
     * After the caller's transaction has committed.
     *
     * @param what was let through
     * @param subject as the audit log names it
     */
    void tell(UUID id, String what, String subject, String reason, Instant now) {
        broken.fire(new GlassBroken(id, what, subject, caller.name(), reason, now));
    }
}

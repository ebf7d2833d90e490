package org.holdfast.notify;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.logging.Logger;
import org.holdfast.domain.people.GlassBroken;

/** Writes into the server's log that one person alone let through what two should have. */
@ApplicationScoped
public class GlassWarning {
    private static final Logger LOG = Logger.getLogger(GlassWarning.class.getName());

    void told(@Observes(during = TransactionPhase.AFTER_SUCCESS) GlassBroken broken) {
        LOG.warning(
                "BREAK GLASS: "
                        + broken.by()
                        + " acted alone: "
                        + broken.what()
                        + " ("
                        + broken.subject()
                        + "). Reason: "
                        + broken.reason().replaceAll("\\R", " "));
    }
}

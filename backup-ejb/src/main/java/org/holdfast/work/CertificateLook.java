package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.ConsoleCertificate;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;

/** Notes when the certificate ends that this server shows; each server speaks for itself. */
@ApplicationScoped
class CertificateLook {
    private static final Logger LOG = Logger.getLogger(CertificateLook.class.getName());
    private static final long EVERY = Duration.ofHours(1).toNanos();

    @Inject private Expiries expiries;
    @Inject private ConsoleCertificate certificate;
    @Inject private ThisServer server;

    private volatile Long lookedAt;

    /** What says when it ends. */
    @FunctionalInterface
    interface Asked {
        /**
         * @return empty where there is none
         * @throws IOException it cannot be read
         */
        Optional<Instant> expires() throws IOException;
    }

    /** A new one is read within the hour. Throws nothing: what is judged besides must go on. */
    void look() {
        long now = System.nanoTime();
        if (lookedAt != null && now - lookedAt < EVERY) {
            return;
        }
        lookedAt = now;
        look(expiries, certificate::expires, server.machine());
    }

    /** Of one that cannot be read now it is known what was read before, and no more. */
    static void look(Expiries expiries, Asked certificate, String machine) {
        String subject = "certificate/" + machine;
        try {
            Optional<Instant> end;
            try {
                end = certificate.expires();
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        "When the certificate of this console ends is not known: {0}",
                        e.getMessage());
                expiries.still(AlertKind.CERTIFICATE_EXPIRES, subject);
                return;
            }
            expiries.seen(
                    new Expiries.Thing(
                            AlertKind.CERTIFICATE_EXPIRES,
                            subject,
                            "The certificate of the console on " + machine,
                            true,
                            machine),
                    end.map(Expiries.Term::until));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The look at the certificate of this console broke.", e);
        }
    }
}

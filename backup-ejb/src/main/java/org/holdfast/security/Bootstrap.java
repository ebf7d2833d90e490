package org.holdfast.security;

import jakarta.annotation.PostConstruct;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.holdfast.config.Settings;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * The first SUPER_GURU: while there is no user, whoever holds the one-time token makes one. The
 * token is printed to the server's log at start, or it is {@code HOLDFAST_BOOTSTRAP_TOKEN}, which
 * is printed nowhere. There is no default account.
 */
@Startup
@Singleton
@DependsOn("CatalogSchema")
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
public class Bootstrap {
    private static final Logger LOG = System.getLogger(Bootstrap.class.getName());

    @Inject private Settings settings;
    @Inject private Users users;
    @Inject private SignInRecords records;
    @Inject private Sealer sealer;
    @Inject private SigningKeys signing;

    private Secret token;

    @PostConstruct
    void start() {
        if (sealer.madeNow()) {
            records.keyMade("seal", sealer.keyId());
        }
        if (signing.madeNow()) {
            records.keyMade("signing", signing.fingerprint().hex());
        }
        token = settings.bootstrapToken().orElse(null);
        if (!users.none()) {
            return;
        }
        if (token == null) {
            token = Tokens.next();
            LOG.log(
                    Level.WARNING,
                    "There is no user yet. Open /console/bootstrap.xhtml and make the first"
                            + " SUPER_GURU with this one-time token: "
                            + token.reveal());
        } else {
            LOG.log(
                    Level.WARNING,
                    "There is no user yet. Open /console/bootstrap.xhtml and make the first"
                            + " SUPER_GURU with the token of HOLDFAST_BOOTSTRAP_TOKEN.");
        }
    }

    /** Whether the first user is still to be made. */
    public boolean waiting() {
        return users.none();
    }

    /**
     * Refuses whoever has not the token, and everybody once there is a user.
     *
     * @throws Refused BOOTSTRAP-DONE or BOOTSTRAP-TOKEN
     */
    public void require(Secret given, String typedName) {
        if (!users.none()) {
            throw done();
        }
        if (token == null || !token.equals(given)) {
            records.refusedBootstrap(typedName);
            throw new Refused(
                    "BOOTSTRAP-TOKEN",
                    "The bootstrap token is wrong.",
                    "Take it from the server's log of its last start, or from"
                            + " HOLDFAST_BOOTSTRAP_TOKEN where that is set.");
        }
    }

    public static Refused done() {
        return new Refused(
                "BOOTSTRAP-DONE",
                "The first user was made already.",
                "Sign in, or ask a SUPER_GURU for an account.");
    }
}

package org.holdfast.web.rest;

import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;

/**
 * What every request passes before an address is even looked for: how often, and who. A stranger
 * gets the same answer whether the address exists or not. A session cookie signs nobody in here;
 * what cannot be sent by a foreign page in a browser needs no other guard against forgery.
 */
@Provider
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public class Gate implements ContainerRequestFilter {
    /** Open to strangers while no user exists: it makes the first one. */
    static final String BOOTSTRAP = "bootstrap";

    private final Buckets callers;
    private final Buckets strangers;

    @Context private HttpServletRequest servlet;

    public Gate() {
        this(null, System::nanoTime);
    }

    Gate(HttpServletRequest servlet, LongSupplier nanoTime) {
        this.servlet = servlet;
        this.callers = new Buckets(300, 100, nanoTime);
        this.strangers = new Buckets(60, 2, nanoTime);
    }

    @Override
    public void filter(ContainerRequestContext request) {
        // By the token as authentication reads it: another spelling is no other caller.
        Optional<Secret> token = ApiToken.sent(servlet.getHeader(HttpHeaders.AUTHORIZATION));
        boolean known =
                token.isPresent() && request.getSecurityContext().getUserPrincipal() != null;
        boolean mayGoOn =
                known
                        ? callers.take(Sha256.of(token.get().reveal()).hex())
                        : strangers.take(servlet.getRemoteAddr());
        if (!mayGoOn) {
            throw new Refused(
                    "TOO-MANY-REQUESTS",
                    "Too many requests came from here.",
                    "Wait a second between requests, and try again.");
        }
        if (!known && !request.getUriInfo().getPath().equals(BOOTSTRAP)) {
            throw new Refused(
                    "SIGN-IN",
                    "Nobody is signed in.",
                    "Send a token made in the console: Authorization: Bearer ….");
        }
    }
}

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
import java.util.Locale;
import org.holdfast.domain.shared.Refused;
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

    private final Buckets callers = new Buckets(300, 100, System::nanoTime);
    private final Buckets strangers = new Buckets(60, 2, System::nanoTime);

    @Context private HttpServletRequest servlet;

    @Override
    public void filter(ContainerRequestContext request) {
        String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        boolean known =
                authorization != null
                        && authorization.toLowerCase(Locale.ROOT).startsWith("bearer ")
                        && request.getSecurityContext().getUserPrincipal() != null;
        boolean mayGoOn =
                known
                        ? callers.take(Sha256.of(authorization).hex())
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

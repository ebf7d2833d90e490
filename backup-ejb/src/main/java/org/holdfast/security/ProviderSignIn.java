package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationException;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.holdfast.domain.people.User;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.openid.Door;
import org.holdfast.security.openid.Refusals;

/**
 * Signing in through the OpenID provider: to it, back from it, and into a session like every other.
 *
 * <p>From the answer of the callback the browser goes on to a page that leads on by itself: along a
 * provider's redirects it does not send the session's cookie, which is Strict, so that it would
 * come to the console as a stranger.
 */
@ApplicationScoped
class ProviderSignIn {
    private static final String ARRIVED = "/console/oidc/arrived";
    private static final int LONGEST_NEXT = 1000;

    /** In the audit log, where nobody is proved; no user name. */
    private static final String NOBODY = "(provider)";

    @Inject private Door door;
    @Inject private ProviderPeople people;
    @Inject private Sessions sessions;
    @Inject private SignInThrottle throttle;
    @Inject private SignInRecords records;
    @Inject private Clock clock;

    boolean concerns(String path) {
        return path.equals(Door.START) || path.equals(Door.CALLBACK) || path.equals(ARRIVED);
    }

    /** Where no provider is configured, its addresses lead nowhere. */
    AuthenticationStatus answer(
            HttpServletRequest request,
            HttpServletResponse response,
            HttpMessageContext context,
            String path)
            throws AuthenticationException {
        if (path.equals(ARRIVED) || !door.exists() || !"GET".equals(request.getMethod())) {
            return context.doNothing();
        }
        try {
            response.setHeader("Cache-Control", "no-store");
            response.setHeader("Referrer-Policy", "no-referrer");
            return path.equals(Door.START)
                    ? start(request, response, context)
                    : arrive(request, response, context);
        } catch (IOException e) {
            throw new AuthenticationException(e);
        }
    }

    private AuthenticationStatus start(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
            throws AuthenticationException, IOException {
        String wanted = request.getParameter("next");
        String next = wanted == null || wanted.length() > LONGEST_NEXT ? "" : wanted;
        try {
            return door.lead(request, response, context, next);
        } catch (Refused e) {
            return back(request, response, e);
        }
    }

    private AuthenticationStatus arrive(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
            throws AuthenticationException, IOException {
        String address = request.getRemoteAddr();
        // A stranger is nobody yet, so it is the address alone that is slowed down.
        String account = "oidc@" + address;
        String who = NOBODY;
        Optional<SignInThrottle.Try> allowed = throttle.begin(account, address);
        if (allowed.isEmpty()) {
            return back(request, response, Refusals.tooMany());
        }
        SignInThrottle.Try one = allowed.get();
        try {
            Door.Proof proof = door.prove(request, response, context);
            who = proof.name().isEmpty() ? who : proof.name();
            if (proof.role().isEmpty()) {
                people.shutOut(proof, clock.instant());
            }
            User user = people.admit(proof, address, clock.instant());
            one.succeeded();
            sessions.begin(request, user.id(), user.name(), false);
            response.sendRedirect(
                    request.getContextPath()
                            + ARRIVED
                            + "?next="
                            + URLEncoder.encode(proof.next(), StandardCharsets.UTF_8));
            return AuthenticationStatus.SEND_CONTINUE;
        } catch (Refused e) {
            one.failed();
            records.refusedSignIn(who, address, e.code());
            return back(request, response, e);
        } finally {
            one.close();
        }
    }

    private static AuthenticationStatus back(
            HttpServletRequest request, HttpServletResponse response, Refused refused)
            throws IOException {
        response.sendRedirect(
                request.getContextPath()
                        + HoldfastAuthentication.SIGN_IN_PAGE
                        + "?refused="
                        + refused.code());
        return AuthenticationStatus.SEND_CONTINUE;
    }
}

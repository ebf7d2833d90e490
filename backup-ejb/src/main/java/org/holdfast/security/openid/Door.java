package org.holdfast.security.openid;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationException;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContextWrapper;
import jakarta.security.enterprise.authentication.mechanism.http.OpenIdAuthenticationMechanismDefinition;
import jakarta.security.enterprise.authentication.mechanism.http.openid.ClaimsDefinition;
import jakarta.security.enterprise.authentication.mechanism.http.openid.OpenIdProviderMetadata;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.ProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.glassfish.soteria.mechanisms.openid.domain.OpenIdContextImpl;
import org.holdfast.config.OpenId;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * The platform's OpenID Connect mechanism, used for two addresses only: it is not the one that the
 * container asks at every request, and what it finds out is handed over as a {@link Proof} and not
 * as a login. It keeps nothing in a session afterwards.
 *
 * <p>The caller name and groups of the definition are claims every ID token has: with others the
 * mechanism would call the provider's userinfo on its own, without an end in time.
 */
@ApplicationScoped
@OpenIdAuthenticationMechanismDefinition(
        providerMetadata =
                @OpenIdProviderMetadata(
                        issuer = "${openIdProvider.issuer}",
                        authorizationEndpoint = "${openIdProvider.authorizationEndpoint}",
                        tokenEndpoint = "${openIdProvider.tokenEndpoint}",
                        jwksURI = "${openIdProvider.jwks}",
                        userinfoEndpoint = "${openIdProvider.userinfoEndpoint}"),
        clientId = "${openIdProvider.clientId}",
        clientSecret = "${openIdProvider.clientSecret}",
        scopeExpression = "${openIdProvider.scopes}",
        jwksConnectTimeout = 5000,
        jwksReadTimeout = 5000,
        redirectURI = "${baseURL}" + Door.CALLBACK,
        claimsDefinition = @ClaimsDefinition(callerNameClaim = "sub", callerGroupsClaim = "aud"),
        useSession = false)
public class Door {
    /** Where a sign-in begins. */
    public static final String START = RoundTrip.PATH + "start";

    /** Where the provider leads back to. */
    public static final String CALLBACK = RoundTrip.PATH + "callback";

    static final String EXCHANGED = Door.class.getName() + ".exchanged";

    private static final Logger LOG = System.getLogger(Door.class.getName());

    @Inject private Provider provider;
    @Inject private Mechanism mechanism;
    @Inject private SignedTokens signed;
    @Inject private OpenIdContextImpl tokens;

    /**
     * What the provider vouches for.
     *
     * @param name in lower case; empty where the claim is missing
     * @param role the highest that the groups give; empty where they give none
     * @param next where the person wanted to go, as it was given to {@link #lead}
     */
    public record Proof(
            String issuer, String subject, String name, Optional<Role> role, String next) {}

    /** Whether there is one. */
    public boolean exists() {
        return provider.configured().isPresent();
    }

    /**
     * Leads the browser to the provider.
     *
     * @throws Refused OIDC-PROVIDER
     */
    public AuthenticationStatus lead(
            HttpServletRequest request,
            HttpServletResponse response,
            HttpMessageContext context,
            String next)
            throws AuthenticationException {
        try {
            provider.endpoints();
            RoundTrip trip = RoundTrip.begin(new RoundTrip.Keeping(request, response), next);
            HttpServletResponse leading =
                    new RoundTrip.Leading(request, response, trip.challenge());
            return mechanism.validateRequest(
                    new Stranger(request, false),
                    leading,
                    new Handed(context, new Stranger(request, false), leading));
        } catch (IOException | RuntimeException e) {
            throw told(Refusals.unreachable(), e);
        }
    }

    /**
     * Proves who came back from the provider.
     *
     * @throws Refused OIDC-STATE, OIDC-DENIED, OIDC-TOKEN or OIDC-PROVIDER
     */
    public Proof prove(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
            throws AuthenticationException {
        RoundTrip.Keeping keeping = new RoundTrip.Keeping(request, response);
        Optional<RoundTrip> trip = RoundTrip.of(request);
        RoundTrip.end(request, keeping);
        if (trip.isEmpty()) {
            throw Refusals.state();
        }
        if (request.getParameter("error") != null) {
            throw Refusals.denied();
        }
        trip.get().on(request);
        Stranger stranger = new Stranger(request, true);
        Handed handed = new Handed(context, stranger, keeping);
        try {
            provider.endpoints();
            forget();
            mechanism.validateRequest(stranger, keeping, handed);
            if (!handed.valid) {
                throw request.getAttribute(EXCHANGED) == null
                        ? Refusals.state()
                        : told(Refusals.unproved(), null);
            }
            return proof(trip.get().next());
        } catch (IOException | UncheckedIOException | ProcessingException e) {
            throw told(Refusals.unreachable(), e);
        } catch (Refused e) {
            throw e;
        } catch (RuntimeException e) {
            throw request.getAttribute(EXCHANGED) == null
                    ? told(Refusals.state(), e)
                    : told(Refusals.unproved(), e);
        } finally {
            forget();
        }
    }

    private Proof proof(String next) throws IOException {
        OpenId openId = provider.required();
        Map<String, Object> claims = signed.claims(tokens.getIdentityToken().getToken());
        String subject = (String) claims.get("sub");
        List<String> names = Claims.texts(claims, openId.nameClaim());
        List<String> groups = Claims.texts(claims, openId.roleClaim());
        if (names.isEmpty() || groups.isEmpty()) {
            Map<String, Object> more =
                    provider.userinfo(Secret.of(tokens.getAccessToken().getToken()), subject);
            names = names.isEmpty() ? Claims.texts(more, openId.nameClaim()) : names;
            groups = groups.isEmpty() ? Claims.texts(more, openId.roleClaim()) : groups;
        }
        return new Proof(
                openId.issuer(),
                subject,
                names.stream().findFirst().orElse("").strip().toLowerCase(Locale.ROOT),
                Claims.highest(groups, openId.roles()),
                next);
    }

    /**
     * No token stays in a session; and the mechanism would take the token of a second sign-in in
     * the same session for a renewed one, and not look at its nonce.
     */
    private void forget() {
        tokens.setIdentityToken(null);
        tokens.setAccessToken(null);
        tokens.setRefreshToken(null);
    }

    private static Refused told(Refused refused, Exception why) {
        LOG.log(Level.WARNING, refused.code() + ": " + refused.getMessage(), why);
        return refused;
    }

    /** A request of nobody: who is signed in already may sign in again. */
    private static final class Stranger extends HttpServletRequestWrapper {
        private final boolean back;

        Stranger(HttpServletRequest request, boolean back) {
            super(request);
            this.back = back;
        }

        @Override
        public Principal getUserPrincipal() {
            return null;
        }

        @Override
        public String getParameter(String name) {
            return back ? super.getParameter(name) : null;
        }
    }

    /** What the mechanism is given in place of the container: it notes, and does nothing. */
    private static final class Handed extends HttpMessageContextWrapper {
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private boolean valid;

        Handed(
                HttpMessageContext context,
                HttpServletRequest request,
                HttpServletResponse response) {
            super(context);
            this.request = request;
            this.response = response;
        }

        @Override
        public boolean isProtected() {
            return true;
        }

        @Override
        public HttpServletRequest getRequest() {
            return request;
        }

        @Override
        public HttpServletResponse getResponse() {
            return response;
        }

        @Override
        public void setRegisterSession(String callerName, Set<String> groups) {
            // Holdfast has sessions of its own.
        }

        @Override
        public AuthenticationStatus notifyContainerAboutLogin(CredentialValidationResult result) {
            valid = result.getStatus() == CredentialValidationResult.Status.VALID;
            return valid ? AuthenticationStatus.SUCCESS : AuthenticationStatus.SEND_FAILURE;
        }

        @Override
        public AuthenticationStatus doNothing() {
            return AuthenticationStatus.NOT_DONE;
        }
    }
}

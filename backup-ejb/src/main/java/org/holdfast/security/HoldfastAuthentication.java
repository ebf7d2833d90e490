package org.holdfast.security;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationException;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.AuthenticationParameters;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.BrowserSession;
import org.holdfast.domain.people.BrowserSessions;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * The one mechanism the container asks; that of OpenID Connect is asked by this one, for its own
 * two addresses, where a provider is configured. The platform would otherwise find two.
 *
 * <p>Two doors that do not meet. Under {@code /admin} a Bearer token with every request, and no
 * session: what says that nobody is signed in there is the REST room's own. Under {@code /console}
 * a session, begun by the sign-in page; a stranger is led to that page and back afterwards.
 *
 * <p>With every request of a session its row and the person's are looked up again, so that who was
 * disabled, got another role, or had their sessions ended on any server, has it at once.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class HoldfastAuthentication implements HttpAuthenticationMechanism {
    static final String SIGN_IN_PAGE = "/console/sign-in.xhtml";
    private static final Set<String> OPEN_PAGES =
            Set.of(SIGN_IN_PAGE, "/console/bootstrap.xhtml", "/console/join.xhtml");
    private static final String ERROR_PAGES = "/console/error/";

    @Inject private IdentityStoreHandler identities;
    @Inject private Users users;
    @Inject private Sessions sessions;
    @Inject private ProviderSignIn provider;
    @Inject private PasskeyDesk passkeys;

    @Override
    public AuthenticationStatus validateRequest(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
            throws AuthenticationException {
        AuthenticationParameters asked = context.getAuthParameters();
        if (asked != null && asked.getCredential() instanceof SignInCredential typed) {
            return signIn(
                    request, context, typed.from(request.getRemoteAddr()), typed.byRecovery());
        }
        if (asked != null && asked.getCredential() instanceof PasskeyCredential shown) {
            return signIn(
                    request,
                    context,
                    shown.from(
                            request.getRemoteAddr(),
                            passkeys.here(request).orElse(null),
                            passkeys.askedForSignIn(request).orElse(null)),
                    false);
        }
        String path = path(request);
        if (path.equals("/admin") || path.startsWith("/admin/")) {
            return byToken(request, context);
        }
        if (provider.concerns(path)) {
            return provider.answer(request, response, context, path);
        }
        if (path.equals("/console") || path.startsWith("/console/")) {
            return bySession(request, response, context, path);
        }
        return context.doNothing();
    }

    /** As the server itself understood it: decoded and without detours, below the context. */
    private static String path(HttpServletRequest request) {
        String rest = request.getPathInfo();
        return request.getServletPath() + (rest == null ? "" : rest);
    }

    private AuthenticationStatus signIn(
            HttpServletRequest request,
            HttpMessageContext context,
            Credential proof,
            boolean recovered) {
        CredentialValidationResult result;
        try {
            result = identities.validate(proof);
        } catch (Refused e) {
            request.setAttribute(Refused.class.getName(), e);
            return AuthenticationStatus.SEND_FAILURE;
        }
        if (result.getStatus() != CredentialValidationResult.Status.VALID) {
            return AuthenticationStatus.SEND_FAILURE;
        }
        User user = users.byName(result.getCallerPrincipal().getName()).orElseThrow();
        return context.notifyContainerAboutLogin(
                sessions.begin(request, user.id(), user.name(), recovered),
                result.getCallerGroups());
    }

    private AuthenticationStatus byToken(HttpServletRequest request, HttpMessageContext context) {
        Optional<Secret> token = ApiToken.sent(request.getHeader("Authorization"));
        if (token.isEmpty()) {
            return context.doNothing();
        }
        CredentialValidationResult result = identities.validate(new TokenCredential(token.get()));
        return result.getStatus() == CredentialValidationResult.Status.VALID
                ? context.notifyContainerAboutLogin(result)
                : context.doNothing();
    }

    private AuthenticationStatus bySession(
            HttpServletRequest request,
            HttpServletResponse response,
            HttpMessageContext context,
            String path)
            throws AuthenticationException {
        Optional<BrowserSessions.Holder> holder = sessions.holder(request);
        if (holder.isPresent()) {
            BrowserSession session = holder.get().session();
            return context.notifyContainerAboutLogin(
                    new SessionCaller(holder.get().user(), session.id(), session.recovered()),
                    Set.of(holder.get().role().name()));
        }
        if (OPEN_PAGES.contains(path) || path.startsWith(ERROR_PAGES)) {
            return context.doNothing();
        }
        try {
            lead(request, response, path);
        } catch (IOException e) {
            throw new AuthenticationException(e);
        }
        return AuthenticationStatus.SEND_CONTINUE;
    }

    /** An Ajax answer has to say in its own form where the browser shall go. */
    private static void lead(HttpServletRequest request, HttpServletResponse response, String path)
            throws IOException {
        boolean ajax = "partial/ajax".equals(request.getHeader("Faces-Request"));
        String query = request.getQueryString();
        String next = path + (query == null || ajax ? "" : "?" + query);
        String page =
                request.getContextPath()
                        + SIGN_IN_PAGE
                        + "?next="
                        + URLEncoder.encode(next, StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        if (ajax) {
            response.setContentType("text/xml;charset=UTF-8");
            response.getWriter()
                    .write(
                            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><partial-response><redirect"
                                    + " url=\""
                                    + page.replace("&", "&amp;")
                                    + "\"/></partial-response>");
        } else {
            response.sendRedirect(page);
        }
    }

    @Override
    public void cleanSubject(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
        sessions.end(request);
        if (request.getSession(false) != null) {
            request.getSession(false).invalidate();
        }
        HttpAuthenticationMechanism.super.cleanSubject(request, response, context);
    }
}

package org.holdfast.security.openid;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.core.Form;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.glassfish.soteria.mechanisms.openid.controller.TokenController;
import org.glassfish.soteria.mechanisms.openid.domain.OpenIdConfiguration;
import org.holdfast.config.OpenId;

/**
 * Changes the authorization code for tokens, with the verifier that this browser keeps (RFC 7636).
 * The platform's own knows no PKCE, waits for ever, and follows redirects with the client's secret.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class CodeExchange extends TokenController {
    @Inject private Provider provider;
    @Inject private OpenIdConfiguration configuration;

    /** Kept, because the mechanism reads the answer after the call. */
    private Client client;

    @PostConstruct
    void open() {
        client = ProviderCalls.sender();
    }

    @PreDestroy
    void close() {
        client.close();
    }

    @Override
    public Response getTokens(HttpServletRequest request) {
        request.setAttribute(Door.EXCHANGED, true);
        OpenId openId = provider.required();
        Form form =
                new Form()
                        .param("grant_type", "authorization_code")
                        .param("client_id", openId.clientId())
                        .param("client_secret", openId.clientSecret().reveal())
                        .param("code", request.getParameter("code"))
                        .param("redirect_uri", configuration.buildRedirectURI(request))
                        .param("code_verifier", RoundTrip.verifier(request));
        try {
            String address = provider.endpoints().token();
            ProviderCalls.requireAllowed(address);
            return client.target(address)
                    .request(MediaType.APPLICATION_JSON)
                    .post(Entity.form(form));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

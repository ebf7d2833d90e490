package org.holdfast.security.openid;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.holdfast.config.OpenId;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Secret;

/**
 * The configured provider and where its endpoints are, asked for (OpenID Connect Discovery 1.0) at
 * the first sign-in and then kept until the server ends, as the platform's mechanism keeps them.
 * Its properties stand in the annotation of {@link Door}, which are looked up when somebody signs
 * in and not before.
 */
@ApplicationScoped
@Named("openIdProvider")
public class Provider {
    private static final Duration CALM = Duration.ofSeconds(5);

    private Settings settings;
    private volatile Endpoints endpoints;
    private long failedAt;

    /** Addresses of a provider; {@code userinfo} may be empty. */
    record Endpoints(String authorization, String token, String jwks, String userinfo) {}

    protected Provider() {}

    @Inject
    public Provider(Settings settings) {
        this.settings = settings;
    }

    /** Empty where no provider is configured. */
    public Optional<OpenId> configured() {
        return settings.openId();
    }

    OpenId required() {
        return settings.openId().orElseThrow();
    }

    /**
     * Where the provider's endpoints are; asks it where they are not known yet.
     *
     * @throws IOException if it does not answer, or with something else
     */
    Endpoints endpoints() throws IOException {
        Endpoints known = endpoints;
        return known == null ? find() : known;
    }

    /** One at a time; after a failure nobody else waits for the same again for some seconds. */
    private synchronized Endpoints find() throws IOException {
        if (endpoints == null) {
            if (failedAt != 0 && System.nanoTime() - failedAt < CALM.toNanos()) {
                throw new IOException("The provider did not answer a moment ago.");
            }
            try {
                endpoints = ask(required().issuer());
            } catch (IOException e) {
                failedAt = System.nanoTime();
                throw e;
            }
        }
        return endpoints;
    }

    private static Endpoints ask(String issuer) throws IOException {
        String address = issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration";
        JsonObject document = json(ProviderCalls.read(address, null));
        String said = document.getString("issuer", "");
        if (!issuer.equals(said)) {
            throw new IOException(
                    "The provider calls itself " + said + ", and OIDC_ISSUER is " + issuer + ".");
        }
        return new Endpoints(
                endpoint(document, "authorization_endpoint"),
                endpoint(document, "token_endpoint"),
                endpoint(document, "jwks_uri"),
                document.containsKey("userinfo_endpoint")
                        ? endpoint(document, "userinfo_endpoint")
                        : "");
    }

    private static String endpoint(JsonObject document, String name) throws IOException {
        String address = document.getString(name, "");
        Optional<String> against = OpenId.against(address);
        if (against.isPresent()) {
            throw new IOException("The provider's " + name + " " + against.get());
        }
        return address;
    }

    /**
     * Claims that are not in the ID token.
     *
     * @param accessToken as the provider gave it with the ID token
     * @throws IOException if it does not answer, or for another subject
     */
    Map<String, Object> userinfo(Secret accessToken, String subject) throws IOException {
        String address = endpoints().userinfo();
        if (address.isEmpty()) {
            return Map.of();
        }
        JsonObject claims = json(ProviderCalls.read(address, accessToken.reveal()));
        if (!subject.equals(claims.getString("sub", ""))) {
            throw new IOException("The provider's userinfo is of another subject.");
        }
        return Map.copyOf(claims);
    }

    private static JsonObject json(String text) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        } catch (JsonException | ClassCastException e) {
            throw new IOException("The provider's answer is no JSON object.", e);
        }
    }

    // --- for the mechanism's expressions -----------------------------------------------------

    public String getIssuer() {
        return required().issuer();
    }

    public String getClientId() {
        return required().clientId();
    }

    public String getClientSecret() {
        return required().clientSecret().reveal();
    }

    public String getScopes() {
        return required().scopes();
    }

    public String getAuthorizationEndpoint() throws IOException {
        return endpoints().authorization();
    }

    public String getTokenEndpoint() throws IOException {
        return endpoints().token();
    }

    public String getJwks() throws IOException {
        return endpoints().jwks();
    }

    public String getUserinfoEndpoint() throws IOException {
        return endpoints().userinfo();
    }
}

package org.holdfast.security.openid;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.util.Map;
import java.util.Set;
import org.holdfast.config.OpenId;

/**
 * A second look at an ID token that the mechanism took: signed with a private key of the provider,
 * by the provider, for us, and not expired. The mechanism would also take one without a signature,
 * and one signed with the client's secret. The nonce is compared by the mechanism, which keeps it.
 */
@ApplicationScoped
public class SignedTokens {
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    private Provider provider;
    private volatile JWKSource<SecurityContext> keys;

    protected SignedTokens() {}

    @Inject
    public SignedTokens(Provider provider) {
        this.provider = provider;
    }

    /**
     * The claims of a good token.
     *
     * @throws IllegalStateException if it is not good, saying why
     * @throws IOException if the provider is not known yet and does not answer
     */
    Map<String, Object> claims(String token) throws IOException {
        if (keys == null) {
            keys = keysAt(provider.endpoints().jwks());
        }
        return claims(token, provider.required(), keys);
    }

    static Map<String, Object> claims(
            String token, OpenId openId, JWKSource<SecurityContext> keys) {
        try {
            JWT parsed = JWTParser.parse(token);
            if (!(parsed instanceof SignedJWT signed)) {
                throw new IllegalStateException("The ID token is not signed.");
            }
            DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
            processor.setJWTClaimsSetVerifier(
                    new DefaultJWTClaimsVerifier<>(
                            openId.clientId(),
                            new JWTClaimsSet.Builder().issuer(openId.issuer()).build(),
                            Set.of("sub", "iat", "exp", "nonce")));
            return processor.process(signed, null).getClaims();
        } catch (ParseException | BadJOSEException | JOSEException e) {
            throw new IllegalStateException("The ID token is not valid: " + e.getMessage(), e);
        }
    }

    /** Kept for five minutes, and asked for anew where a token names a key that is not there. */
    private static JWKSource<SecurityContext> keysAt(String address) throws IOException {
        return JWKSourceBuilder.<SecurityContext>create(
                        URI.create(address).toURL(), ProviderCalls.reader())
                .refreshAheadCache(false)
                .build();
    }
}

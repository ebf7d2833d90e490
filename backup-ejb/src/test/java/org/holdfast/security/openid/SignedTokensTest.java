package org.holdfast.security.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.holdfast.config.OpenId;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Real tokens with real signatures. */
class SignedTokensTest {
    private static final String ISSUER = "https://sso.example.org/realms/main";
    private static final String CLIENT = "holdfast";
    private static final String NONCE = "hash-of-the-nonce";

    private static RSAKey key;
    private static RSAKey strangersKey;

    @BeforeAll
    static void keys() throws JOSEException {
        key = new RSAKeyGenerator(2048).keyID("one").generate();
        strangersKey = new RSAKeyGenerator(2048).keyID("one").generate();
    }

    private static JWTClaimsSet.Builder good() {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject("f3a1")
                .audience(CLIENT)
                .claim("nonce", NONCE)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)));
    }

    private static String signed(JWTClaimsSet.Builder claims) throws JOSEException {
        return signed(claims, JWSAlgorithm.RS256, new RSASSASigner(key));
    }

    private static String signed(
            JWTClaimsSet.Builder claims, JWSAlgorithm algorithm, JWSSigner signer)
            throws JOSEException {
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(algorithm).keyID("one").build(), claims.build());
        token.sign(signer);
        return token.serialize();
    }

    private static Map<String, Object> look(String token) {
        return SignedTokens.claims(
                token,
                new OpenId(
                        ISSUER,
                        CLIENT,
                        Secret.of("s".repeat(32)),
                        "openid",
                        "groups",
                        Map.of(),
                        "preferred_username",
                        "us"),
                new ImmutableJWKSet<>(new JWKSet(key.toPublicJWK())));
    }

    @Test
    void one_that_the_provider_signed_for_us_is_taken() throws Exception {
        assertThat(look(signed(good()))).containsEntry("sub", "f3a1");
    }

    @Nested
    class IsRefused {
        @Test
        void one_for_another_audience() throws Exception {
            refused(signed(good().audience("another-client")), "aud");
        }

        @Test
        void one_that_has_expired() throws Exception {
            Instant past = Instant.now().minusSeconds(300);
            refused(signed(good().expirationTime(Date.from(past))), "Expired");
        }

        @Test
        void one_of_another_issuer() throws Exception {
            refused(signed(good().issuer("https://sso.example.org/realms/other")), "iss");
        }

        @Test
        void one_without_a_nonce() throws Exception {
            refused(signed(good().claim("nonce", null)), "nonce");
        }

        @Test
        void one_without_a_subject() throws Exception {
            refused(signed(good().subject(null)), "sub");
        }

        @Test
        void one_signed_by_another_key_of_the_same_name() throws Exception {
            refused(
                    signed(good(), JWSAlgorithm.RS256, new RSASSASigner(strangersKey)),
                    "not valid");
        }

        @Test
        void one_that_was_changed_after_it_was_signed() throws Exception {
            String[] parts = signed(good()).split("\\.");
            String[] others = signed(good().subject("somebody-else")).split("\\.");
            refused(parts[0] + "." + others[1] + "." + parts[2], "not valid");
        }

        @Test
        void one_without_a_signature() throws Exception {
            refused(new PlainJWT(good().build()).serialize(), "not signed");
        }

        @Test
        void one_signed_with_a_secret_that_two_share() throws Exception {
            refused(signed(good(), JWSAlgorithm.HS256, new MACSigner("s".repeat(32))), "not valid");
        }

        private void refused(String token, String word) {
            assertThatThrownBy(() -> look(token))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(word);
        }
    }

    @Nested
    class Keys {
        @Test
        void are_read_from_the_provider_but_not_from_where_it_redirects_to() throws Exception {
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] published =
                    new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            server.createContext(
                    "/keys",
                    exchange -> {
                        exchange.sendResponseHeaders(200, published.length);
                        exchange.getResponseBody().write(published);
                        exchange.close();
                    });
            server.createContext(
                    "/moved",
                    exchange -> {
                        exchange.getResponseHeaders().add("Location", "/keys");
                        exchange.sendResponseHeaders(302, -1);
                        exchange.close();
                    });
            server.start();
            try {
                String address = "http://127.0.0.1:" + server.getAddress().getPort();
                assertThat(ProviderCalls.read(address + "/keys", null)).contains("\"one\"");
                assertThatThrownBy(() -> ProviderCalls.read(address + "/moved", null))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("302");
            } finally {
                server.stop(0);
            }
        }

        @Test
        void are_not_read_from_link_local_or_plain_addresses() {
            for (String address :
                    new String[] {
                        "https://169.254.169.254/keys",
                        "http://sso.example.org/keys",
                        "file:///etc/passwd"
                    }) {
                assertThatThrownBy(() -> ProviderCalls.read(address, null))
                        .as(address)
                        .isInstanceOf(IOException.class);
            }
        }
    }
}

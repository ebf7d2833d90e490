package org.holdfast.security.openid;

import jakarta.security.enterprise.authentication.mechanism.http.openid.OpenIdConstant;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * What a browser keeps while it is at the provider: the mechanism's state and nonce, the verifier
 * of RFC 7636, and where the person wanted to go. In cookies of their own, which the provider's
 * redirect brings back ({@code SameSite=Lax}); the session's cookie is Strict and does not come.
 * They are sent to the two addresses of this sign-in only, and are over after ten minutes.
 */
final class RoundTrip {
    static final String PATH = "/console/oidc/";
    private static final String COOKIE = "oidc.way";
    private static final String VERIFIER = RoundTrip.class.getName() + ".verifier";
    private static final int SECONDS = 600;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final String verifier;
    private final String next;

    private RoundTrip(String verifier, String next) {
        this.verifier = verifier;
        this.next = next;
    }

    /** A new one, kept by the browser. */
    static RoundTrip begin(HttpServletResponse response, String next) {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        RoundTrip trip = new RoundTrip(ENCODER.encodeToString(random), next);
        response.addCookie(
                new Cookie(
                        COOKIE,
                        trip.verifier
                                + "."
                                + ENCODER.encodeToString(next.getBytes(StandardCharsets.UTF_8))));
        return trip;
    }

    /** The one this browser is on; empty where it began none, or its time is over. */
    static Optional<RoundTrip> of(HttpServletRequest request) {
        return value(request, COOKIE)
                .filter(v -> v.matches("[A-Za-z0-9_-]{43}\\.[A-Za-z0-9_-]*"))
                .map(
                        v ->
                                new RoundTrip(
                                        v.substring(0, 43),
                                        new String(
                                                Base64.getUrlDecoder().decode(v.substring(44)),
                                                StandardCharsets.UTF_8)));
    }

    /** The browser keeps nothing of it any longer: one sign-in, one way. */
    static void end(HttpServletRequest request, HttpServletResponse response) {
        if (request.getCookies() == null) {
            return;
        }
        for (Cookie cookie : request.getCookies()) {
            if (cookie.getName().startsWith("oidc.")) {
                Cookie none = new Cookie(cookie.getName(), "");
                none.setMaxAge(0);
                response.addCookie(none);
            }
        }
    }

    private static Optional<String> value(HttpServletRequest request, String name) {
        if (request.getCookies() == null) {
            return Optional.empty();
        }
        for (Cookie cookie : request.getCookies()) {
            if (cookie.getName().equals(name)) {
                return Optional.ofNullable(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    String next() {
        return next;
    }

    /** Hands the verifier on to the exchange of the code within this request. */
    void on(HttpServletRequest request) {
        request.setAttribute(VERIFIER, verifier);
    }

    static String verifier(HttpServletRequest request) {
        return (String) request.getAttribute(VERIFIER);
    }

    /** {@code S256} of RFC 7636, 4.2. */
    String challenge() {
        try {
            return ENCODER.encodeToString(
                    MessageDigest.getInstance("SHA-256")
                            .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime has no SHA-256.", e);
        }
    }

    /** Cookies of the round trip, whoever sets them. */
    static class Keeping extends HttpServletResponseWrapper {
        private final String path;

        Keeping(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            this.path = request.getContextPath() + PATH;
        }

        @Override
        public void addCookie(Cookie cookie) {
            Cookie ours = new Cookie(cookie.getName(), cookie.getValue());
            if (OpenIdConstant.ORIGINAL_REQUEST.equals(cookie.getName())
                    && cookie.getMaxAge() != 0) {
                // Asked for by the mechanism, and of no use: where to go stands in our own.
                ours.setValue("start");
            }
            ours.setHttpOnly(true);
            ours.setSecure(true);
            ours.setPath(path);
            ours.setMaxAge(cookie.getMaxAge() == 0 ? 0 : SECONDS);
            ours.setAttribute("SameSite", "Lax");
            super.addCookie(ours);
        }
    }

    /** Adds the challenge to the address that the mechanism leads to. */
    static final class Leading extends Keeping {
        private final String challenge;

        Leading(HttpServletRequest request, HttpServletResponse response, String challenge) {
            super(request, response);
            this.challenge = challenge;
        }

        @Override
        public void sendRedirect(String location) throws IOException {
            super.sendRedirect(
                    location
                            + (location.contains("?") ? "&" : "?")
                            + "code_challenge="
                            + challenge
                            + "&code_challenge_method=S256");
        }
    }
}

package org.holdfast.security.passkey;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpSession;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.holdfast.security.passkey.Challenges.Kind;
import org.junit.jupiter.api.Test;

class ChallengesTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private final HttpSession session = session();

    @Test
    void one_is_taken_once() {
        Challenge challenge = Challenge.forSignIn(NOON);
        Challenges.put(session, Kind.SIGN_IN, challenge);
        assertThat(Challenges.take(session, Kind.SIGN_IN, NOON)).contains(challenge);
        assertThat(Challenges.take(session, Kind.SIGN_IN, NOON)).isEmpty();
    }

    @Test
    void one_is_over_after_five_minutes() {
        Challenges.put(session, Kind.SIGN_IN, Challenge.forSignIn(NOON));
        assertThat(Challenges.take(session, Kind.SIGN_IN, NOON.plusSeconds(300))).isEmpty();
    }

    @Test
    void one_is_of_its_session_and_of_its_kind() {
        Challenges.put(session, Kind.SIGN_IN, Challenge.forSignIn(NOON));
        assertThat(Challenges.take(session(), Kind.SIGN_IN, NOON)).isEmpty();
        assertThat(Challenges.take(null, Kind.SIGN_IN, NOON)).isEmpty();
        assertThat(Challenges.take(session, Kind.NEW, NOON)).isEmpty();
    }

    @Test
    void the_newest_counts() {
        Challenges.put(session, Kind.SIGN_IN, Challenge.forSignIn(NOON));
        Challenge newest = Challenge.forSignIn(NOON);
        Challenges.put(session, Kind.SIGN_IN, newest);
        assertThat(Challenges.take(session, Kind.SIGN_IN, NOON)).contains(newest);
    }

    /** Of a session, what is used of it. */
    private static HttpSession session() {
        Map<String, Object> attributes = new ConcurrentHashMap<>();
        return (HttpSession)
                Proxy.newProxyInstance(
                        ChallengesTest.class.getClassLoader(),
                        new Class<?>[] {HttpSession.class},
                        (proxy, method, args) ->
                                switch (method.getName()) {
                                    case "getAttribute" -> attributes.get(args[0]);
                                    case "setAttribute" ->
                                            attributes.put((String) args[0], args[1]);
                                    case "removeAttribute" -> attributes.remove(args[0]);
                                    default -> throw new UnsupportedOperationException();
                                });
    }
}

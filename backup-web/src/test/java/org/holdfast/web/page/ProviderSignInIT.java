package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.holdfast.adapter.testing.FreePort;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Installation;
import org.holdfast.testing.Keycloak;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Signing in through a real OpenID provider, Keycloak: in a real browser, and step by step as a
 * browser takes them.
 */
class ProviderSignInIT {
    private static final String PAGE = "/console/backups/index.xhtml";

    private static RunningHoldfast holdfast;
    private static Keycloak keycloak;
    private static Answer beforeTheProviderRan;
    private static Answer passwordBeforeTheProviderRan;

    private final Visitor visitor = new Visitor();

    @BeforeAll
    static void start() throws IOException {
        int port = FreePort.next();
        Installation installation =
                Installation.create("provider", 1)
                        .with("OIDC_ISSUER", Keycloak.issuer(port))
                        .with("OIDC_CLIENT_ID", Keycloak.CLIENT_ID)
                        .with("OIDC_CLIENT_SECRET", Keycloak.CLIENT_SECRET)
                        .with("OIDC_ROLE_CLAIM", "access.groups")
                        .with(
                                "OIDC_ROLES",
                                "dba-leads=SUPER_GURU,dba=ADMIN,ops=OPERATOR,audit=AUDITOR")
                        .with("OIDC_LABEL", "Example & Sons");
        holdfast = RunningHoldfast.start(installation);
        beforeTheProviderRan = new Visitor().get("/console/oidc/start");
        passwordBeforeTheProviderRan =
                new org.holdfast.testing.Browser(holdfast.stranger())
                        .signIn(
                                RunningHoldfast.USER,
                                RunningHoldfast.PASSWORD,
                                holdfast.freshCode());
        keycloak = Keycloak.start(port, holdfast.address());
    }

    /** A sign-in that succeeds, after which refusals from this address are counted anew. */
    @BeforeEach
    void enter() {
        assertThat(new Visitor().signIn("dora").header("Location").orElseThrow())
                .contains("/console/oidc/arrived");
    }

    @AfterAll
    static void stop() {
        if (keycloak != null) {
            keycloak.close();
        }
        if (holdfast != null) {
            assertThat(holdfast.server().log())
                    .doesNotContain(Keycloak.CLIENT_SECRET)
                    .doesNotContain("eyJ");
            holdfast.close();
        }
    }

    /** A browser's cookies and nothing else of it. */
    private static final class Visitor {
        private final Map<String, String> cookies = new LinkedHashMap<>();

        Answer get(String path) {
            HttpRequest.Builder request =
                    holdfast.stranger().request(path).GET().setHeader("Accept", "text/html");
            if (!cookies.isEmpty()) {
                request.setHeader(
                        "Cookie",
                        cookies.entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .collect(Collectors.joining("; ")));
            }
            Answer answer = holdfast.stranger().send(request);
            for (String set : answer.response().headers().allValues("Set-Cookie")) {
                String pair = set.split(";")[0];
                String name = pair.substring(0, pair.indexOf('='));
                if (set.contains("Max-Age=0")) {
                    cookies.remove(name);
                } else {
                    cookies.put(name, pair.substring(name.length() + 1));
                }
            }
            return answer;
        }

        /** Begins a sign-in; the provider's address. */
        String begin(String next) {
            return get("/console/oidc/start" + next).require(302).header("Location").orElseThrow();
        }

        /** As it comes back from the provider: the session's Strict cookie stays behind. */
        Answer comeBack(URI callback) {
            String session = cookies.remove("HOLDFAST");
            Answer answer = get(callback.getRawPath() + "?" + callback.getRawQuery());
            if (session != null) {
                cookies.putIfAbsent("HOLDFAST", session);
            }
            return answer;
        }

        Answer signIn(String user) {
            return comeBack(keycloak.signIn(begin(""), user));
        }

        boolean isIn() {
            return get(PAGE).status() == 200;
        }
    }

    private static String refusal(Answer answer) {
        assertThat(answer.status()).isEqualTo(302);
        String location = answer.header("Location").orElseThrow();
        assertThat(location).contains("/console/sign-in.xhtml?refused=");
        return location.substring(location.indexOf('=') + 1);
    }

    private static String catalog(String sql) {
        return holdfast.installation().catalogServer().query("holdfast", sql);
    }

    @Test
    void an_unreachable_provider_hinders_neither_the_start_nor_passwords() {
        assertThat(refusal(beforeTheProviderRan)).isEqualTo("OIDC-PROVIDER");
        assertThat(org.holdfast.testing.Browser.entered(passwordBeforeTheProviderRan)).isTrue();
    }

    @Test
    void who_is_new_becomes_a_person_with_the_highest_role_of_the_groups() {
        Answer back = visitor.signIn("dora");

        assertThat(back.header("Location"))
                .hasValueSatisfying(l -> assertThat(l).contains("/console/oidc/arrived"));
        assertThat(visitor.isIn()).isTrue();
        assertThat(
                        catalog(
                                "SELECT concat_ws(' ', role, origin, issuer, password_hash IS NULL)"
                                        + " FROM users WHERE name = 'dora'"))
                .startsWith("ADMIN OIDC http://127.0.0.1:")
                .endsWith("/realms/holdfast t");
        assertThat(
                        catalog(
                                "SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_log WHERE"
                                        + " subject = 'user/dora' AND action IN ('user.join', 'sign-in')"))
                .startsWith("user.join sign-in");
        assertThat(visitor.cookies.keySet()).containsExactly("HOLDFAST");
    }

    @Test
    void in_a_browser_the_button_leads_to_the_provider_and_back_to_where_one_wanted_to_go() {
        try (Browser browser = Browser.at(holdfast.address())) {
            browser.open("/console/restores/index.xhtml");
            browser.await("sign-in", () -> browser.has("#provider"));
            assertThat(browser.text("#provider")).isEqualTo("Sign in with Example & Sons");
            browser.clickOn("#provider");
            browser.await("the provider's own page", () -> browser.has("#kc-login"));
            assertThat(browser.driver().getCurrentUrl()).startsWith("http://127.0.0.1:");
            browser.type("username", "dora");
            browser.type("password", Keycloak.PASSWORD);
            browser.clickOn("#kc-login");
            browser.await(
                    "the restores",
                    () ->
                            browser.path().equals("/console/restores/index.xhtml")
                                    && browser.has("details.who .note"));

            assertThat(browser.find("details.who .note").getDomProperty("textContent"))
                    .contains("dora")
                    .contains("ADMIN");
            browser.open("/console/profile.xhtml");
            assertThat(browser.text("#main"))
                    .contains("You sign in through the provider")
                    .doesNotContain("Change password");
            assertThat(browser.complaints())
                    .filteredOn(c -> c.contains(holdfast.address().getAuthority()))
                    .isEmpty();
        }
    }

    @Test
    void in_a_browser_a_refusal_stands_on_the_sign_in_page_with_its_code() {
        try (Browser browser = Browser.at(holdfast.address())) {
            browser.open("/console/sign-in.xhtml");
            browser.clickOn("#provider");
            browser.await("the provider's own page", () -> browser.has("#kc-login"));
            browser.type("username", "olaf");
            browser.type("password", Keycloak.PASSWORD);
            browser.clickOn("#kc-login");
            browser.await("the refusal", () -> browser.has(".said .notice.bad"));

            assertThat(browser.text(".said .notice.bad"))
                    .contains("none of your groups has a role in Holdfast")
                    .contains("OIDC-ROLE");
            browser.open("/console/restores/index.xhtml");
            browser.await(
                    "sign-in", () -> browser.path().startsWith("/console/sign-in.xhtml?next="));
        }
    }

    @Test
    void the_way_there_asks_for_a_code_bound_to_this_browser() {
        Answer start = visitor.get("/console/oidc/start?next=/console/audit.xhtml");

        assertThat(start.header("Location").orElseThrow())
                .contains("response_type=code")
                .contains("client_id=holdfast")
                .contains("state=")
                .contains("nonce=")
                .contains("code_challenge=")
                .contains("code_challenge_method=S256")
                .doesNotContain(Keycloak.CLIENT_SECRET);
        assertThat(start.response().headers().allValues("Set-Cookie"))
                .isNotEmpty()
                .allSatisfy(
                        cookie ->
                                assertThat(cookie)
                                        .contains("Path=/console/oidc/")
                                        .contains("Max-Age=600")
                                        .contains("SameSite=Lax")
                                        .contains("Secure")
                                        .contains("HttpOnly"));
    }

    @Test
    void where_one_wanted_to_go_is_kept_and_another_server_is_not_gone_to() {
        Answer back =
                visitor.comeBack(
                        keycloak.signIn(
                                visitor.begin("?next=%2Fconsole%2Faudit.xhtml%3Fa%3Db%26c"),
                                "dora"));
        Answer arrived = visitor.get(path(back));
        assertThat(arrived.text()).contains("content=\"0;url=/console/audit.xhtml?a=b&amp;c\"");
        assertThat(arrived.header("Content-Security-Policy"))
                .hasValueSatisfying(p -> assertThat(p).contains("default-src 'none'"));
        assertThat(arrived.header("Set-Cookie")).isEmpty();

        Answer away = visitor.get("/console/oidc/arrived?next=//example.org/console/");
        assertThat(away.text())
                .contains("0;url=/console/dashboard.xhtml")
                .doesNotContain("example.org");
    }

    private static String path(Answer redirect) {
        URI to = URI.create(redirect.header("Location").orElseThrow());
        return to.getRawPath() + "?" + to.getRawQuery();
    }

    @Test
    void the_role_is_taken_over_at_every_sign_in() {
        visitor.signIn("nina");
        assertThat(role("nina")).isEqualTo("OPERATOR");

        keycloak.join("nina", "dba");
        visitor.signIn("nina");

        assertThat(role("nina")).isEqualTo("ADMIN");
        assertThat(catalog("SELECT count(*) FROM users WHERE name = 'nina'")).isEqualTo("1");
        assertThat(
                        catalog(
                                "SELECT detail FROM audit_log WHERE action = 'user.role' AND subject"
                                        + " = 'user/nina'"))
                .contains("\"from\":\"OPERATOR\"")
                .contains("\"to\":\"ADMIN\"");
    }

    private static String role(String name) {
        return catalog("SELECT role FROM users WHERE name = '" + name + "'");
    }

    @Test
    void the_session_that_comes_in_is_new_and_a_planted_one_is_worth_nothing() {
        Visitor thief = new Visitor();
        thief.get("/console/sign-in.xhtml");
        visitor.cookies.putAll(thief.cookies);
        URI callback = keycloak.signIn(visitor.begin(""), "dora");

        visitor.get(callback.getRawPath() + "?" + callback.getRawQuery());

        assertThat(visitor.isIn()).isTrue();
        assertThat(thief.isIn()).isFalse();
        assertThat(visitor.cookies).isNotEqualTo(thief.cookies);
    }

    @Nested
    class IsRefused {
        @Test
        void whose_groups_give_no_role() {
            assertThat(refusal(visitor.signIn("olaf"))).isEqualTo("OIDC-ROLE");
            assertThat(visitor.isIn()).isFalse();
            assertThat(catalog("SELECT count(*) FROM users WHERE name = 'olaf'")).isEqualTo("0");
            assertThat(
                            catalog(
                                    "SELECT detail FROM audit_log WHERE action = 'sign-in.fail' AND"
                                            + " subject = 'user/olaf' ORDER BY seq DESC LIMIT 1"))
                    .contains("OIDC-ROLE");
            Answer page = visitor.get("/console/sign-in.xhtml?refused=OIDC-ROLE");
            assertThat(page.text())
                    .contains("none of your groups has a role in Holdfast")
                    .contains("Sign in with Example &amp; Sons");
        }

        @Test
        void who_has_lost_every_role_and_the_open_session_ends() {
            Visitor before = new Visitor();
            before.signIn("emil");
            assertThat(before.isIn()).isTrue();
            keycloak.leave("emil", "audit");

            assertThat(refusal(visitor.signIn("emil"))).isEqualTo("OIDC-ROLE");

            assertThat(before.isIn()).isFalse();
            keycloak.join("emil", "audit");
        }

        @Test
        void whose_name_is_a_local_persons() {
            assertThat(refusal(visitor.signIn("guru"))).isEqualTo("OIDC-NAME-TAKEN");
            assertThat(visitor.isIn()).isFalse();
            assertThat(catalog("SELECT origin FROM users WHERE name = 'guru'")).isEqualTo("LOCAL");
        }

        @Test
        void who_is_disabled_here() {
            visitor.signIn("dora");
            catalog("UPDATE users SET disabled = true WHERE name = 'dora' RETURNING name");
            try {
                assertThat(refusal(new Visitor().signIn("dora"))).isEqualTo("OIDC-DISABLED");
                assertThat(visitor.isIn()).isFalse();
            } finally {
                catalog("UPDATE users SET disabled = false WHERE name = 'dora' RETURNING name");
            }
        }

        @Test
        void another_state_than_this_browsers() {
            URI callback = keycloak.signIn(visitor.begin(""), "dora");
            URI tampered =
                    URI.create(callback.toString().replaceFirst("state=[^&]*", "state=forged"));

            assertThat(refusal(visitor.comeBack(tampered))).isEqualTo("OIDC-STATE");
            assertThat(visitor.isIn()).isFalse();
        }

        @Test
        void an_answer_without_a_sign_in_begun_and_one_that_was_used() {
            URI callback = keycloak.signIn(visitor.begin(""), "dora");
            assertThat(refusal(new Visitor().comeBack(callback))).isEqualTo("OIDC-STATE");

            visitor.comeBack(callback);
            assertThat(visitor.isIn()).isTrue();
            assertThat(refusal(visitor.comeBack(callback))).isEqualTo("OIDC-STATE");
        }

        @Test
        void a_stolen_code_in_the_thiefs_own_sign_in() {
            URI victims = keycloak.signIn(visitor.begin(""), "dora");
            Visitor thief = new Visitor();
            String state = thief.begin("").replaceFirst(".*[?&]state=([^&]*).*", "$1");

            Answer answer =
                    thief.comeBack(
                            URI.create(
                                    victims.toString()
                                            .replaceFirst("state=[^&]*", "state=" + state)));

            assertThat(refusal(answer)).isEqualTo("OIDC-TOKEN");
            assertThat(thief.isIn()).isFalse();
        }

        @Test
        void a_token_that_was_made_for_another_sign_in() {
            URI callback = keycloak.signIn(visitor.begin(""), "dora");
            visitor.cookies.put("oidc.nonce", "another");

            assertThat(refusal(visitor.comeBack(callback))).isEqualTo("OIDC-TOKEN");
            assertThat(visitor.isIn()).isFalse();
        }

        @Test
        void who_did_not_want_to() {
            visitor.begin("");
            assertThat(
                            refusal(
                                    visitor.comeBack(
                                            URI.create(
                                                    "/console/oidc/callback?error=access_denied&state=x"))))
                    .isEqualTo("OIDC-DENIED");
        }
    }

    @Test
    void a_person_of_the_provider_has_no_password_here() {
        visitor.signIn("dora");
        Answer typed =
                new org.holdfast.testing.Browser(holdfast.stranger())
                        .signIn("dora", Keycloak.PASSWORD, "");

        assertThat(org.holdfast.testing.Browser.entered(typed)).isFalse();
        assertThat(typed.text()).contains("User name, password or code is wrong.");
    }

    @Test
    void the_role_of_a_person_of_the_provider_is_not_changed_here() {
        visitor.signIn("dora");
        String id = catalog("SELECT id FROM users WHERE name = 'dora'");
        RestClient.Answer answer =
                holdfast.guru()
                        .post(
                                "/admin/users/" + id + "/role",
                                "{\"role\":\""
                                        + Role.AUDITOR
                                        + "\",\"otp\":\""
                                        + holdfast.freshCode()
                                        + "\"}");

        assertThat(answer.string("code")).isEqualTo("USER-PROVIDER");
    }
}

package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Browser;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Signing in to the console of the running product, without a browser's engine. */
@ExtendWith(RunningHoldfast.Given.class)
class SignInIT {
    private static final String PAGE = "/console/backups/index.xhtml";
    private static final String WRONG = "User name, password or code is wrong.";

    private RunningHoldfast holdfast;
    private Browser browser;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        browser = new Browser(running.stranger());
    }

    @Nested
    class AStranger {
        @Test
        void is_led_to_the_sign_in_page_which_knows_the_way_back() {
            Answer answer = browser.get(PAGE + "?status=FAILED&q=a b".replace(" ", "%20"));

            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.header("Location").orElseThrow())
                    .endsWith(
                            "/console/sign-in.xhtml?next=%2Fconsole%2Fbackups%2Findex.xhtml%3Fstatus%3DFAILED%26q%3Da%2520b");
        }

        @Test
        void who_asks_by_ajax_is_led_there_in_ajax_s_own_words() {
            Answer answer = browser.get(PAGE, "Faces-Request", "partial/ajax").require(200);

            assertThat(answer.header("Content-Type")).contains("text/xml;charset=UTF-8");
            assertThat(answer.text())
                    .isEqualTo(
                            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><partial-response><redirect"
                                    + " url=\"/console/sign-in.xhtml?next=%2Fconsole%2Fbackups%2Findex.xhtml\"/></partial-response>");
        }

        @Test
        void gets_no_page_by_another_spelling_of_its_address() {
            for (String path :
                    new String[] {
                        "//console/backups/index.xhtml",
                        "/./console/backups/index.xhtml",
                        "/x/../console/backups/index.xhtml",
                        "/console;x=y/backups/index.xhtml",
                        "/%63onsole/backups/index.xhtml",
                        "/console/error/../backups/index.xhtml",
                        "/console/error/%2e%2e/backups/index.xhtml",
                        "/console/sign-in.xhtml/../backups/index.xhtml"
                    }) {
                Answer answer = browser.get(holdfast.address() + path);

                assertThat(answer.status()).as(path).isNotEqualTo(200);
                assertThat(answer.status()).as(path).isLessThan(500);
            }
        }
    }

    @Nested
    class WithPasswordAndCode {
        @Test
        void a_person_enters_with_a_new_session_in_a_guarded_cookie() {
            browser.get("/console/sign-in.xhtml");
            String before = browser.session();

            Answer answer = enter();

            assertThat(Browser.entered(answer)).as(answer.text()).isTrue();
            assertThat(browser.session()).isNotNull().isNotEqualTo(before);
            assertThat(answer.response().headers().allValues("Set-Cookie"))
                    .anySatisfy(
                            cookie ->
                                    assertThat(cookie)
                                            .startsWith("HOLDFAST=")
                                            .containsIgnoringCase("Secure")
                                            .containsIgnoringCase("HttpOnly")
                                            .containsIgnoringCase("SameSite=Strict"));
            assertThat(browser.get(PAGE).status()).isEqualTo(200);
        }

        @Test
        void a_session_that_was_planted_before_is_worth_nothing() {
            Browser thief = new Browser(holdfast.stranger());
            thief.get("/console/sign-in.xhtml");
            browser.takeOver(thief.session());

            assertThat(Browser.entered(enter())).isTrue();

            assertThat(thief.get(PAGE).status()).isEqualTo(302);
            assertThat(browser.get(PAGE).status()).isEqualTo(200);
        }

        @Test
        void the_same_code_does_not_open_a_second_time() {
            String code = holdfast.freshCode();
            assertThat(
                            Browser.entered(
                                    browser.signIn(
                                            RunningHoldfast.USER, RunningHoldfast.PASSWORD, code)))
                    .isTrue();

            Browser other = new Browser(holdfast.stranger());
            Answer again = other.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, code);

            assertThat(Browser.entered(again)).isFalse();
            assertThat(again.text()).contains(WRONG);
        }

        @Test
        void a_code_of_the_next_half_minute_does_not_open() {
            holdfast.freshCode();
            String early = holdfast.code(Instant.now().plusSeconds(60));

            Answer answer = browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, early);

            assertThat(Browser.entered(answer)).isFalse();
            holdfast.freshCode();
        }

        @Test
        void the_session_opens_no_door_for_scripts() {
            enter();

            assertThat(browser.get("/admin/backups", "Accept", "application/json").status())
                    .isEqualTo(401);
        }

        @Test
        void a_disabled_person_is_out_with_the_next_request() {
            UUID id = holdfast.user("dora", Role.OPERATOR);
            catalog()
                    .execute(
                            "holdfast",
                            "UPDATE users SET disabled = false, password_hash = (SELECT password_hash"
                                    + " FROM users WHERE name = '"
                                    + RunningHoldfast.USER
                                    + "') WHERE name = 'dora'");
            String code = holdfast.freshCode();
            assertThat(Browser.entered(browser.signIn("dora", RunningHoldfast.PASSWORD, code)))
                    .isTrue();
            assertThat(browser.get(PAGE).status()).isEqualTo(200);

            catalog()
                    .execute(
                            "holdfast", "UPDATE users SET disabled = true WHERE id = '" + id + "'");

            assertThat(browser.get(PAGE).status()).isEqualTo(302);
            holdfast.freshCode();
            Answer again = browser.signIn("dora", RunningHoldfast.PASSWORD, holdfast.freshCode());
            assertThat(Browser.entered(again)).isFalse();
            assertThat(again.text()).contains(WRONG);
        }

        private Answer enter() {
            return browser.signIn(
                    RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        }
    }

    @Nested
    class AFailure {
        @Test
        void says_the_same_whatever_was_wrong_and_is_told_apart_in_the_audit_only() {
            holdfast.freshCode();
            String unknown = browser.signIn("nemo", RunningHoldfast.PASSWORD, "000000").text();
            String password = browser.signIn(RunningHoldfast.USER, "wrong wrong", "000000").text();
            String code =
                    browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, "00000x").text();

            assertThat(unknown).contains(WRONG);
            assertThat(password).contains(WRONG);
            assertThat(code).contains(WRONG);
            assertThat(audited("nemo")).endsWith("\"why\":\"no such user\"}");
            assertThat(audited(RunningHoldfast.USER)).endsWith("\"why\":\"wrong code\"}");
            assertThat(holdfast.installation().catalogServer().query("holdfast", DETAILS))
                    .doesNotContain(RunningHoldfast.PASSWORD)
                    .doesNotContain("wrong wrong");
            holdfast.freshCode();
        }

        private static final String DETAILS =
                "SELECT string_agg(concat_ws(' ', actor, action, subject, detail), ' ') FROM audit_log";

        private String audited(String user) {
            return catalog()
                    .query(
                            "holdfast",
                            "SELECT detail FROM audit_log WHERE action = 'sign-in.fail' AND subject ="
                                    + " 'user/"
                                    + user
                                    + "' ORDER BY seq DESC LIMIT 1");
        }
    }

    private PostgresServer catalog() {
        return holdfast.installation().catalogServer();
    }

    /** A form that this session was never shown: forged, another person's, or of another time. */
    @Nested
    class AForeignForm {
        private static final String PEOPLE = "/console/people.xhtml";
        private static final String FIELD = "jakarta.faces.ViewState";

        private Browser guru() {
            Browser one = new Browser(holdfast.stranger());
            assertThat(
                            Browser.entered(
                                    one.signIn(
                                            RunningHoldfast.USER,
                                            RunningHoldfast.PASSWORD,
                                            holdfast.freshCode())))
                    .isTrue();
            return one;
        }

        private Map<String, String> invitation(String viewState, String nonce) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("invite", "invite");
            fields.put("invite:name", "mallory");
            fields.put("invite:role", "SUPER_GURU");
            fields.put("invite:otp", holdfast.freshCode());
            fields.put("invite:make", "invite:make");
            if (nonce != null) {
                fields.put("primefaces.nonce", nonce);
            }
            if (viewState != null) {
                fields.put(FIELD, viewState);
            }
            return fields;
        }

        private String of(Answer page, String pattern) {
            Matcher found = Pattern.compile(pattern).matcher(page.text());
            assertThat(found.find()).as(pattern).isTrue();
            return found.group(1);
        }

        @Test
        void changes_nothing_whatever_view_state_it_carries() {
            Browser here = guru();
            Browser elsewhere = guru();
            String state = FIELD + "\"[^>]* value=\"([^\"]+)\"";
            Answer page = here.get(PEOPLE).require(200);
            String nonce = of(page, " nonce=\"([^\"]+)\"");
            String foreign = of(elsewhere.get(PEOPLE).require(200), state);

            for (String viewState :
                    new String[] {
                        null, "", "stateless", "1:1", "-1:-1", "x".repeat(5000), foreign
                    }) {
                Answer answer = here.submit(PEOPLE, invitation(viewState, nonce));

                assertThat(answer.text())
                        .as("%s", viewState)
                        .doesNotContain("join.xhtml?token")
                        .doesNotContain("\tat ");
                assertThat(invited()).as("%s", viewState).isEqualTo("0");
            }
        }

        @Test
        void of_five_megabytes_changes_nothing_and_the_session_goes_on() {
            Browser here = guru();
            Answer page = here.get(PEOPLE).require(200);
            Map<String, String> fields =
                    invitation(
                            of(page, FIELD + "\"[^>]* value=\"([^\"]+)\""),
                            of(page, " nonce=\"([^\"]+)\""));
            Map<String, String> large = new LinkedHashMap<>();
            large.put("padding", "x".repeat(5_000_000));
            large.putAll(fields);

            try {
                assertThat(here.submit(PEOPLE, large).text()).doesNotContain("\tat ");
            } catch (UncheckedIOException hungUp) {
                // The server takes 2 MiB and hangs up on what sends more.
            }
            assertThat(invited()).isEqualTo("0");
            here.get(PEOPLE).require(200);
        }

        private String invited() {
            return holdfast.installation()
                    .catalogServer()
                    .query(
                            "holdfast",
                            "SELECT count(*) FROM invitations WHERE user_name = 'mallory'");
        }
    }
}

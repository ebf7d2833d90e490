package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Browser;
import org.holdfast.testing.Installation;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** People come, sign in, lose things and go: on two servers of one catalog. */
class PeopleIT {
    private static final String PAGE = "/console/backups/index.xhtml";
    private static final String PASSWORD = "canary kettle orbit 41";
    private static final Pattern SECRET = Pattern.compile("id=\"totpSecret\">([A-Z2-7]{32})<");
    private static final Pattern CODE =
            Pattern.compile("<li>((?:[2-9a-z]{4}-){5}[2-9a-z]{4})</li>");

    private static RunningHoldfast first;
    private static RunningHoldfast second;
    private static Server other;

    @BeforeAll
    static void start() {
        Installation around = Installation.create("people", 1);
        first = RunningHoldfast.start(around);
        other = Server.start(around);
        second = first.on(other);
    }

    @AfterAll
    static void stop() {
        other.close();
        first.close();
    }

    /** Somebody who joined: what they hold. */
    private record Person(UUID id, String name, String totpSecret, List<String> codes) {
        Answer signIn(Browser browser) {
            first.freshCode();
            return browser.signIn(name, PASSWORD, RunningHoldfast.codeOf(totpSecret));
        }
    }

    private static Person join(String name, Role role) {
        String link = invite(name, role).string("link");
        Browser browser = stranger();
        Answer page = browser.get(link).require(200);
        page = browser.fill(page, "join", "begin", Map.of("password", PASSWORD)).require(200);
        String secret = found(SECRET, page).get(0);
        page =
                browser.fill(
                                page,
                                "join",
                                "confirm",
                                Map.of("code", RunningHoldfast.codeOf(secret)))
                        .require(200);
        return new Person(
                UUID.fromString(query("SELECT id FROM users WHERE name = '" + name + "'")),
                name,
                secret,
                found(CODE, page));
    }

    private static Answer invite(String name, Role role) {
        return first.guru()
                .post(
                        "/admin/users",
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add("role", role.name())
                                .add("otp", first.freshCode())
                                .build());
    }

    private static List<String> found(Pattern pattern, Answer page) {
        List<String> all = new ArrayList<>();
        Matcher matcher = pattern.matcher(page.text());
        while (matcher.find()) {
            all.add(matcher.group(1));
        }
        assertThat(all).as(page.text()).isNotEmpty();
        return all;
    }

    private static Browser stranger() {
        return new Browser(first.stranger());
    }

    private static PostgresServer catalog() {
        return first.installation().catalogServer();
    }

    private static String query(String sql) {
        return catalog().query("holdfast", sql);
    }

    private static Answer act(RestClient client, UUID id, String what) {
        return client.post(
                "/admin/users/" + id + "/" + what,
                Json.createObjectBuilder().add("otp", first.freshCode()).build());
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            threads.shutdown();
        }
    }

    @Nested
    class AnInvitation {
        @Test
        void
                changes_nothing_when_opened_and_makes_a_person_with_password_authenticator_and_codes() {
            Answer invited = invite("mia", Role.ADMIN).require(201);
            assertThat(invited.string("status")).isEqualTo("INVITED");
            String link = invited.string("link");
            String before = query("SELECT count(*) FROM audit_log");
            Browser browser = stranger();

            Answer page = browser.get(link).require(200);

            assertThat(page.text()).contains("Welcome, mia").contains("guru invited you as ADMIN");
            assertThat(query("SELECT count(*) FROM audit_log")).isEqualTo(before);
            assertThat(query("SELECT count(*) FROM users WHERE name = 'mia'")).isEqualTo("0");

            page = browser.fill(page, "join", "begin", Map.of("password", "too short"));
            assertThat(page.text()).contains("The password has 9 characters");
            page = browser.fill(page, "join", "begin", Map.of("password", PASSWORD));
            String secret = found(SECRET, page).get(0);
            page = browser.fill(page, "join", "confirm", Map.of("code", "00000x"));
            assertThat(page.text()).contains("The code is wrong.");
            assertThat(query("SELECT count(*) FROM users WHERE name = 'mia'")).isEqualTo("0");
            page =
                    browser.fill(
                            page,
                            "join",
                            "confirm",
                            Map.of("code", RunningHoldfast.codeOf(secret)));

            List<String> codes = found(CODE, page);
            assertThat(codes).hasSize(10).doesNotHaveDuplicates();
            assertThat(stranger().get(link).require(200).text())
                    .contains("This link does not open anything");
            Person mia = new Person(null, "mia", secret, codes);
            Browser hers = stranger();
            assertThat(Browser.entered(mia.signIn(hers))).isTrue();
            assertThat(hers.get(PAGE).status()).isEqualTo(200);
            String everything =
                    query("SELECT string_agg(i::text, ' ') FROM invitations i")
                            + query("SELECT string_agg(r::text, ' ') FROM recovery_codes r")
                            + query("SELECT string_agg(u::text, ' ') FROM users u")
                            + query("SELECT string_agg(a::text, ' ') FROM audit_log a");
            assertThat(everything)
                    .doesNotContain(link.substring(link.indexOf("token=") + 6))
                    .doesNotContain(PASSWORD)
                    .doesNotContain(codes.get(0))
                    .doesNotContain(codes.get(0).replace("-", ""));
        }

        @Test
        void two_who_finish_with_one_link_at_once_become_one_person() throws Exception {
            String link = invite("twin", Role.OPERATOR).require(201).string("link");
            List<Callable<Answer>> calls = new ArrayList<>();
            Browser one = stranger();
            Answer page = one.get(link).require(200);
            Answer begun = one.fill(page, "join", "begin", Map.of("password", PASSWORD));
            String code = RunningHoldfast.codeOf(found(SECRET, begun).get(0));
            Browser thief = stranger();
            Answer taken = thief.get(link).require(200);
            calls.add(() -> one.fill(begun, "join", "confirm", Map.of("code", code)));
            calls.add(
                    () -> {
                        Answer his =
                                thief.fill(taken, "join", "begin", Map.of("password", PASSWORD));
                        Matcher secret = SECRET.matcher(his.text());
                        return secret.find()
                                ? thief.fill(
                                        his,
                                        "join",
                                        "confirm",
                                        Map.of("code", RunningHoldfast.codeOf(secret.group(1))))
                                : his;
                    });

            long joined = atOnce(calls).stream().filter(a -> CODE.matcher(a.text()).find()).count();

            assertThat(joined).isLessThanOrEqualTo(1);
            assertThat(query("SELECT count(*) FROM users WHERE name = 'twin'"))
                    .isEqualTo(String.valueOf(joined));
        }

        @Test
        void that_lapsed_or_was_taken_back_opens_nothing_and_a_name_is_invited_once() {
            Answer invited = invite("nils", Role.OPERATOR).require(201);
            String link = invited.string("link");
            Answer again = invite("nils", Role.OPERATOR);
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.string("code")).isEqualTo("NAME-TAKEN");
            Answer taken = invite(RunningHoldfast.USER, Role.OPERATOR);
            assertThat(taken.string("detail")).isEqualTo("There is already a user named \"guru\".");

            Browser browser = stranger();
            Answer page = browser.get(link).require(200);
            catalog()
                    .execute(
                            "holdfast",
                            "UPDATE invitations SET expires_at = now() - interval '1 second' WHERE"
                                    + " user_name = 'nils'");
            assertThat(stranger().get(link).text()).contains("This link does not open anything");
            page = browser.fill(page, "join", "begin", Map.of("password", PASSWORD));
            assertThat(page.text()).contains("INVITATION").doesNotContain("totpSecret");
            JsonObject list = first.guru().get("/admin/users").require(200).json();
            assertThat(list.getJsonArray("items").getValuesAs(JsonObject.class))
                    .filteredOn(p -> p.getString("name").equals("nils"))
                    .singleElement()
                    .satisfies(p -> assertThat(p.getString("status")).isEqualTo("LAPSED"));
        }
    }

    @Nested
    class ARecoveryCode {
        @Test
        void signs_in_once_leads_to_a_new_authenticator_and_steps_nothing_up() {
            Person person = join("rosa", Role.SUPER_GURU);
            String code = person.codes().get(3).toUpperCase(java.util.Locale.ROOT);
            Browser browser = stranger();

            Answer answer = browser.signIn("rosa", PASSWORD, "", code.replace("-", " "));

            assertThat(answer.status()).as(answer.text()).isEqualTo(302);
            assertThat(answer.header("Location").orElseThrow()).endsWith("/console/profile.xhtml");
            assertThat(browser.get(PAGE).require(200).text())
                    .contains("You came in with a recovery code.");
            assertThat(
                            query(
                                    "SELECT detail FROM audit_log WHERE action = 'sign-in.recovery'"
                                            + " ORDER BY seq DESC LIMIT 1"))
                    .contains("\"codes left\":9");

            Answer twice = stranger().signIn("rosa", PASSWORD, "", code);
            assertThat(Browser.entered(twice)).isFalse();
            assertThat(twice.text()).contains("User name, password or code is wrong.");
            assertThat(
                            query(
                                    "SELECT detail FROM audit_log WHERE action = 'sign-in.fail' AND"
                                            + " subject = 'user/rosa' ORDER BY seq DESC LIMIT 1"))
                    .contains("code used already");

            String token = first.tokenOf(person.id(), Role.SUPER_GURU);
            Answer stepUp =
                    first.server()
                            .client(token)
                            .post(
                                    "/admin/users",
                                    Json.createObjectBuilder()
                                            .add("name", "sven")
                                            .add("role", "OPERATOR")
                                            .add("otp", person.codes().get(4))
                                            .build());
            assertThat(stepUp.status()).isEqualTo(403);
            assertThat(stepUp.string("code")).isEqualTo("STEP-UP");
            first.freshCode();

            Answer profile = browser.get("/console/profile.xhtml").require(200);
            Answer wrong = browser.fill(profile, "totp", "begin", Map.of("provenPassword", "x"));
            assertThat(wrong.text()).contains("The present password is wrong.");
            Answer begun = browser.fill(wrong, "totp", "begin", Map.of("provenPassword", PASSWORD));
            String secret = found(SECRET, begun).get(0);
            Answer done =
                    browser.fill(
                            begun,
                            "totp",
                            "confirm",
                            Map.of("code", RunningHoldfast.codeOf(secret)));
            assertThat(found(CODE, done)).hasSize(10).doesNotContainAnyElementsOf(person.codes());
            assertThat(browser.get(PAGE).require(200).text())
                    .doesNotContain("You came in with a recovery code.");
            Answer old = stranger().signIn("rosa", PASSWORD, "", person.codes().get(5));
            assertThat(Browser.entered(old)).isFalse();
            first.freshCode();
        }

        @Test
        void sent_by_two_at_once_opens_for_one() throws Exception {
            Person person = join("otto", Role.OPERATOR);
            List<Callable<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Browser browser = new Browser((i % 2 == 0 ? first : second).stranger());
                calls.add(() -> browser.signIn("otto", PASSWORD, "", person.codes().get(0)));
            }

            List<Answer> answers = atOnce(calls);

            assertThat(answers).filteredOn(Browser::entered).hasSize(1);
            assertThat(
                            query(
                                    "SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL"
                                            + " AND user_id = '"
                                            + person.id()
                                            + "'"))
                    .isEqualTo("1");
        }

        @Test
        void that_is_wrong_counts_and_slows_down_as_a_code_does() {
            Person person = join("ines", Role.OPERATOR);
            for (int i = 0; i < 5; i++) {
                assertThat(Browser.entered(stranger().signIn("ines", PASSWORD, "", "abcd-" + i)))
                        .isFalse();
            }

            assertThat(
                            query(
                                    "SELECT failures || ' ' || (blocked_until > now()) FROM"
                                            + " totp_devices WHERE user_id = '"
                                            + person.id()
                                            + "'"))
                    .isEqualTo("5 true");
            Answer right =
                    new Browser(second.stranger())
                            .signIn("ines", PASSWORD, "", person.codes().get(0));
            assertThat(Browser.entered(right)).isFalse();
            assertThat(
                            query(
                                    "SELECT detail FROM audit_log WHERE action = 'sign-in.fail' AND"
                                            + " subject = 'user/ines' ORDER BY seq DESC LIMIT 1"))
                    .contains("too many wrong codes");
            first.freshCode();
        }
    }

    @Nested
    class APassword {
        private static final String NEXT = "violin tundra basket 73";

        @Test
        void that_was_forgotten_is_chosen_anew_by_a_link_and_a_code_and_every_session_ends() {
            Person nora = join("nora", Role.OPERATOR);
            Browser hers = stranger();
            assertThat(Browser.entered(nora.signIn(hers))).isTrue();
            String before =
                    act(first.guru(), nora.id(), "reset-password").require(201).string("link");
            String link =
                    act(first.guru(), nora.id(), "reset-password").require(201).string("link");
            assertThat(stranger().get(before).text()).contains("This link does not open anything");
            assertThat(hers.get(PAGE).status()).as("nothing happened yet").isEqualTo(200);

            Browser other = stranger();
            Answer page = other.get(link).require(200);
            assertThat(page.text()).contains("Welcome back, nora").doesNotContain("totpSecret");
            page = choose(other, page, NEXT, "000000");
            assertThat(page.text()).contains("The code is wrong.");
            first.freshCode();
            page = choose(other, page, "short", RunningHoldfast.codeOf(nora.totpSecret()));
            assertThat(page.text()).contains("it needs 12 to 128");
            assertThat(Browser.entered(nora.signIn(stranger()))).as("the old one counts").isTrue();
            first.freshCode();
            page = choose(other, page, NEXT, RunningHoldfast.codeOf(nora.totpSecret()));
            assertThat(page.text()).contains("The new password counts");

            assertThat(hers.get(PAGE).status()).isEqualTo(302);
            assertThat(Browser.entered(nora.signIn(stranger()))).isFalse();
            first.freshCode();
            assertThat(
                            Browser.entered(
                                    stranger()
                                            .signIn(
                                                    "nora",
                                                    NEXT,
                                                    RunningHoldfast.codeOf(nora.totpSecret()))))
                    .isTrue();
            assertThat(stranger().get(link).text()).contains("This link does not open anything");
            assertThat(
                            query(
                                    "SELECT count(*) FROM audit_log WHERE subject = 'user/nora' AND"
                                            + " action IN ('password.link', 'password.reset')"))
                    .isEqualTo("3");
        }

        private Answer choose(Browser browser, Answer page, String password, String code) {
            return browser.fill(
                    page, "join", "choose", Map.of("password", password, "codeNow", code));
        }

        @Test
        void is_not_reset_by_oneself_nor_without_an_authenticator_to_ask_for() {
            UUID guru =
                    UUID.fromString(
                            query(
                                    "SELECT id FROM users WHERE name = '"
                                            + RunningHoldfast.USER
                                            + "'"));
            assertThat(act(first.guru(), guru, "reset-password").string("code"))
                    .isEqualTo("USER-SELF");
            Person olga = join("olga", Role.OPERATOR);
            String link = act(first.guru(), olga.id(), "reset-password").string("link");
            String approval =
                    first.guru()
                            .post(
                                    "/admin/users/" + olga.id() + "/reset-authenticator",
                                    Json.createObjectBuilder()
                                            .add("reason", "She called, I know her voice")
                                            .add("otp", first.freshCode())
                                            .build())
                            .require(202)
                            .string("approval");
            second.as(Role.ADMIN)
                    .post(
                            "/admin/approvals/" + approval + "/approve",
                            Json.createObjectBuilder().add("otp", first.freshCode()).build())
                    .require(200);

            assertThat(act(first.guru(), olga.id(), "reset-password").string("code"))
                    .isEqualTo("TOTP-NONE");
            assertThat(stranger().get(link).text()).contains("This link does not open anything");
            String back =
                    act(first.guru(), olga.id(), "authenticator-link").require(201).string("link");
            assertThat(stranger().get(back).text()).contains("Welcome back, olga");
            act(first.guru(), olga.id(), "disable").require(200);
            assertThat(act(first.guru(), olga.id(), "reset-password").string("code"))
                    .isEqualTo("USER-DISABLED");
        }

        @Test
        void invitation_that_is_withdrawn_by_script_frees_the_name() {
            Answer invited = invite("piet", Role.AUDITOR).require(201);
            String withdraw = "/admin/users/" + invited.string("id") + "/withdraw";
            assertThat(first.guru().post(withdraw).require(200).string("status"))
                    .isEqualTo("WITHDRAWN");
            assertThat(stranger().get(invited.string("link")).text())
                    .contains("This link does not open anything");
            assertThat(first.guru().post(withdraw).string("code")).isEqualTo("INVITATION");
            assertThat(invite("piet", Role.AUDITOR).status()).isEqualTo(201);
        }
    }

    @Nested
    class AnAuthenticator {
        private static final Pattern LINK = Pattern.compile("id=\"backLink\">([^<]+)<");

        @Test
        void that_is_lost_with_all_codes_is_reset_by_two_people_and_set_up_with_the_password() {
            Person vera = join("vera", Role.OPERATOR);
            Browser hers = stranger();
            assertThat(Browser.entered(vera.signIn(hers))).isTrue();
            Browser guru = stranger();
            assertThat(
                            Browser.entered(
                                    guru.signIn(
                                            RunningHoldfast.USER,
                                            RunningHoldfast.PASSWORD,
                                            first.freshCode())))
                    .isTrue();
            String page = "/console/people/detail.xhtml?id=" + vera.id();

            Answer asked =
                    guru.fill(
                            guru.get(page).require(200),
                            "reset",
                            "go",
                            Map.of(
                                    "reason",
                                    "She called, I know her voice",
                                    "otp",
                                    first.freshCode()));

            String where =
                    asked.header("Location").orElseThrow(() -> new AssertionError(asked.text()));
            String approval = where.substring(where.indexOf("id=") + 3);
            assertThat(hers.get(PAGE).status()).isEqualTo(200);
            JsonObject otp = Json.createObjectBuilder().add("otp", first.freshCode()).build();
            String approve = "/admin/approvals/" + approval + "/approve";
            assertThat(first.guru().post(approve, otp).status()).isEqualTo(403);
            assertThat(hers.get(PAGE).status()).isEqualTo(200);
            second.as(Role.ADMIN)
                    .post(approve, Json.createObjectBuilder().add("otp", first.freshCode()).build())
                    .require(200);

            assertThat(hers.get(PAGE).status()).isEqualTo(302);
            first.freshCode();
            assertThat(Browser.entered(stranger().signIn("vera", PASSWORD, ""))).isFalse();
            assertThat(
                            Browser.entered(
                                    stranger().signIn("vera", PASSWORD, "", vera.codes().get(0))))
                    .isFalse();
            assertThat(
                            query(
                                    "SELECT detail FROM audit_log WHERE action = 'sign-in.fail' AND"
                                            + " subject = 'user/vera' ORDER BY seq DESC LIMIT 1"))
                    .contains("authenticator was reset");

            Answer made =
                    guru.fill(
                            guru.get(page).require(200),
                            "back",
                            "go",
                            Map.of("otp", first.freshCode()));
            String link = found(LINK, made).get(0);
            Answer opened = hers.get(link).require(200);
            assertThat(opened.text()).contains("Welcome back, vera");
            Answer wrong =
                    hers.fill(opened, "join", "begin", Map.of("password", "not the one 123"));
            assertThat(wrong.text())
                    .contains("The password is wrong.")
                    .doesNotContain("totpSecret");
            Answer begun = hers.fill(wrong, "join", "begin", Map.of("password", PASSWORD));
            String secret = found(SECRET, begun).get(0);
            Answer done =
                    hers.fill(
                            begun,
                            "join",
                            "confirm",
                            Map.of("code", RunningHoldfast.codeOf(secret)));
            List<String> codes = found(CODE, done);
            assertThat(codes).hasSize(10).doesNotContainAnyElementsOf(vera.codes());
            assertThat(stranger().get(link).text()).contains("This link does not open anything");
            Person back = new Person(vera.id(), "vera", secret, codes);
            assertThat(Browser.entered(back.signIn(hers))).isTrue();
            assertThat(hers.get(PAGE).status()).isEqualTo(200);
        }
    }

    @Nested
    class ASession {
        @Test
        void is_listed_with_its_address_and_ends_on_every_server() {
            Person person = join("lena", Role.OPERATOR);
            Browser here = stranger();
            Browser there = new Browser(second.stranger());
            assertThat(Browser.entered(person.signIn(here))).isTrue();
            assertThat(Browser.entered(person.signIn(there))).isTrue();
            String profile = here.get("/console/profile.xhtml").require(200).text();
            assertThat(profile).contains("this one").contains("127.0.0.1").contains("Java");

            Answer ended = act(first.guru(), person.id(), "end-sessions").require(200);

            assertThat(ended.json().getInt("sessions")).isZero();
            assertThat(here.get(PAGE).status()).isEqualTo(302);
            assertThat(there.get(PAGE).status()).isEqualTo(302);
        }

        @Test
        void of_one_s_own_is_ended_by_oneself_and_by_a_new_password() {
            Person person = join("kai", Role.OPERATOR);
            Browser mine = stranger();
            Browser forgotten = new Browser(second.stranger());
            assertThat(Browser.entered(person.signIn(mine))).isTrue();
            assertThat(Browser.entered(person.signIn(forgotten))).isTrue();

            Answer profile = mine.get("/console/profile.xhtml").require(200);
            Answer done = mine.fill(profile, "sessions", "others", Map.of());
            assertThat(done.text()).contains("1 other session ended.");
            assertThat(forgotten.get(PAGE).status()).isEqualTo(302);
            assertThat(mine.get(PAGE).status()).isEqualTo(200);

            assertThat(Browser.entered(person.signIn(forgotten))).isTrue();
            first.freshCode();
            profile = mine.get("/console/profile.xhtml").require(200);
            done =
                    mine.fill(
                            profile,
                            "password",
                            "change",
                            Map.of(
                                    "present",
                                    PASSWORD,
                                    "next",
                                    PASSWORD + " more",
                                    "pwOtp",
                                    RunningHoldfast.codeOf(person.totpSecret())));
            assertThat(done.text()).contains("Your password was changed.");
            assertThat(forgotten.get(PAGE).status()).isEqualTo(302);
            assertThat(mine.get(PAGE).status()).isEqualTo(200);
        }

        @Test
        void is_over_after_twelve_hours_and_when_one_leaves() {
            Person person = join("ada", Role.OPERATOR);
            Browser browser = stranger();
            assertThat(Browser.entered(person.signIn(browser))).isTrue();
            catalog()
                    .execute(
                            "holdfast",
                            "UPDATE browser_sessions SET started_at = now() - interval '12 hours 1"
                                    + " minute' WHERE user_id = '"
                                    + person.id()
                                    + "'");
            assertThat(browser.get(PAGE).status()).isEqualTo(302);

            assertThat(Browser.entered(person.signIn(browser))).isTrue();
            Answer page = browser.get(PAGE).require(200);
            Matcher button = Pattern.compile("name=\"leave:(\\w+)\"").matcher(page.text());
            assertThat(button.find()).isTrue();
            String session = browser.session();
            browser.fill(page, "leave", button.group(1), Map.of());
            browser.takeOver(session);
            assertThat(browser.get(PAGE).status()).isEqualTo(302);
            assertThat(
                            query(
                                    "SELECT count(*) FROM browser_sessions WHERE ended_at IS NULL"
                                            + " AND started_at > now() - interval '1 hour' AND user_id"
                                            + " = '"
                                            + person.id()
                                            + "'"))
                    .isEqualTo("0");
        }
    }

    @Nested
    class TheList {
        @Test
        void is_for_who_manages_people_and_for_auditors() {
            Browser operator = stranger();
            assertThat(Browser.entered(join("oleg", Role.OPERATOR).signIn(operator))).isTrue();
            assertThat(operator.get("/console/people.xhtml").status()).isEqualTo(403);
            assertThat(operator.get(PAGE).require(200).text()).doesNotContain("people.xhtml");

            Browser auditor = stranger();
            assertThat(Browser.entered(join("aude", Role.AUDITOR).signIn(auditor))).isTrue();
            assertThat(auditor.get("/console/people.xhtml").require(200).text())
                    .contains("oleg")
                    .doesNotContain("Invite somebody");
        }

        @Test
        void gives_another_role_and_shuts_a_person_out_with_the_next_request() {
            Person person = join("dirk", Role.OPERATOR);
            Browser browser = stranger();
            assertThat(Browser.entered(person.signIn(browser))).isTrue();
            first.guru()
                    .post(
                            "/admin/users/" + person.id() + "/role",
                            Json.createObjectBuilder()
                                    .add("role", "AUDITOR")
                                    .add("otp", first.freshCode())
                                    .build())
                    .require(200);
            assertThat(browser.get("/console/people.xhtml").status()).isEqualTo(200);

            String token = first.tokenOf(person.id(), Role.AUDITOR);
            assertThat(second.server().client(token).get("/admin/users").status()).isEqualTo(200);
            assertThat(act(second.guru(), person.id(), "disable").require(200).string("status"))
                    .isEqualTo("DISABLED");
            assertThat(browser.get(PAGE).status()).isEqualTo(302);
            assertThat(first.server().client(token).get("/admin/users").status()).isEqualTo(401);
            act(first.guru(), person.id(), "enable").require(200);
            assertThat(browser.get(PAGE).status()).isEqualTo(302);
            assertThat(Browser.entered(person.signIn(browser))).isTrue();
        }

        @Test
        void never_loses_its_last_super_guru_to_themselves() {
            UUID guru = UUID.fromString(query("SELECT id FROM users WHERE name = 'guru'"));

            Answer answer = act(first.guru(), guru, "disable");

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.string("code")).isEqualTo("USER-SELF");
        }

        @RepeatedTest(3)
        void never_loses_both_of_two_who_shut_each_other_out() throws Exception {
            UUID left = first.user("left.guru", Role.SUPER_GURU);
            UUID right = first.user("right.guru", Role.SUPER_GURU);
            catalog()
                    .execute(
                            "holdfast",
                            "UPDATE users SET disabled = NOT (name IN ('left.guru', 'right.guru'))"
                                    + " WHERE role = 'SUPER_GURU'");
            String leftToken = first.tokenOf(left, Role.SUPER_GURU);
            String rightToken = first.tokenOf(right, Role.SUPER_GURU);
            String otp = first.freshCode();
            try {
                String body = Json.createObjectBuilder().add("otp", otp).build().toString();
                List<Answer> answers =
                        atOnce(
                                List.of(
                                        () ->
                                                first.server()
                                                        .client(leftToken)
                                                        .post(
                                                                "/admin/users/"
                                                                        + right
                                                                        + "/disable",
                                                                body),
                                        () ->
                                                second.server()
                                                        .client(rightToken)
                                                        .post(
                                                                "/admin/users/" + left + "/disable",
                                                                body)));

                assertThat(answers).filteredOn(a -> a.status() == 200).hasSize(1);
                assertThat(answers)
                        .filteredOn(a -> a.status() != 200)
                        .singleElement()
                        .satisfies(a -> assertThat(a.status()).as(a.text()).isIn(401, 409));
                assertThat(
                                query(
                                        "SELECT count(*) FROM users WHERE role = 'SUPER_GURU' AND"
                                                + " NOT disabled"))
                        .isEqualTo("1");
            } finally {
                catalog()
                        .execute(
                                "holdfast",
                                "UPDATE users SET disabled = (name IN ('left.guru',"
                                        + " 'right.guru')) WHERE role = 'SUPER_GURU'");
            }
        }
    }
}

package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts rely on, and how a request that is wrong is told so. */
@ExtendWith(RunningHoldfast.Given.class)
class ContractIT {
    private static final String UNKNOWN = "0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b";

    private RunningHoldfast holdfast;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
    }

    private static void assertProblem(Answer answer, int status, String code, String detail) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        JsonObject problem = answer.json();
        assertThat(problem.getInt("status")).isEqualTo(status);
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(problem.getString("type"))
                .isEqualTo("urn:holdfast:problem:" + code.toLowerCase(java.util.Locale.ROOT));
        assertThat(problem.getString("title")).isNotBlank();
        assertThat(problem.getString("remedy")).isNotBlank();
        assertThat(problem.getString("detail")).isEqualTo(detail);
        assertThat(answer.text()).doesNotContain("Exception").doesNotContain("org.holdfast");
    }

    private JsonObjectBuilder object() {
        return Json.createObjectBuilder();
    }

    // --- who ---------------------------------------------------------------------------------

    @Nested
    class A_stranger {
        static Stream<String> addresses() {
            return Stream.of(
                    "/admin",
                    "/admin/backups",
                    "/admin/backups/" + UNKNOWN,
                    "/admin/restores",
                    "/admin/audit",
                    "/admin/policy",
                    "/admin/sources",
                    "/admin/no-such-thing");
        }

        @ParameterizedTest
        @MethodSource("addresses")
        void gets_the_same_answer_everywhere(String address) {
            assertProblem(holdfast.stranger().get(address), 401, "SIGN-IN", "Nobody is signed in.");
        }

        @Test
        void with_a_wrong_token_is_a_stranger() {
            Answer answer = holdfast.server().client("hf_wrong").get("/admin/backups");

            assertProblem(answer, 401, "SIGN-IN", "Nobody is signed in.");
            assertThat(answer.header("WWW-Authenticate")).contains("Bearer realm=\"holdfast\"");
            assertThat(answer.header("Cache-Control")).contains("no-store");
        }

        @Test
        void with_an_expired_revoked_or_disabled_persons_token_is_a_stranger() {
            UUID user = holdfast.user("leaver", org.holdfast.domain.people.Role.ADMIN);
            String expired = holdfast.tokenOf(user, org.holdfast.domain.people.Role.ADMIN);
            String revoked = holdfast.tokenOf(user, org.holdfast.domain.people.Role.ADMIN);
            String good = holdfast.tokenOf(user, org.holdfast.domain.people.Role.ADMIN);
            var catalog = holdfast.installation().catalogServer();
            catalog.execute(
                    "holdfast",
                    "UPDATE api_tokens SET expires_at = now() WHERE token_hash = '%s'"
                            .formatted(org.holdfast.domain.shared.Sha256.of(expired)),
                    "UPDATE api_tokens SET revoked_at = now() WHERE token_hash = '%s'"
                            .formatted(org.holdfast.domain.shared.Sha256.of(revoked)));

            assertThat(holdfast.server().client(expired).get("/admin/policy").status())
                    .isEqualTo(401);
            assertThat(holdfast.server().client(revoked).get("/admin/policy").status())
                    .isEqualTo(401);
            assertThat(holdfast.server().client(good).get("/admin/policy").status()).isEqualTo(200);
            catalog.execute("holdfast", "UPDATE users SET disabled = true WHERE name = 'leaver'");
            assertThat(holdfast.server().client(good).get("/admin/policy").status()).isEqualTo(401);
        }

        @Test
        void cannot_make_a_second_first_user() {
            Answer answer =
                    holdfast.stranger()
                            .post(
                                    "/admin/bootstrap",
                                    object().add("token", Installation.BOOTSTRAP_TOKEN)
                                            .add("user", "second")
                                            .add("password", "correct horse battery 9")
                                            .build());

            assertProblem(answer, 409, "BOOTSTRAP-DONE", "The first user was made already.");
        }

        /** From an address of its own, so that no other test has to wait. */
        @Test
        void who_asks_too_often_is_told_to_wait() throws java.io.IOException {
            String answer = "";
            for (int i = 0; i < 200 && !answer.startsWith("HTTP/1.1 429"); i++) {
                answer = holdfast.stranger().rawFrom("127.0.0.2", "/admin/backups");
            }

            assertThat(answer)
                    .startsWith("HTTP/1.1 429")
                    .containsIgnoringCase("retry-after: 1")
                    .contains("\"code\":\"TOO-MANY-REQUESTS\"");
            assertThat(holdfast.stranger().get("/admin/backups").status()).isEqualTo(401);
        }
    }

    // --- bodies ------------------------------------------------------------------------------

    @Nested
    class A_body {
        private Answer queue(String body) {
            return holdfast.guru().post("/admin/backups", body);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "nonsense",
                    "[]",
                    "\"shop\"",
                    "{\"source\":\"shop\"",
                    "{\"source\":\"shop\"} {}",
                    "{\"source\":\"shop\",\"source\":\"shop\"}"
                })
        void that_is_no_json_object_is_refused(String body) {
            assertProblem(queue(body), 400, "REQUEST-BODY", "The body is not one JSON object.");
        }

        @Test
        void that_is_missing_is_refused() {
            assertThat(holdfast.guru().post("/admin/backups").status()).isIn(400, 415);
        }

        @Test
        void that_lacks_a_member_is_told_which() {
            assertProblem(
                    queue("{}"), 400, "REQUEST-FIELD", "The body lacks the member \"source\".");
        }

        @Test
        void with_a_member_nobody_knows_is_told_which_are_known() {
            Answer answer = queue("{\"source\":\"shop\",\"fromat\":\"CUSTOM\"}");

            assertProblem(
                    answer,
                    400,
                    "REQUEST-FIELD",
                    "The body has a member \"fromat\" that is not known.");
            assertThat(answer.string("remedy")).isEqualTo("Known members: source, format.");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"source\":7}|The member \"source\" has to be a string.",
                    "{\"source\":null}|The body lacks the member \"source\".",
                    "{\"source\":\"shop\",\"format\":\"TAR\"}|The member \"format\" has to be one of CUSTOM, PLAIN_GZ.",
                    "{\"source\":\"sh\\u0000op\"}|The member \"source\" has to be a string without control characters."
                })
        void with_a_member_of_another_shape_is_told_the_right_one(String body, String detail) {
            assertProblem(queue(body), 400, "REQUEST-FIELD", detail);
        }

        @Test
        void larger_than_64_KiB_is_refused_whether_or_not_it_says_so() {
            String large = "{\"source\":\"" + "x".repeat(70_000) + "\"}";

            assertProblem(queue(large), 413, "REQUEST-SIZE", "The body is larger than 64 KiB.");
            Answer chunked =
                    holdfast.guru()
                            .send(
                                    holdfast.guru()
                                            .request("/admin/backups")
                                            .header("Content-Type", "application/json")
                                            .POST(
                                                    HttpRequest.BodyPublishers.ofInputStream(
                                                            () ->
                                                                    new java.io
                                                                            .ByteArrayInputStream(
                                                                            large.getBytes()))));
            assertProblem(chunked, 413, "REQUEST-SIZE", "The body is larger than 64 KiB.");
        }

        @Test
        void of_a_type_that_is_none_is_refused() throws Exception {
            String answer =
                    holdfast.guru()
                            .raw(
                                    "POST /admin/backups HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                            + "Authorization: Bearer @TOKEN@\r\n"
                                            + "Content-Type: ////;;==\r\nContent-Length: 2\r\n\r\n{}");

            assertThat(answer)
                    .startsWith("HTTP/1.1 415")
                    .contains("application/problem+json", "\"code\":\"REQUEST-TYPE\"");
        }

        @Test
        void of_another_type_is_refused() {
            Answer answer =
                    holdfast.guru()
                            .send(
                                    holdfast.guru()
                                            .request("/admin/backups")
                                            .header(
                                                    "Content-Type",
                                                    "application/x-www-form-urlencoded")
                                            .POST(
                                                    HttpRequest.BodyPublishers.ofString(
                                                            "source=shop")));

            assertProblem(answer, 415, "REQUEST-TYPE", "The body has to be application/json.");
        }
    }

    // --- what is no request at all -------------------------------------------------------------

    @Nested
    class Whatever_is_sent {
        private static final String POST =
                "POST /admin/backups HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Authorization: Bearer @TOKEN@\r\nContent-Type: application/json\r\n";

        private static String get(String target) {
            return "GET "
                    + target
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Authorization: Bearer @TOKEN@\r\n\r\n";
        }

        private static String sized(String type, String body) {
            return POST.replace("application/json", type)
                    + "Content-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body;
        }

        static Map<String, String> requests() {
            Map<String, String> all = new LinkedHashMap<>();
            all.put(
                    "bad chunk size",
                    POST + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n");
            all.put(
                    "negative chunk",
                    POST + "Transfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n");
            all.put("negative length", POST + "Content-Length: -1\r\n\r\n{}");
            all.put("length that is no number", POST + "Content-Length: ten\r\n\r\n{}");
            all.put("two lengths", POST + "Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}");
            all.put(
                    "length and chunks",
                    POST
                            + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
            all.put("deep arrays", sized("application/json", "[".repeat(60_000)));
            all.put("deep objects", sized("application/json", "{\"a\":".repeat(9_000)));
            all.put("deep member", sized("application/json", "{\"source\":" + "[".repeat(60_000)));
            all.put(
                    "endless number",
                    sized("application/json", "{\"source\":" + "9".repeat(60_000) + "}"));
            all.put("huge exponent", sized("application/json", "{\"source\":1e999999999}"));
            all.put(
                    "broken UTF-8",
                    sized("application/json", "{\"source\":\"\u00c3\u0028\u00ff\"}"));
            all.put(
                    "wrong charset",
                    sized("application/json;charset=no-such", "{\"source\":\"shop\"}"));
            all.put("no type", sized("", "{}"));
            all.put("type that is none", sized("////;;==", "{}"));
            all.put(
                    "XML with entities",
                    sized(
                            "application/xml",
                            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"));
            all.put("multipart without a border", sized("multipart/form-data", "--x"));
            all.put(
                    "huge header",
                    get("/admin/backups")
                            .replace(
                                    "\r\n\r\n",
                                    "\r\nX-Large: " + "x".repeat(200_000) + "\r\n\r\n"));
            all.put(
                    "many headers",
                    get("/admin/backups")
                            .replace("\r\n\r\n", "\r\n" + "X-Many: x\r\n".repeat(5_000) + "\r\n"));
            all.put("huge address", get("/admin/" + "x".repeat(100_000)));
            all.put(
                    "header that is none",
                    get("/admin/backups").replace("\r\n\r\n", "\r\nno colon\r\n\r\n"));
            all.put("unknown method", get("/admin/backups").replace("GET", "FOO"));
            all.put("TRACE", get("/admin/backups").replace("GET", "TRACE"));
            all.put("HTTP/9", get("/admin/backups").replace("HTTP/1.1", "HTTP/9.9"));
            all.put("no HTTP", "\u0000\u0001\u0002\r\n\r\n");
            for (String path :
                    new String[] {
                        "/admin/../WEB-INF/web.xml",
                        "/admin/%2e%2e/WEB-INF/web.xml",
                        "/admin/..%2fWEB-INF%2fweb.xml",
                        "/admin/..%5cWEB-INF%5cweb.xml",
                        "/admin/backups/%2F..%2F..%2Fetc%2Fpasswd",
                        "/admin/backups/..;/..;/WEB-INF/web.xml",
                        "/WEB-INF/web.xml",
                        "/web-inf/web.xml",
                        "/META-INF/sbom/bom.json",
                        "/%57EB-INF/web.xml",
                        "/console/..;/WEB-INF/classes/META-INF/microprofile-config.properties",
                        "/jakarta.faces.resource/../WEB-INF/web.xml.xhtml",
                        "/jakarta.faces.resource/web.xml.xhtml?ln=../WEB-INF",
                        "/jakarta.faces.resource/..%2fWEB-INF%2fweb.xml.xhtml?ln=holdfast",
                        "/admin/%c0%ae%c0%ae/WEB-INF/web.xml",
                        "/admin/backups/%00",
                        "/admin/backups/%",
                        "/admin/backups/%zz",
                        "/admin/backups?limit=%",
                        "/admin/backups?q=%ff%fe",
                        "/console/backups/detail.xhtml?id=%00",
                        "//admin//backups",
                        "/etc/passwd"
                    }) {
                all.put(path, get(path));
            }
            return all;
        }

        private static final List<String> INSIDES =
                List.of(
                        "Exception",
                        "\tat ",
                        "org.",
                        "com.sun",
                        "java.",
                        "Payara",
                        "Grizzly",
                        "GlassFish",
                        "root:",
                        "<web-app",
                        "\"bomFormat\"",
                        "X-Powered-By",
                        "\nServer:");

        /** No one of them reads a file, and none makes the server tell of its insides. */
        @Test
        void gets_no_stack_trace_and_no_file() throws Exception {
            Map<String, Future<String>> answers = new LinkedHashMap<>();
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                requests()
                        .forEach(
                                (name, sent) ->
                                        answers.put(
                                                name,
                                                threads.submit(() -> holdfast.guru().raw(sent))));
                List<String> wrong = new ArrayList<>();
                for (String name : answers.keySet()) {
                    told(answers.get(name).get()).ifPresent(told -> wrong.add(name + ": " + told));
                }
                assertThat(wrong).isEmpty();
            } finally {
                threads.shutdown();
            }
            assertThat(holdfast.guru().get("/admin/backups").status()).isEqualTo(200);
        }

        private static Optional<String> told(String answer) {
            String first = answer.lines().findFirst().orElse("");
            // Hung up on: that tells nothing. 501 and 505: a method, a version nobody knows.
            if (!first.matches("|HTTP/1\\.[01] ([1-4][0-9][0-9]|501|505).*")) {
                return Optional.of(first);
            }
            // A page tells its script which page follows on which of the framework's errors.
            String shown = answer.replace("jakarta.faces.application.ViewExpiredException", "");
            return INSIDES.stream()
                    .filter(shown::contains)
                    .findFirst()
                    .map(inside -> first + " tells " + inside.strip());
        }
    }

    // --- addresses ---------------------------------------------------------------------------

    @Nested
    class An_address {
        @Test
        void that_is_not_there_is_not_found() {
            assertProblem(
                    holdfast.guru().get("/admin/no-such-thing"),
                    404,
                    "NOT-FOUND",
                    "There is nothing under this address.");
        }

        @Test
        void that_does_not_take_the_method_says_which_it_takes() {
            Answer answer =
                    holdfast.guru().send(holdfast.guru().request("/admin/backups").DELETE());

            assertProblem(answer, 405, "REQUEST-METHOD", "This address does not take this method.");
            assertThat(answer.header("Allow").orElse("")).contains("GET").contains("POST");
        }

        @Test
        void answers_json_only() {
            Answer answer =
                    holdfast.guru()
                            .send(
                                    HttpRequest.newBuilder(
                                                    holdfast.address().resolve("/admin/policy"))
                                            .header("Authorization", "Bearer " + holdfast.token())
                                            .header("Accept", "text/html")
                                            .GET());

            assertProblem(
                    answer,
                    406,
                    "REQUEST-ACCEPT",
                    "The answer is to be had as application/json only.");
        }

        @ParameterizedTest
        @CsvSource({
            "backups/%s, backup",
            "backups/%s/log, backup",
            "backups/%s/impact?target=staging, snapshot",
            "restores/%s, restore",
            "restores/%s/log, restore"
        })
        void of_an_unknown_id_says_so(String path, String what) {
            assertProblem(
                    holdfast.guru().get("/admin/" + path.formatted(UNKNOWN)),
                    404,
                    "NOT-FOUND",
                    "There is no " + what + " " + UNKNOWN + ".");
            assertThat(holdfast.guru().get("/admin/" + path.formatted("none")).status())
                    .isEqualTo(404);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "backups?limit=0|The parameter \"limit\" has to be a whole number from 1 to 500.",
                    "backups?limit=x|The parameter \"limit\" has to be a whole number from 1 to 500.",
                    "backups?status=GREEN|The parameter \"status\" has to be of CANCELLED, EXPIRED, FAILED, QUEUED, RESTORED, RUNNING, SUSPECT, UPLOADED, VERIFIED.",
                    "backups?q=%00|The parameter \"q\" has to be at most 200 characters, none of them a control character.",
                    "restores?snapshotId=7|The parameter \"snapshotId\" has to be an id.",
                    "users?limit=501|The parameter \"limit\" has to be a whole number from 1 to 500.",
                    "drill-plans?limit=x|The parameter \"limit\" has to be a whole number from 1 to 500.",
                    "sources?limit=0|The parameter \"limit\" has to be a whole number from 1 to 500.",
                    "retention?limit=501|The parameter \"limit\" has to be a whole number from 1 to 500.",
                    "audit?cursor=x|The parameter \"cursor\" has to be a whole number from 1."
                })
        void with_a_wrong_parameter_is_told_the_right_one(String path, String detail) {
            assertProblem(holdfast.guru().get("/admin/" + path), 400, "REQUEST-PARAMETER", detail);
        }

        @Test
        void with_a_cursor_nobody_gave_out_is_refused_and_no_error() {
            assertThat(holdfast.guru().get("/admin/backups?cursor=zzz").status())
                    .isBetween(400, 422);
            assertThat(holdfast.guru().get("/admin/restores?cursor=zzz").status())
                    .isBetween(400, 422);
        }
    }

    // --- lists -------------------------------------------------------------------------------

    @Nested
    class Lists {
        @Test
        void are_pages_that_follow_each_other() {
            holdfast.verifiedBackup();
            holdfast.backUp("shop");

            JsonObject all = holdfast.guru().get("/admin/backups?limit=500").require(200).json();
            JsonObject first = holdfast.guru().get("/admin/backups?limit=1").require(200).json();
            JsonObject second =
                    holdfast.guru()
                            .get("/admin/backups?limit=1&cursor=" + first.getString("next"))
                            .require(200)
                            .json();

            assertThat(all).doesNotContainKey("next");
            assertThat(all.getJsonArray("items")).hasSizeGreaterThanOrEqualTo(2);
            assertThat(first.getJsonArray("items").get(0).asJsonObject().getString("id"))
                    .isEqualTo(id(all, 0));
            assertThat(id(second, 0)).isEqualTo(id(all, 1));
        }

        @ParameterizedTest
        @ValueSource(strings = {"sources", "targets", "schedule", "users", "drill-plans"})
        void of_names_are_whole_where_nobody_asks_for_a_page_and_pages_where_somebody_does(
                String list) {
            switch (list) {
                case "users" -> holdfast.user("listed", org.holdfast.domain.people.Role.AUDITOR);
                case "drill-plans" -> List.of("B listed", "a listed").forEach(this::plan);
                default -> {}
            }
            jakarta.json.JsonArray all = items("/admin/" + list);
            JsonObject first =
                    holdfast.guru().get("/admin/" + list + "?limit=1").require(200).json();

            assertThat(all).hasSizeGreaterThanOrEqualTo(2);
            assertThat(ids(first.getJsonArray("items"))).isEqualTo(ids(all).subList(0, 1));
            String next = URLEncoder.encode(first.getString("next"), StandardCharsets.UTF_8);
            assertThat(ids(items("/admin/" + list + "?cursor=" + next)))
                    .isEqualTo(ids(all).subList(1, all.size()));
        }

        private void plan(String name) {
            int status =
                    holdfast.guru()
                            .post(
                                    "/admin/drill-plans",
                                    object().add("name", name)
                                            .add("source", "shop")
                                            .add("checklist", Json.createArrayBuilder())
                                            .build())
                            .status();
            assertThat(status).as("made now, or there already").isIn(201, 409);
        }

        private List<String> ids(jakarta.json.JsonArray items) {
            return items.stream().map(item -> item.asJsonObject().getString("id")).toList();
        }

        @Test
        void of_retention_hold_copies_of_the_database_that_is_named_and_none_of_all() {
            holdfast.verifiedBackup();

            jakarta.json.JsonArray all = items("/admin/retention?limit=500");

            assertThat(all).isNotEmpty();
            assertThat(all)
                    .allSatisfy(
                            one ->
                                    assertThat(one.asJsonObject())
                                            .containsKeys("id", "rule", "goes", "freedBytes")
                                            .doesNotContainKey("copies"));
            assertThat(items("/admin/retention?source=shop"))
                    .isNotEmpty()
                    .allSatisfy(
                            one ->
                                    assertThat(one.asJsonObject().getJsonArray("copies"))
                                            .isNotEmpty());
            assertThat(items("/admin/retention?source=nobodys")).isEmpty();
        }

        private String id(JsonObject page, int at) {
            return page.getJsonArray("items").getJsonObject(at).getString("id");
        }

        @Test
        void of_backups_are_filtered() {
            String backup = holdfast.verifiedBackup();

            assertThat(items("/admin/backups?q=" + backup)).hasSize(1);
            assertThat(items("/admin/backups?q=" + backup + "&status=FAILED,CANCELLED")).isEmpty();
            assertThat(items("/admin/backups?q=" + backup + "&status=VERIFIED,RESTORED"))
                    .hasSize(1);
            assertThat(items("/admin/backups?source=nowhere")).isEmpty();
        }

        @Test
        void of_places_show_no_secret() {
            assertThat(items("/admin/sources").toString())
                    .contains("\"name\":\"shop\"")
                    .contains("backup:***@127.0.0.1");
            assertThat(items("/admin/targets").toString())
                    .contains("\"name\":\"live\"")
                    .contains("\"production\":true");
            assertThat(items("/admin/stores").toString())
                    .contains("\"name\":\"local\"")
                    .contains("\"name\":\"s3\"");
        }

        @Test
        void of_audit_entries_follow_each_other_and_the_chain_is_whole() {
            JsonObject first = holdfast.guru().get("/admin/audit?limit=1").require(200).json();
            JsonObject second =
                    holdfast.guru()
                            .get("/admin/audit?limit=1&cursor=" + first.getString("next"))
                            .require(200)
                            .json();

            JsonObject newer = first.getJsonArray("items").getJsonObject(0);
            JsonObject older = second.getJsonArray("items").getJsonObject(0);
            assertThat(newer.getInt("id")).isEqualTo(older.getInt("id") + 1);
            assertThat(newer.getString("previousHash")).isEqualTo(older.getString("hash"));
            JsonObject chain = holdfast.guru().get("/admin/audit/status").require(200).json();
            assertThat(chain.getString("status")).isEqualTo("WHOLE");
            assertThat(chain.getInt("entries")).isGreaterThanOrEqualTo(newer.getInt("id"));
        }

        private jakarta.json.JsonArray items(String path) {
            return holdfast.guru().get(path).require(200).json().getJsonArray("items");
        }
    }

    // --- rules -------------------------------------------------------------------------------

    @Test
    void the_policy_in_force_has_the_names_of_the_policy_file() {
        JsonObject policy = holdfast.guru().get("/admin/policy").require(200).json();

        assertThat(policy.getString("status")).isEqualTo("IN_FORCE");
        assertThat(policy.getString("id")).isEqualTo("default");
        assertThat(policy.getInt("rpoMinutes")).isEqualTo(60);
        assertThat(policy.getInt("rtoMinutes")).isEqualTo(240);
        assertThat(policy.getInt("retentionDays")).isEqualTo(14);
        assertThat(policy.getString("monthlyRestoreDay")).isEqualTo("first_sunday");
    }

    @Test
    void a_backup_of_an_unknown_source_names_the_known_ones() {
        Answer answer =
                holdfast.guru().post("/admin/backups", object().add("source", "nowhere").build());

        assertProblem(answer, 422, "SOURCE-UNKNOWN", "There is no source \"nowhere\".");
        assertThat(answer.string("remedy")).startsWith("Known sources: far-shop, shop.");
    }

    @Test
    void an_impact_needs_a_target_that_is_known() {
        String backup = holdfast.verifiedBackup();

        assertProblem(
                holdfast.guru().get("/admin/backups/" + backup + "/impact"),
                400,
                "REQUEST-PARAMETER",
                "The parameter \"target\" has to be given.");
        Answer unknown = holdfast.guru().get("/admin/backups/" + backup + "/impact?target=nowhere");
        assertProblem(unknown, 422, "TARGET-UNKNOWN", "There is no target \"nowhere\".");
        assertThat(unknown.string("remedy"))
                .startsWith("Known targets: far, ledger, live, sandbox, staging.");
    }

    @Nested
    class A_restore_is_refused {
        private String backup;

        @BeforeEach
        void target() {
            backup = holdfast.verifiedBackup();
            holdfast.installation().resetTarget("staging");
        }

        private Answer ask(JsonObjectBuilder order) {
            return holdfast.guru().post("/admin/backups/" + backup + "/restores", order.build());
        }

        @Test
        void with_a_phrase_that_is_not_exact() {
            Answer answer =
                    ask(holdfast.order(backup, "staging").add("phrase", "restore " + backup));

            assertProblem(answer, 422, "RESTORE-PHRASE", "The confirmation phrase does not match.");
            assertThat(answer.string("remedy")).isEqualTo("Type exactly: RESTORE " + backup);
        }

        @Test
        void without_the_checklist() {
            Answer answer =
                    ask(
                            holdfast.order(backup, "staging")
                                    .add("checklist", Json.createArrayBuilder()));

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.string("code")).isEqualTo("RESTORE-CHECKLIST");
            assertThat(answer.string("detail"))
                    .startsWith("Not acknowledged yet: owner-told, application-stopped");
        }

        @Test
        void with_a_wrong_code() {
            JsonObjectBuilder order = holdfast.order(backup, "staging");
            String right = holdfast.freshCode();
            String wrong = right.substring(0, 5) + (right.charAt(5) == '0' ? '1' : '0');

            assertProblem(ask(order.add("otp", wrong)), 403, "STEP-UP", "The code is wrong.");
            assertThat(activeOn("staging")).isEmpty();
        }

        @Test
        void with_a_code_that_was_used() {
            JsonObjectBuilder first = holdfast.order(backup, "staging").add("dryRun", true);
            String code = holdfast.freshCode();
            String id = holdfast.ask(backup, first.add("otp", code));
            holdfast.guru().await("/admin/restores/" + id, "COMPLETED");
            holdfast.installation().resetTarget("staging");
            JsonObject impact =
                    holdfast.guru()
                            .get("/admin/backups/" + backup + "/impact?target=staging")
                            .require(200)
                            .json();

            Answer answer =
                    ask(
                            object().add("target", "staging")
                                    .add("dryRun", true)
                                    .add("phrase", impact.getString("confirmPhrase"))
                                    .add("otp", code)
                                    .add("checklist", Json.createArrayBuilder()));

            assertProblem(answer, 403, "STEP-UP", "That code was used already.");
        }

        @Test
        void into_production_while_the_switch_is_off() {
            assertProblem(
                    ask(holdfast.order(backup, "live")),
                    422,
                    "RESTORE-PRODUCTION",
                    "Target live is marked production and ALLOW_DB_RESTORE is not true.");
        }

        @Test
        void in_place_where_the_target_does_not_allow_it() {
            assertProblem(
                    ask(holdfast.order(backup, "staging").add("mode", "IN_PLACE_CLEAN")),
                    422,
                    "RESTORE-MODE",
                    "Target staging does not allow restores in place.");
        }

        @Test
        void with_globals_while_the_switch_is_off() {
            assertProblem(
                    ask(holdfast.order(backup, "staging").add("includeGlobals", true)),
                    422,
                    "GLOBALS-REFUSED",
                    "Roles and tablespaces are restored only where ALLOW_GLOBALS_RESTORE is 1.");
        }

        @Test
        void under_a_new_name_without_one() {
            assertProblem(
                    ask(holdfast.order(backup, "staging").add("mode", "NEW_NAME")),
                    422,
                    "RESTORE-NEW-NAME",
                    "Mode NEW_NAME needs the name of the database to make.");
        }

        @Test
        void while_another_holds_the_target_and_names_it() {
            holdfast.installation().resetTarget("ledger");
            String first = holdfast.ask(backup, holdfast.order(backup, "ledger"));

            Answer answer = ask(holdfast.order(backup, "ledger"));

            assertProblem(
                    answer,
                    409,
                    "RESTORE-BUSY",
                    "Restore " + first + " holds this target: it is AWAITING_APPROVAL.");
            holdfast.guru().post("/admin/restores/" + first + "/cancel").require(202);
            assertThat(holdfast.guru().get("/admin/restores/" + first).string("status"))
                    .isEqualTo("CANCELLED");
            Answer twice = holdfast.guru().post("/admin/restores/" + first + "/cancel");
            assertProblem(
                    twice,
                    409,
                    "RESTORE-ENDED",
                    "Restore " + first + " is CANCELLED; there is nothing to cancel.");
        }

        private String activeOn(String target) {
            String ids =
                    holdfast.installation()
                            .catalogServer()
                            .query(
                                    "holdfast",
                                    "SELECT string_agg(r.id::text, ',') FROM backup_restores r JOIN targets t"
                                            + " ON t.id = r.target_id WHERE t.name = '"
                                            + target
                                            + "' AND r.status IN ('AWAITING_APPROVAL', 'QUEUED', 'RUNNING')");
            return ids == null ? "" : ids;
        }
    }

    @Test
    void a_restore_done_by_hand_is_entered() {
        String backup = holdfast.verifiedBackup();

        Answer made =
                holdfast.guru()
                        .post(
                                "/admin/restores",
                                object().add("snapshotId", backup)
                                        .add("target", "live")
                                        .add("note", "by hand with recover.sh")
                                        .add("startedAt", "2026-11-01T02:00:00Z")
                                        .add("finishedAt", "2026-11-01T02:21:00Z")
                                        .add("success", true)
                                        .build())
                        .require(201);

        assertThat(made.header("Location"))
                .contains(holdfast.address() + "/admin/restores/" + made.string("id"));
        JsonObject record = holdfast.guru().get("/admin/restores/" + made.string("id")).json();
        assertThat(record.getString("status")).isEqualTo("COMPLETED");
        assertThat(record.getBoolean("manual")).isTrue();
        assertThat(record.getInt("durationSeconds")).isEqualTo(21 * 60);
        assertThat(holdfast.guru().get("/admin/restores?snapshotId=" + backup).require(200).text())
                .contains(made.string("id"));
        assertProblem(
                holdfast.guru()
                        .post(
                                "/admin/restores",
                                object().add("target", "live")
                                        .add("note", "x")
                                        .add("startedAt", "2026-11-01T02:00:00Z")
                                        .add("finishedAt", "2026-11-01T01:00:00Z")
                                        .add("success", true)
                                        .build()),
                422,
                "RESTORE-TIMES",
                "The restore by hand ended before it began.");
    }

    @Nested
    class Places {
        @Test
        void are_tested_on_request() {
            for (String place : new String[] {"sources", "targets", "stores"}) {
                JsonObject first =
                        holdfast.guru()
                                .get("/admin/" + place)
                                .require(200)
                                .json()
                                .getJsonArray("items")
                                .getJsonObject(0);

                JsonObject tested =
                        holdfast.guru()
                                .post("/admin/" + place + "/" + first.getString("id") + "/test")
                                .require(200)
                                .json();

                assertThat(tested.getString("status")).isEqualTo("OK");
                assertThat(tested.getString("text")).isNotBlank();
            }
        }

        @Test
        void are_added_after_a_successful_test_and_work() {
            var around = holdfast.installation();
            String name = "added-" + UUID.randomUUID().toString().substring(0, 8);

            holdfast.guru()
                    .post(
                            "/admin/sources",
                            object().add("name", name)
                                    .add("url", around.sourceUrl().reveal())
                                    .add("otp", holdfast.freshCode())
                                    .build())
                    .require(201);

            assertThat(holdfast.guru().get("/admin/sources").text())
                    .contains(name)
                    .doesNotContain("canary");
            holdfast.backUp(name);
            Answer again =
                    holdfast.guru()
                            .post(
                                    "/admin/sources",
                                    object().add("name", name)
                                            .add("url", around.sourceUrl().reveal())
                                            .add("otp", holdfast.freshCode())
                                            .build());
            assertProblem(
                    again, 409, "NAME-TAKEN", "There is already a source named \"" + name + "\".");
        }

        @Test
        void that_cannot_be_reached_are_not_added_and_no_password_comes_back() {
            Answer answer =
                    holdfast.guru()
                            .post(
                                    "/admin/targets",
                                    object().add("name", "gone")
                                            .add(
                                                    "url",
                                                    "postgresql://x:canary-typed@127.0.0.1:1/db")
                                            .add("production", false)
                                            .add("otp", holdfast.freshCode())
                                            .build());

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.text()).doesNotContain("canary-typed");
            assertThat(holdfast.guru().get("/admin/targets").text()).doesNotContain("\"gone\"");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://169.254.169.254",
                    "http://[::ffff:a9fe:a9fe]",
                    "http://100.100.100.200",
                    "http://2852039166",
                    "file:///etc/passwd",
                    "gopher://127.0.0.1:6379",
                    "http://user:canary-typed@127.0.0.1:1",
                    "http://127.0.0.1:1/bucket"
                })
        void that_are_no_stores_are_not_asked(String endpoint) {
            Answer answer =
                    holdfast.guru()
                            .post(
                                    "/admin/stores",
                                    object().add("name", "forged")
                                            .add("kind", "S3")
                                            .add("endpoint", endpoint)
                                            .add("region", "x")
                                            .add("bucket", "bucket")
                                            .add("accessKeyId", "x")
                                            .add("secretAccessKey", "canary-typed")
                                            .add("otp", "000000")
                                            .build());

            assertThat(answer.status()).as(answer.text()).isEqualTo(422);
            assertThat(answer.string("code")).startsWith("STORE-");
            assertThat(answer.text()).doesNotContain("canary-typed");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "postgresql://u:canary-typed@169.254.169.254/db",
                    "postgresql://u:canary-typed@[::ffff:169.254.169.254]/db",
                    "postgresql://u:canary-typed@2852039166/db",
                    "postgresql://u:canary-typed@metadata.google.internal/db",
                    "http://169.254.169.254/latest/meta-data",
                    "file:///etc/passwd"
                })
        void that_are_no_databases_are_not_asked(String url) {
            for (String places : new String[] {"sources", "targets"}) {
                var body = object().add("name", "forged").add("url", url).add("otp", "000000");
                if (places.equals("targets")) {
                    body.add("production", false);
                }
                Answer answer = holdfast.guru().post("/admin/" + places, body.build());

                assertThat(answer.status()).as(answer.text()).isEqualTo(422);
                assertThat(answer.string("code")).startsWith("POSTGRES-");
                assertThat(answer.text()).doesNotContain("canary-typed");
            }
        }

        @Test
        void of_kind_directory_are_added() {
            String name = "dir-" + UUID.randomUUID().toString().substring(0, 8);
            Answer made =
                    holdfast.guru()
                            .post(
                                    "/admin/stores",
                                    object().add("name", name)
                                            .add("kind", "DIRECTORY")
                                            .add(
                                                    "directory",
                                                    holdfast.installation()
                                                            .home()
                                                            .resolve(name)
                                                            .toString())
                                            .add("otp", holdfast.freshCode())
                                            .build())
                            .require(201);

            assertThat(made.string("kind")).isEqualTo("DIRECTORY");
            assertThat(made.string("status")).isEqualTo("ACTIVE");
            holdfast.installation()
                    .catalogServer()
                    .execute(
                            "holdfast",
                            "UPDATE stores SET retired = true WHERE name = '" + name + "'");
        }

        @Test
        void of_kind_S3_need_all_their_members() {
            assertProblem(
                    holdfast.guru()
                            .post(
                                    "/admin/stores",
                                    object().add("name", "s3b")
                                            .add("kind", "S3")
                                            .add("otp", "000000")
                                            .build()),
                    400,
                    "REQUEST-FIELD",
                    "The body lacks the member \"endpoint\".");
        }
    }

    // --- beside the contract -------------------------------------------------------------------

    @Nested
    class For_machines {
        @Test
        void health_says_what_was_checked() {
            for (String kind : new String[] {"live", "ready", "started"}) {
                JsonObject health = holdfast.stranger().get("/health/" + kind).require(200).json();
                assertThat(health.getString("status")).isEqualTo("UP");
                assertThat(health.getJsonArray("checks")).as(kind).hasSize(1);
            }
        }

        @Test
        void metrics_count_backups_and_their_age() {
            holdfast.verifiedBackup();
            String metrics = awaitMetrics("holdfast_backup_age_seconds");

            assertThat(metrics)
                    .containsPattern("holdfast_backups\\{[^}]*status=\"VERIFIED\"[^}]*\\} ")
                    .containsPattern("holdfast_restores\\{[^}]*status=\"COMPLETED\"[^}]*\\} ")
                    .containsPattern(
                            "holdfast_backup_age_seconds\\{[^}]*source=\"shop\"[^}]*\\} [0-9]")
                    .contains("holdfast_rpo_seconds")
                    .doesNotContain("canary");
        }

        private String awaitMetrics(String name) {
            long end = System.nanoTime() + 120_000_000_000L;
            while (true) {
                Answer answer =
                        holdfast.stranger()
                                .send(
                                        HttpRequest.newBuilder(
                                                        holdfast.address().resolve("/metrics"))
                                                .header("Accept", "text/plain")
                                                .GET());
                assertThat(answer.status()).isEqualTo(200);
                if (answer.text().contains(name) || System.nanoTime() > end) {
                    return answer.text();
                }
                try {
                    Thread.sleep(500);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Test
        void openapi_describes_every_address() {
            JsonObject api = holdfast.stranger().get("/openapi").require(200).json();

            assertThat(api.getJsonObject("info").getString("title")).isEqualTo("Holdfast");
            assertThat(api.getJsonObject("paths").keySet())
                    .contains(
                            "/admin/backups",
                            "/admin/backups/{id}",
                            "/admin/backups/{id}/manifest",
                            "/admin/backups/{id}/impact",
                            "/admin/backups/{id}/restores",
                            "/admin/restores",
                            "/admin/restores/{id}",
                            "/admin/restores/{id}/approve",
                            "/admin/restores/{id}/cancel",
                            "/admin/restores/{id}/undo",
                            "/admin/audit",
                            "/admin/policy");
            JsonObject components = api.getJsonObject("components");
            assertThat(components.getJsonObject("securitySchemes")).containsKey("token");
            JsonObject backup =
                    components
                            .getJsonObject("schemas")
                            .getJsonObject("Backup")
                            .getJsonObject("properties");
            assertThat(backup.getJsonObject("takenAt").getString("format")).isEqualTo("date-time");
            assertThat(backup.getJsonObject("durationSeconds").getString("type"))
                    .isEqualTo("number");
            JsonObject order = components.getJsonObject("schemas").getJsonObject("BackupsOrder");
            assertThat(order.getJsonArray("required").toString())
                    .isEqualTo("[\"target\",\"phrase\",\"otp\"]");
            JsonObject queue =
                    api.getJsonObject("paths")
                            .getJsonObject("/admin/backups")
                            .getJsonObject("post");
            assertThat(queue.getJsonObject("responses").keySet())
                    .containsExactlyInAnyOrder("202", "default");
        }
    }
}

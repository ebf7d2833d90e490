package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code before a restore, on the running product. */
@ExtendWith(RunningHoldfast.Given.class)
class StepUpIT {
    private static String verified;

    private RunningHoldfast holdfast;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        if (verified == null) {
            String id =
                    running.guru()
                            .post(
                                    "/admin/backups",
                                    Json.createObjectBuilder().add("source", "shop").build())
                            .require(202)
                            .string("id");
            running.guru().await("/admin/backups/" + id, "VERIFIED");
            verified = id;
        }
    }

    @AfterEach
    void forget() {
        holdfast.freshCode();
    }

    @Test
    void one_code_sent_twice_at_once_queues_one_restore() throws Exception {
        String code = holdfast.freshCode();

        List<Answer> answers = atOnce(order("staging", code), order("sandbox", code));

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(202, 403);
        for (Answer answer : answers) {
            if (answer.status() == 202) {
                holdfast.guru().await("/admin/restores/" + answer.string("id"), "COMPLETED");
            } else {
                assertThat(answer.string("code")).isEqualTo("STEP-UP");
                assertThat(answer.string("detail")).isEqualTo("That code was used already.");
            }
        }
    }

    @Test
    void wrong_codes_stay_counted_though_each_refusal_is_rolled_back_and_the_fifth_costs_a_wait() {
        holdfast.freshCode();
        String before = requests();
        for (int i = 0; i < 5; i++) {
            Answer wrong = ask(order("staging", "00000x"));
            assertThat(wrong.status()).isEqualTo(403);
            assertThat(wrong.string("detail")).isEqualTo("The code is wrong.");
        }

        Answer right = ask(order("staging", holdfast.code(java.time.Instant.now())));

        assertThat(right.status()).isEqualTo(403);
        assertThat(right.string("code")).isEqualTo("STEP-UP-WAIT");
        assertThat(right.string("detail"))
                .matches("Too many wrong codes: the next is looked at from 20\\S+Z on\\.");
        assertThat(requests()).isEqualTo(before);
        assertThat(
                        catalog()
                                .query(
                                        "holdfast",
                                        "SELECT count(*) FROM (SELECT * FROM audit_log WHERE action ="
                                                + " 'step-up.fail' ORDER BY seq DESC LIMIT 6) x WHERE"
                                                + " detail LIKE '%\"operation\":\"restore %'"))
                .isEqualTo("6");
    }

    @Test
    void a_refusal_before_the_code_uses_no_code_up() {
        String code = holdfast.freshCode();
        JsonObject phrase =
                Json.createObjectBuilder(order("staging", code)).add("phrase", "no").build();
        assertThat(ask(phrase).status()).isEqualTo(422);

        Answer right = ask(order("staging", code)).require(202);

        holdfast.guru().await("/admin/restores/" + right.string("id"), "COMPLETED");
    }

    @Test
    void no_code_is_asked_for_in_words() {
        Answer answer = ask(order("staging", " "));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.string("detail")).isEqualTo("This needs a code from your authenticator.");
        assertThat(answer.string("remedy")).isEqualTo("Enter the six digits that it shows now.");
    }

    /** A dry run, which touches no target. */
    private JsonObject order(String target, String code) {
        JsonObject impact =
                holdfast.guru()
                        .get("/admin/backups/" + verified + "/impact?target=" + target)
                        .require(200)
                        .json();
        JsonArrayBuilder checklist = Json.createArrayBuilder();
        impact.getJsonArray("checklist")
                .forEach(item -> checklist.add(item.asJsonObject().getString("id")));
        return Json.createObjectBuilder()
                .add("target", target)
                .add("mode", "ASIDE_SWAP")
                .add("dryRun", true)
                .add("phrase", impact.getString("confirmPhrase"))
                .add("otp", code)
                .add("checklist", checklist)
                .build();
    }

    private Answer ask(JsonObject order) {
        return holdfast.guru().post("/admin/backups/" + verified + "/restores", order);
    }

    private List<Answer> atOnce(JsonObject... orders) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(orders.length);
        try {
            List<Callable<Answer>> calls = new ArrayList<>();
            for (JsonObject order : orders) {
                calls.add(() -> ask(order));
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            threads.shutdown();
        }
    }

    private String requests() {
        return catalog().query("holdfast", "SELECT count(*) FROM backup_restores");
    }

    private PostgresServer catalog() {
        return holdfast.installation().catalogServer();
    }
}

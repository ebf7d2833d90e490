package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RestClient.Answer;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who may do what: the table of roles and operations, every cell. Where a role may, the request
 * goes as far as the rules behind the role (the ids are unknown, the codes wrong); where it may
 * not, it is refused as such, before anything else is looked at.
 */
@ExtendWith(RunningHoldfast.Given.class)
class RolesIT {
    private static final Map<Role, RestClient> CLIENTS = new EnumMap<>(Role.class);
    private static final String ID = "0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b";

    private static final String ISSUE = "{\"title\":\"x\",\"owner\":\"y\",\"due\":\"2026-12-24\"}";

    /**
     * @param codeFirst whether nothing is looked at before the code, which is wrong in this table
     */
    private record Operation(
            String method, String path, String body, List<Role> allowed, boolean codeFirst) {}

    private static final List<Role> EVERYBODY = List.of(Role.values());
    private static final List<Role> OPERATORS = List.of(Role.SUPER_GURU, Role.ADMIN, Role.OPERATOR);
    private static final List<Role> ADMINS = List.of(Role.SUPER_GURU, Role.ADMIN);
    private static final List<Role> AUDIT = List.of(Role.SUPER_GURU, Role.AUDITOR);
    private static final List<Role> EXPORTERS = List.of(Role.SUPER_GURU, Role.ADMIN, Role.AUDITOR);
    private static final List<Role> GURUS = List.of(Role.SUPER_GURU);
    private static final List<Role> READERS_OF_PEOPLE = List.of(Role.SUPER_GURU, Role.AUDITOR);

    private static final List<Operation> TABLE =
            List.of(
                    get("backups", EVERYBODY),
                    get("backups/" + ID, EVERYBODY),
                    get("backups/" + ID + "/log", EVERYBODY),
                    get("backups/" + ID + "/manifest", EVERYBODY),
                    get("backups/" + ID + "/impact?target=staging", EVERYBODY),
                    post("backups/" + ID + "/payload", "{\"otp\":\"000000\"}", ADMINS),
                    post(
                            "backups/" + ID + "/delete",
                            "{\"reason\":\"x\",\"phrase\":\"y\",\"otp\":\"000000\"}",
                            ADMINS),
                    post("backups/" + ID + "/take-back", null, ADMINS),
                    post("backups/" + ID + "/hold", "{\"reason\":\"x\"}", ADMINS),
                    post(
                            "backups/" + ID + "/hold/remove",
                            "{\"reason\":\"x\",\"otp\":\"000000\"}",
                            ADMINS),
                    get("imports", EVERYBODY),
                    get("imports/no-such-place", EVERYBODY),
                    post(
                            "imports",
                            "{\"place\":\"no-such-place\",\"files\":[\"x\"],\"source\":\"shop\",\"otp\":\"000000\"}",
                            ADMINS),
                    get("retention", EVERYBODY),
                    get("retention/strays", EVERYBODY),
                    get("restores", EVERYBODY),
                    get("restores/" + ID, EVERYBODY),
                    get("restores/" + ID + "/log", EVERYBODY),
                    get("drills", EVERYBODY),
                    get("drills/" + ID, EVERYBODY),
                    get("drills/" + ID + "/log", EVERYBODY),
                    post("drills", "{\"snapshotId\":\"" + ID + "\"}", OPERATORS),
                    post("drills/" + ID + "/cancel", null, OPERATORS),
                    post("drills/" + ID + "/destroy", null, OPERATORS),
                    get("audit", EVERYBODY),
                    get("audit/status", EVERYBODY),
                    get("audit/signing.pub", EVERYBODY),
                    get("drills/schema", EVERYBODY),
                    get("drills/evidence?period=2026-11", EXPORTERS),
                    get("drills/evidence/schema", EVERYBODY),
                    get("drills/" + ID + "/evidence", EXPORTERS),
                    get("drills/" + ID + "/record.pdf", EXPORTERS),
                    get("drills/" + ID + "/seal", EVERYBODY),
                    get("drills/" + ID + "/signoffs", EVERYBODY),
                    get("drills/" + ID + "/issues", EVERYBODY),
                    post("drills/" + ID + "/review", "{\"otp\":\"000000\"}", EXPORTERS),
                    post("drills/" + ID + "/signoff", "{\"otp\":\"000000\"}", EXPORTERS),
                    post("drills/" + ID + "/issues", ISSUE, OPERATORS),
                    post("drills/" + ID + "/issues/" + ID, ISSUE, OPERATORS),
                    post(
                            "drills/" + ID + "/issues/" + ID + "/close",
                            "{\"resolution\":\"x\"}",
                            OPERATORS),
                    post(
                            "drills/" + ID + "/issues/" + ID + "/retest",
                            "{\"drill\":\"" + ID + "\"}",
                            OPERATORS),
                    get("audit/verifier", EVERYBODY),
                    get("audit/export?format=csv&actor=nobody", EXPORTERS),
                    get("policy", EVERYBODY),
                    get("policy/schema", EVERYBODY),
                    get("policy/versions", EVERYBODY),
                    get("policy/versions/1", EVERYBODY),
                    post("policy/check", "{\"document\":{\"rpo_minute\":1}}", EVERYBODY),
                    put(
                            "policy",
                            "{\"document\":{\"rpo_minute\":1},\"version\":0,\"reason\":\"x\",\"otp\":\"000000\"}",
                            GURUS),
                    get("schedule", EVERYBODY),
                    get("drill-plans", EVERYBODY),
                    get("drill-plans/" + ID, EVERYBODY),
                    post("drill-plans", "{\"name\":\"x\",\"source\":\"no-such-source\"}", ADMINS),
                    put(
                            "drill-plans/" + ID,
                            "{\"version\":1,\"name\":\"x\",\"source\":\"no-such-source\"}",
                            ADMINS),
                    post("drill-plans/" + ID + "/pause", null, ADMINS),
                    post("drill-plans/" + ID + "/resume", null, ADMINS),
                    post("drill-plans/" + ID + "/retire", null, ADMINS),
                    get("sources", EVERYBODY),
                    get("targets", EVERYBODY),
                    get("stores", EVERYBODY),
                    get("stores/" + ID, EVERYBODY),
                    post("stores/" + ID + "/check", null, OPERATORS),
                    post("stores/" + ID + "/lock", "{\"mode\":\"OFF\",\"otp\":\"000000\"}", GURUS),
                    post(
                            "stores/" + ID + "/keys",
                            "{\"keysEndOn\":\"2099-01-01\",\"otp\":\"000000\"}",
                            GURUS),
                    post("stores/" + ID + "/harden", "{\"otp\":\"000000\"}", GURUS),
                    get("approvals", EVERYBODY),
                    get("approvals/" + ID, EVERYBODY),
                    post("approvals/" + ID + "/approve", "{\"otp\":\"000000\"}", ADMINS),
                    post("approvals/" + ID + "/reject", "{}", ADMINS),
                    post("approvals/" + ID + "/withdraw", null, ADMINS),
                    post(
                            "approvals/" + ID + "/break-glass",
                            "{\"phrase\":\"x\",\"reason\":\"y\",\"otp\":\"000000\"}",
                            GURUS),
                    get("alerts", EVERYBODY),
                    get("alerts/" + ID, EVERYBODY),
                    get("alerts/channels", EVERYBODY),
                    post("alerts/channels/pigeon/test", null, ADMINS),
                    post("alerts/" + ID + "/acknowledge", "{}", OPERATORS),
                    get("keys", AUDIT),
                    get("keys/server", AUDIT),
                    get("keys/" + ID, AUDIT),
                    get("keys/" + ID + "/backups", AUDIT),
                    post(
                            "keys",
                            "{\"name\":\"UPPER\",\"purpose\":\"DRILL\",\"publicKey\":\"x\",\"otp\":\"000000\"}",
                            GURUS),
                    post(
                            "keys/generate",
                            "{\"name\":\"UPPER\",\"purpose\":\"DRILL\",\"otp\":\"000000\"}",
                            GURUS),
                    codeFirst("keys/server/rotate-signing", GURUS),
                    codeFirst("keys/server/rotate-sealing", GURUS),
                    codeFirst("recover", GURUS),
                    post("keys/" + ID + "/rotate", "{\"otp\":\"000000\"}", GURUS),
                    post("keys/" + ID + "/retire", "{\"otp\":\"000000\"}", GURUS),
                    post("keys/" + ID + "/challenge", null, GURUS),
                    post("keys/" + ID + "/proof", "{\"answer\":\"x\",\"otp\":\"000000\"}", GURUS),
                    get("users", READERS_OF_PEOPLE),
                    post(
                            "users",
                            "{\"name\":\"UPPER\",\"role\":\"OPERATOR\",\"otp\":\"000000\"}",
                            GURUS),
                    post("users/" + ID + "/role", "{\"role\":\"ADMIN\",\"otp\":\"000000\"}", GURUS),
                    post("users/" + ID + "/disable", "{\"otp\":\"000000\"}", GURUS),
                    post("users/" + ID + "/enable", "{\"otp\":\"000000\"}", GURUS),
                    post("users/" + ID + "/withdraw", null, GURUS),
                    post("users/" + ID + "/reset-password", "{\"otp\":\"000000\"}", GURUS),
                    post(
                            "users/" + ID + "/reset-authenticator",
                            "{\"reason\":\"x\",\"otp\":\"000000\"}",
                            GURUS),
                    post("users/" + ID + "/authenticator-link", "{\"otp\":\"000000\"}", GURUS),
                    post("users/" + ID + "/end-sessions", "{\"otp\":\"000000\"}", GURUS),
                    post("backups", "{\"source\":\"no-such-source\"}", OPERATORS),
                    post("backups/" + ID + "/cancel", null, OPERATORS),
                    post("backups/" + ID + "/verify", null, OPERATORS),
                    post("backups/" + ID + "/accept-shrinkage", "{\"reason\":\"x\"}", OPERATORS),
                    post(
                            "backups/" + ID + "/restores",
                            "{\"target\":\"staging\",\"phrase\":\"x\",\"otp\":\"000000\"}",
                            ADMINS),
                    post("restores/" + ID + "/approve", "{\"otp\":\"000000\"}", ADMINS),
                    post(
                            "restores/" + ID + "/break-glass",
                            "{\"phrase\":\"x\",\"reason\":\"y\",\"otp\":\"000000\"}",
                            GURUS),
                    post("restores/" + ID + "/reject", "{}", ADMINS),
                    post("restores/" + ID + "/cancel", null, ADMINS),
                    post("restores/" + ID + "/undo", "{\"otp\":\"000000\"}", ADMINS),
                    post(
                            "restores",
                            "{\"target\":\"no-such-target\",\"note\":\"x\",\"startedAt\":\"2026-11-01T02:00:00Z\",\"finishedAt\":\"2026-11-01T02:00:00Z\",\"success\":true}",
                            ADMINS),
                    post("sources", "{\"name\":\"UPPER\",\"url\":\"x\",\"otp\":\"000000\"}", GURUS),
                    post(
                            "targets",
                            "{\"name\":\"UPPER\",\"url\":\"x\",\"production\":false,\"otp\":\"000000\"}",
                            GURUS),
                    post(
                            "stores",
                            "{\"name\":\"UPPER\",\"kind\":\"DIRECTORY\",\"directory\":\"/x\",\"otp\":\"000000\"}",
                            GURUS),
                    post(
                            "targets/" + ID + "/change",
                            "{\"production\":false,\"inPlaceAllowed\":false,\"fourEyes\":false,\"keptHours\":1,\"commandSeconds\":1,\"approvalHours\":1,\"otp\":\"000000\"}",
                            GURUS),
                    post("sources/" + ID + "/retire", "{\"otp\":\"000000\"}", GURUS),
                    post("targets/" + ID + "/retire", "{\"otp\":\"000000\"}", GURUS),
                    post("stores/" + ID + "/retire", "{\"otp\":\"000000\"}", GURUS),
                    post(
                            "schedule/" + ID + "/pause",
                            "{\"reason\":\"x\",\"until\":\"2099-01-01T00:00:00Z\"}",
                            ADMINS),
                    post("schedule/" + ID + "/resume", null, ADMINS),
                    post("sources/" + ID + "/test", null, OPERATORS),
                    post("targets/" + ID + "/test", null, OPERATORS),
                    post("stores/" + ID + "/test", null, OPERATORS));

    private static Operation get(String path, List<Role> allowed) {
        return new Operation("GET", path, null, allowed, false);
    }

    private static Operation post(String path, String body, List<Role> allowed) {
        return new Operation("POST", path, body, allowed, false);
    }

    private static Operation put(String path, String body, List<Role> allowed) {
        return new Operation("PUT", path, body, allowed, false);
    }

    private static Operation codeFirst(String path, List<Role> allowed) {
        return new Operation("POST", path, "{\"otp\":\"000000\"}", allowed, true);
    }

    static Stream<Arguments> cells() {
        return TABLE.stream()
                .flatMap(
                        operation ->
                                Arrays.stream(Role.values())
                                        .map(
                                                role ->
                                                        Arguments.of(
                                                                role,
                                                                operation.method(),
                                                                operation.path(),
                                                                operation)));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cells")
    void every_cell(
            Role role, String method, String path, Operation operation, RunningHoldfast holdfast) {
        RestClient client = CLIENTS.computeIfAbsent(role, holdfast::as);

        Answer answer = send(client, operation);

        if (operation.allowed().contains(role)) {
            if (operation.codeFirst()) {
                assertThat(answer.status()).as(answer.text()).isEqualTo(403);
                assertThat(answer.string("code")).isEqualTo("STEP-UP");
            } else {
                assertThat(answer.status()).as(answer.text()).isIn(200, 404, 422);
            }
        } else {
            assertThat(answer.status()).as(answer.text()).isEqualTo(403);
            assertThat(answer.string("code")).isEqualTo("ROLE");
            assertThat(answer.string("detail")).isEqualTo("Your role does not allow this.");
        }
    }

    /**
     * Whoever may run drills runs what a plan holds; what is run on restored data is for others to
     * write.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"snapshotId\":\"" + ID + "\",\"checks\":{\"verificationSql\":\"SELECT 1\"}}",
                "{\"snapshotId\":\"" + ID + "\",\"checks\":{\"smokeTest\":\"shop\"}}",
                "{\"snapshotId\":\""
                        + ID
                        + "\",\"trial\":true,\"checks\":{\"verificationSql\":\"SELECT 1\"}}"
            })
    void sql_and_a_smoke_test_of_ones_own_need_the_role_that_writes_plans(
            String order, RunningHoldfast holdfast) {
        for (Role role : OPERATORS) {
            Answer answer =
                    CLIENTS.computeIfAbsent(role, holdfast::as).post("/admin/drills", order);

            if (ADMINS.contains(role)) {
                assertThat(answer.status()).as(answer.text()).isIn(404, 422);
            } else {
                assertThat(answer.status()).as(answer.text()).isEqualTo(403);
                assertThat(answer.string("code")).isEqualTo("ROLE");
                assertThat(answer.string("detail"))
                        .isEqualTo(
                                "Your role does not allow verification SQL or a smoke test of your"
                                        + " own.");
            }
        }
    }

    static Stream<Arguments> operations() {
        return TABLE.stream().map(o -> Arguments.of(o.method(), o.path(), o));
    }

    /** Each row from an address of its own: one stranger is not let through so many at once. */
    @ParameterizedTest(name = "nobody {0} {1}")
    @MethodSource("operations")
    void nobody_may_anything(
            String method, String path, Operation operation, RunningHoldfast holdfast) {
        String address = "127.0.1." + (1 + TABLE.indexOf(operation));
        String body = operation.body() == null ? "" : operation.body();

        assertThat(holdfast.stranger().statusFrom(address, method, "/admin/" + path, body))
                .isEqualTo(401);
    }

    private static Answer send(RestClient client, Operation operation) {
        String path = "/admin/" + operation.path();
        if (operation.method().equals("GET")) {
            return client.get(path);
        }
        if (operation.method().equals("PUT")) {
            return client.put(path, operation.body());
        }
        return operation.body() == null ? client.post(path) : client.post(path, operation.body());
    }
}

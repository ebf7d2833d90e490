package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.domain.people.Role;
import org.holdfast.testing.Installation;
import org.holdfast.testing.Leaks;
import org.holdfast.testing.PostgresServer;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.holdfast.testing.SelfMade;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** From a fact in the catalog to people, over real servers of every kind, and back to quiet. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlertsIT {
    private static final String HOOK_SECRET = "canary-hook-secret-1";

    private record Arrived(String path, String signature, String timestamp, String body) {}

    private static final BlockingQueue<Arrived> SLACK = new LinkedBlockingQueue<>();
    private static final BlockingQueue<Arrived> HOOK = new LinkedBlockingQueue<>();
    private static final BlockingQueue<Arrived> PINGS = new LinkedBlockingQueue<>();

    @TempDir private static Path work;
    private static HttpServer http;
    private static GreenMail mail;
    private static RunningHoldfast holdfast;
    private static RestClient guru;

    @BeforeAll
    static void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        listen("/slack", SLACK);
        listen("/hook", HOOK);
        listen("/ping", PINGS);
        http.start();
        mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        String here = "http://127.0.0.1:" + http.getAddress().getPort();
        holdfast =
                RunningHoldfast.start(
                        Installation.create("alerts", 1)
                                .with("ALERT_EVERY_SECONDS", "1")
                                .with("SLACK_WEBHOOK_URL", here + "/slack/canary-path")
                                .with("ALERT_WEBHOOK_URL", here + "/hook")
                                .with("ALERT_WEBHOOK_SECRET", HOOK_SECRET)
                                .with("ALERT_WEBHOOK_MIN_SEVERITY", "critical")
                                .with("ALERT_DEADMAN_URL", here + "/ping")
                                .with("ALERT_EMAIL_TO", "ops@example.org")
                                .with("ALERT_EMAIL_FROM", "holdfast@example.org")
                                .with("SMTP_HOST", "127.0.0.1")
                                .with("SMTP_PORT", Integer.toString(mail.getSmtp().getPort()))
                                .with("SMTP_SECURITY", "none")
                                .with("HOLDFAST_CONSOLE_URL", "https://holdfast.example.org"));
        guru = holdfast.guru();
    }

    private static void listen(String path, BlockingQueue<Arrived> into) {
        http.createContext(
                path,
                exchange -> {
                    into.add(
                            new Arrived(
                                    exchange.getRequestURI().toString(),
                                    exchange.getRequestHeaders().getFirst("Holdfast-Signature"),
                                    exchange.getRequestHeaders().getFirst("Holdfast-Timestamp"),
                                    new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8)));
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
    }

    @AfterAll
    static void stop() {
        if (holdfast != null) {
            holdfast.close();
        }
        mail.stop();
        http.stop(0);
    }

    private static Arrived await(BlockingQueue<Arrived> queue, Predicate<Arrived> wanted) {
        List<String> others = new ArrayList<>();
        try {
            for (Arrived next = queue.poll(60, TimeUnit.SECONDS);
                    next != null;
                    next = queue.poll(60, TimeUnit.SECONDS)) {
                if (wanted.test(next)) {
                    return next;
                }
                others.add(next.body());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        throw new AssertionError("It did not arrive; these did: " + others);
    }

    private static Predicate<Arrived> saying(String... words) {
        return arrived -> List.of(words).stream().allMatch(arrived.body()::contains);
    }

    private static JsonObject open(String kind, String subject) {
        return guru
                .await("/admin/alerts", list -> found(list, kind, subject) != null)
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(a -> is(a, kind, subject))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject found(JsonObject list, String kind, String subject) {
        return list.getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(a -> is(a, kind, subject))
                .findFirst()
                .orElse(null);
    }

    private static boolean is(JsonObject alert, String kind, String subject) {
        return alert.getString("kind").equals(kind) && alert.getString("subject").equals(subject);
    }

    @Test
    @Order(1)
    void a_policy_that_cannot_be_kept_is_told_over_slack_and_mail_and_stands_with_its_deliveries()
            throws Exception {
        await(SLACK, saying("WARNING: Policy cannot be kept", "The RPO is 1 h"));
        assertThat(mail.waitForIncomingEmail(60_000, 1)).isTrue();

        JsonObject alert = open("policy-unfit", "policy");
        assertThat(alert.getString("status")).isEqualTo("OPEN");
        JsonObject told =
                guru.await(
                        "/admin/alerts/" + alert.getString("id"),
                        a ->
                                a.getJsonArray("deliveries").getValuesAs(JsonObject.class).stream()
                                        .allMatch(d -> d.getString("status").equals("SENT")));
        assertThat(told.getJsonArray("deliveries").getValuesAs(JsonObject.class))
                .extracting(d -> d.getString("channel"))
                .containsExactlyInAnyOrder("slack", "email");
    }

    @Test
    @Order(2)
    void a_missing_backup_is_told_once_and_resolved_when_it_is_there() throws Exception {
        holdfast.installation()
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE sources SET known_since = known_since - interval '3 days' WHERE name = 'shop'");

        Arrived hook = await(HOOK, saying("\"OPENED\"", "backup-late", "source/shop"));
        JsonObject body = json(hook.body());
        assertThat(body.getString("severity")).isEqualTo("CRITICAL");
        assertThat(body.getString("link"))
                .startsWith("https://holdfast.example.org/console/alerts.xhtml?alert=");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(HOOK_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(hook.signature())
                .isEqualTo(
                        "v1="
                                + HexFormat.of()
                                        .formatHex(
                                                mac.doFinal(
                                                        (hook.timestamp() + "." + hook.body())
                                                                .getBytes(
                                                                        StandardCharsets.UTF_8))));
        await(SLACK, saying("CRITICAL: No fresh backup", "source/shop"));

        String id = open("backup-late", "source/shop").getString("id");
        JsonObject answered =
                holdfast.as(Role.OPERATOR)
                        .post("/admin/alerts/" + id + "/acknowledge", "{\"comment\":\"on it\"}")
                        .require(200)
                        .json();
        assertThat(answered.getString("status")).isEqualTo("ACKNOWLEDGED");
        assertThat(metrics())
                .containsPattern(
                        "holdfast_alerts\\{[^}]*kind=\"backup-late\"[^}]*severity=\"critical\"[^}]*\\}");

        PINGS.clear();
        holdfast.verifiedBackup();
        await(SLACK, saying("RESOLVED: No fresh backup", "source/shop"));
        Arrived resolved = await(HOOK, saying("\"RESOLVED\"", "source/shop"));
        assertThat(json(resolved.body()).getString("alert")).isEqualTo(id);
        await(PINGS, p -> p.path().equals("/ping"));
        assertThat(HOOK).noneMatch(saying("\"OPENED\"", "source/shop"));
        JsonObject past = guru.get("/admin/alerts/" + id).require(200).json();
        assertThat(past.getString("status")).isEqualTo("RESOLVED");
        assertThat(
                        found(
                                guru.get("/admin/alerts?status=RESOLVED").require(200).json(),
                                "backup-late",
                                "source/shop"))
                .isNotNull();
        assertThat(guru.post("/admin/alerts/" + id + "/acknowledge", "{}").string("code"))
                .isEqualTo("ALERT-OVER");
    }

    @Test
    @Order(3)
    void a_broken_glass_is_told_over_every_channel() throws Exception {
        String snapshot = holdfast.verifiedBackup();
        String restore = holdfast.ask(snapshot, holdfast.order(snapshot, "ledger"));
        guru.post(
                        "/admin/restores/" + restore + "/break-glass",
                        Json.createObjectBuilder()
                                .add("phrase", "BREAK GLASS ledger")
                                .add("reason", "Everybody else is on the same flight")
                                .add("otp", holdfast.freshCode())
                                .build())
                .require(202);

        await(SLACK, saying("CRITICAL: Glass broken", "restore/" + restore));
        await(HOOK, saying("\"OPENED\"", "glass-broken", "guru acted alone"));
        for (int n = 1; ; n++) {
            assertThat(mail.waitForIncomingEmail(60_000, n)).isTrue();
            boolean there = false;
            for (MimeMessage message : mail.getReceivedMessages()) {
                there |= message.getSubject().contains("Glass broken");
            }
            if (there) {
                break;
            }
        }
        guru.await("/admin/restores/" + restore, "COMPLETED", "FAILED");
    }

    @Test
    @Order(4)
    void a_channel_is_tested_with_its_result_and_nothing_leaks() {
        assertThat(guru.post("/admin/alerts/channels/slack/test").require(200).string("status"))
                .isEqualTo("DELIVERED");
        await(SLACK, saying("TEST: Test of this channel", "guru asked"));
        mail.stop();
        RestClient.Answer failed = guru.post("/admin/alerts/channels/email/test").require(200);
        assertThat(failed.string("status")).isEqualTo("FAILED");
        assertThat(failed.string("detail")).startsWith("Mail server 127.0.0.1 did not take it");
        assertThat(guru.get("/admin/alerts/channels").require(200).text())
                .contains("127.0.0.1", "ops@example.org")
                .doesNotContain("canary");
        Leaks.requireNowhere(holdfast, HOOK_SECRET, "canary-path");
    }

    private static String metrics() {
        return holdfast.stranger()
                .send(
                        HttpRequest.newBuilder(holdfast.address().resolve("/metrics"))
                                .header("Accept", "text/plain")
                                .GET())
                .require(200)
                .text();
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    @Test
    @Order(5)
    void the_certificate_of_a_database_is_told_before_it_ends_and_is_known_of_its_source()
            throws Exception {
        SelfMade made = SelfMade.in(work, "database", 10);
        made.pem();
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (PostgresServer server = PostgresServer.start()) {
            for (String name : List.of("server.key", "server.crt")) {
                server.keep(work.resolve(name), name);
            }
            server.execute("postgres", "ALTER SYSTEM SET ssl = on");
            server.crash();
            server.startAgain();
            String id =
                    guru.post(
                                    "/admin/sources",
                                    Json.createObjectBuilder()
                                            .add("name", "over-tls")
                                            .add(
                                                    "url",
                                                    server.url("postgres").reveal()
                                                            + "?sslmode=require")
                                            .add("otp", holdfast.freshCode())
                                            .build())
                            .require(201)
                            .json()
                            .getString("id");
            String end = made.certificate().getNotAfter().toInstant().toString();
            String subject = "tls/127.0.0.1:" + server.port();

            JsonObject alert = open("certificate-expires", subject);
            assertThat(alert.getString("severity")).isEqualTo("WARNING");
            assertThat(alert.getString("text"))
                    .startsWith(
                            "The certificate that 127.0.0.1:"
                                    + server.port()
                                    + " shows (source over-tls) expires at ")
                    .endsWith("(certificate_days is 30).");
            assertThat(
                            guru
                                    .get("/admin/sources")
                                    .require(200)
                                    .json()
                                    .getJsonArray("items")
                                    .getValuesAs(JsonObject.class)
                                    .stream()
                                    .filter(source -> source.getString("id").equals(id))
                                    .findFirst()
                                    .orElseThrow()
                                    .getString("certificateEnds"))
                    .isEqualTo(end);
            // the figure is kept up at its own pace
            guru.await("/admin/alerts", list -> metrics().contains("holdfast_expires_in_seconds"));

            guru.post(
                            "/admin/sources/" + id + "/retire",
                            "{\"otp\":\"" + holdfast.freshCode() + "\"}")
                    .require(200);
            guru.await(
                    "/admin/alerts", list -> found(list, "certificate-expires", subject) == null);
        }
    }
}

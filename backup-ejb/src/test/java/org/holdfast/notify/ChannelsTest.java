package org.holdfast.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.config.AllowedHosts;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.Channel.Undelivered;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every channel against a real server of its kind. */
class ChannelsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");
    private static final String SECRET = "canary-webhook-secret";

    @TempDir private Path temporary;

    private record Request(String path, Map<String, String> headers, String body) {}

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile int answer = 200;
    private HttpServer http;

    @BeforeEach
    void listen() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(
                "/",
                exchange -> {
                    Map<String, String> headers = new LinkedHashMap<>();
                    exchange.getRequestHeaders().forEach((k, v) -> headers.put(k, v.get(0)));
                    requests.add(
                            new Request(
                                    exchange.getRequestURI().toString(),
                                    headers,
                                    new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8)));
                    exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/elsewhere");
                    exchange.sendResponseHeaders(answer, -1);
                    exchange.close();
                });
        http.start();
    }

    @AfterEach
    void stop() {
        http.stop(0);
    }

    private String address(String path) {
        return "http://127.0.0.1:" + http.getAddress().getPort() + path;
    }

    private static Settings settings(String... namesAndValues) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Settings.read(values);
    }

    private static Notice notice(Notice.Event event, String kind, String text) {
        return new Notice(
                UUID.fromString("0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b"),
                event,
                Optional.of(UUID.fromString("0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3c")),
                kind,
                "No fresh backup",
                "source/shop",
                Severity.CRITICAL,
                text,
                NOW.minusSeconds(3600),
                event == Notice.Event.RESOLVED ? Optional.of(NOW) : Optional.empty(),
                event == Notice.Event.ESCALATED
                        ? Optional.of(
                                new Notice.Contact("M. Weiss", "+49 30 1234", "m@example.org"))
                        : Optional.empty(),
                Optional.of("https://holdfast.example.org/console/alerts.xhtml?alert=1"),
                Optional.empty());
    }

    @Test
    void a_host_that_is_not_among_those_allowed_is_sent_nothing() {
        AllowedHosts elsewhere = new AllowedHosts(List.of("hooks.example.org"));
        Secret here = Secret.of(address("/services/canary-path"));

        assertThatThrownBy(() -> Call.post(here, elsewhere, Map.of(), "{}"))
                .isInstanceOf(Undelivered.class)
                .hasMessage("127.0.0.1 is not among ALERT_WEBHOOK_HOSTS: nothing was sent.");
        assertThatThrownBy(() -> Call.get(here, elsewhere)).isInstanceOf(Undelivered.class);
        assertThat(requests).isEmpty();
    }

    @Nested
    class Slack {
        private Channel slack() {
            return new SlackChannel(
                    settings("SLACK_WEBHOOK_URL", address("/services/canary-path")).alerting());
        }

        @Test
        void gets_a_text_in_which_nothing_of_ours_is_taken_for_a_mark() throws Exception {
            slack().send(notice(Notice.Event.OPENED, "backup-late", "Bücher <!channel> & more"));

            Request request = requests.get(0);
            assertThat(request.path()).isEqualTo("/services/canary-path");
            assertThat(request.headers().get("Content-type"))
                    .isEqualTo("application/json; charset=utf-8");
            assertThat(json(request.body()).getString("text"))
                    .isEqualTo(
                            "*CRITICAL: No fresh backup · source/shop*\n"
                                    + "Bücher &lt;!channel&gt; &amp; more\n"
                                    + "<https://holdfast.example.org/console/alerts.xhtml?alert=1|Open"
                                    + " the alert>");
        }

        @Test
        void that_answers_with_an_error_or_a_redirect_or_not_at_all_got_nothing() {
            for (int status : new int[] {500, 403, 302}) {
                answer = status;
                assertThatThrownBy(() -> slack().send(notice(Notice.Event.OPENED, "x", "y")))
                        .isInstanceOf(Undelivered.class)
                        .hasMessage(
                                "127.0.0.1 answered "
                                        + status
                                        + (status == 302 ? ", and no redirect is followed." : "."));
            }
            assertThat(requests).hasSize(3).allMatch(r -> r.path().startsWith("/services"));

            Channel gone = slack();
            http.stop(0);
            assertThatThrownBy(() -> gone.send(notice(Notice.Event.OPENED, "x", "y")))
                    .isInstanceOf(Undelivered.class)
                    .hasMessageStartingWith("127.0.0.1 could not be reached: ")
                    .hasMessageNotContaining("canary");
        }

        @Test
        void shows_its_host_only() {
            assertThat(slack().destination()).isEqualTo("127.0.0.1");
        }
    }

    @Nested
    class Webhook {
        @Test
        void is_signed_over_timestamp_and_body() throws Exception {
            new WebhookChannel(
                            settings(
                                            "ALERT_WEBHOOK_URL",
                                            address("/hook?team=db"),
                                            "ALERT_WEBHOOK_SECRET",
                                            SECRET)
                                    .alerting(),
                            Clock.fixed(NOW, ZoneOffset.UTC))
                    .send(notice(Notice.Event.RESOLVED, "backup-late", "Bücher sind da."));

            Request request = requests.get(0);
            assertThat(request.path()).isEqualTo("/hook?team=db");
            assertThat(request.headers().get("Holdfast-timestamp"))
                    .isEqualTo(Long.toString(NOW.getEpochSecond()));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            assertThat(request.headers().get("Holdfast-signature"))
                    .isEqualTo(
                            "v1="
                                    + HexFormat.of()
                                            .formatHex(
                                                    mac.doFinal(
                                                            (NOW.getEpochSecond()
                                                                            + "."
                                                                            + request.body())
                                                                    .getBytes(
                                                                            StandardCharsets
                                                                                    .UTF_8))));
            JsonObject body = json(request.body());
            assertThat(body.getString("event")).isEqualTo("RESOLVED");
            assertThat(body.getString("kind")).isEqualTo("backup-late");
            assertThat(body.getString("text")).isEqualTo("Bücher sind da.");
            assertThat(body.getString("resolvedAt")).isEqualTo("2026-11-21T13:00:00Z");
            assertThat(body.getString("delivery"))
                    .isEqualTo(request.headers().get("Holdfast-delivery"));
            assertThat(request.body()).doesNotContain(SECRET);
        }
    }

    @Nested
    class Mail {
        private GreenMail mail;

        @AfterEach
        void stop() {
            if (mail != null) {
                mail.stop();
            }
        }

        private Channel mail(String protocol, String security, String... more) throws IOException {
            mail = new GreenMail(new ServerSetup(0, "127.0.0.1", protocol));
            mail.start();
            int port =
                    protocol.equals(ServerSetup.PROTOCOL_SMTP)
                            ? mail.getSmtp().getPort()
                            : mail.getSmtps().getPort();
            Path policy =
                    Files.writeString(
                            temporary.resolve("policy.json"),
                            "{\"contacts\": [{\"name\": \"Duty\", \"email\": \"duty@example.org\"}]}");
            Map<String, String> values = new LinkedHashMap<>();
            values.put("SMTP_HOST", "127.0.0.1");
            values.put("SMTP_PORT", Integer.toString(port));
            values.put("SMTP_SECURITY", security);
            values.put("ALERT_EMAIL_FROM", "holdfast@example.org");
            values.put("ALERT_EMAIL_TO", "ops@example.org, dba@example.org");
            for (int i = 0; i < more.length; i += 2) {
                values.put(more[i], more[i + 1]);
            }
            Settings settings = Settings.read(values);
            return new EmailChannel(
                    settings.alerting(),
                    () -> PolicyDocument.of(policy).policy("x", Optional.empty()));
        }

        @Test
        void arrives_with_what_is_wrong_and_where_to_look() throws Exception {
            mail(ServerSetup.PROTOCOL_SMTP, "none")
                    .send(notice(Notice.Event.OPENED, "backup-late", "Bücher fehlen."));

            MimeMessage[] arrived = mail.getReceivedMessages();
            assertThat(arrived).hasSize(2);
            assertThat(arrived[0].getSubject())
                    .isEqualTo("[Holdfast] CRITICAL: No fresh backup · source/shop");
            assertThat(arrived[0].getContent().toString())
                    .contains("Bücher fehlen.")
                    .contains("Since: 2026-11-21 12:00:00 UTC")
                    .contains("Alert: https://holdfast.example.org/console/alerts.xhtml?alert=1");
            assertThat(arrived[0].getMessageID())
                    .isEqualTo("<0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b@holdfast>");
        }

        @Test
        void goes_to_who_is_called_and_of_a_broken_glass_to_everybody() throws Exception {
            Channel channel = mail(ServerSetup.PROTOCOL_SMTP, "none");
            channel.send(notice(Notice.Event.ESCALATED, "backup-late", "x"));
            assertThat(to(mail.getReceivedMessages()[0]))
                    .isEqualTo("ops@example.org, dba@example.org, m@example.org");
            mail.purgeEmailFromAllMailboxes();
            channel.send(notice(Notice.Event.OPENED, "glass-broken", "x"));
            assertThat(to(mail.getReceivedMessages()[0]))
                    .isEqualTo("ops@example.org, dba@example.org, duty@example.org");
        }

        @Test
        void signs_in_where_it_is_asked_to() throws Exception {
            Channel channel =
                    mail(
                            ServerSetup.PROTOCOL_SMTP,
                            "none",
                            "SMTP_USER",
                            "holdfast",
                            "SMTP_PASSWORD",
                            "canary-right");
            mail.setUser("holdfast@example.org", "holdfast", "canary-wrong");
            assertThatThrownBy(() -> channel.send(notice(Notice.Event.OPENED, "x", "y")))
                    .isInstanceOf(Undelivered.class)
                    .hasMessageNotContaining("canary");
            mail.setUser("holdfast@example.org", "holdfast", "canary-right");
            channel.send(notice(Notice.Event.OPENED, "x", "y"));
            assertThat(mail.getReceivedMessages()).isNotEmpty();
        }

        @Test
        void a_server_without_TLS_where_TLS_is_asked_for_gets_nothing() throws Exception {
            Channel channel = mail(ServerSetup.PROTOCOL_SMTP, "starttls");
            assertThatThrownBy(() -> channel.send(notice(Notice.Event.OPENED, "x", "y")))
                    .isInstanceOf(Undelivered.class)
                    .hasMessageContaining("STARTTLS");
            assertThat(mail.getReceivedMessages()).isEmpty();
        }

        @Test
        void a_server_whose_certificate_nobody_trusts_gets_nothing() throws Exception {
            Channel channel = mail(ServerSetup.PROTOCOL_SMTPS, "tls");
            assertThatThrownBy(() -> channel.send(notice(Notice.Event.OPENED, "x", "y")))
                    .isInstanceOf(Undelivered.class)
                    .hasMessageContaining("127.0.0.1 did not take it");
            assertThat(mail.getReceivedMessages()).isEmpty();
        }

        private String to(MimeMessage message) throws Exception {
            return GreenMailUtil.getAddressList(
                    message.getRecipients(jakarta.mail.Message.RecipientType.TO));
        }
    }

    @Test
    void the_dead_mans_address_is_called_and_without_one_nothing_happens() throws Exception {
        new Deadman(settings("ALERT_DEADMAN_URL", address("/ping/canary")).alerting()).give();
        new Deadman(settings().alerting()).give();
        assertThat(requests).extracting(Request::path).containsExactly("/ping/canary");
    }

    @Test
    void link_local_and_metadata_addresses_are_never_connected_to() {
        for (String host :
                List.of("169.254.169.254", "fe80::1", "100.100.100.200", "fd00:ec2::254")) {
            assertThatThrownBy(
                            () ->
                                    Guarded.SOCKETS
                                            .createSocket()
                                            .connect(new InetSocketAddress(host, 80), 50))
                    .as(host)
                    .hasMessageContaining("which is never called");
        }
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}

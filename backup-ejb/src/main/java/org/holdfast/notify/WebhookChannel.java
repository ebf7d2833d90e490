package org.holdfast.notify;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.config.Alerting;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.ChannelRule;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.shared.Secret;

/**
 * JSON by POST to an address of the company's own, signed: {@code Holdfast-Timestamp} has the
 * seconds since 1970, {@code Holdfast-Signature} is {@code v1=} and the HMAC-SHA256 in hex over
 * that timestamp, a dot and the body. The receiver refuses timestamps that are minutes old, and
 * drops a {@code Holdfast-Delivery} that it has seen.
 */
@ApplicationScoped
public class WebhookChannel implements Channel {
    private Alerting alerting;
    private Clock clock;

    protected WebhookChannel() {}

    @Inject
    public WebhookChannel(Settings settings, Clock clock) {
        this(settings.alerting(), clock);
    }

    WebhookChannel(Alerting alerting, Clock clock) {
        this.alerting = alerting;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public boolean configured() {
        return alerting.webhook().isPresent();
    }

    @Override
    public String destination() {
        return alerting.webhook().map(hook -> Alerting.host(hook.address())).orElse("");
    }

    @Override
    public String settings() {
        return "ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET";
    }

    @Override
    public ChannelRule rule() {
        return alerting.webhookRule();
    }

    @Override
    public void send(Notice notice) throws Undelivered {
        if (!configured()) {
            throw new Undelivered("ALERT_WEBHOOK_URL is not set.");
        }
        Alerting.Hook hook = alerting.webhook().get();
        String body = json(notice);
        String at = Long.toString(clock.instant().getEpochSecond());
        Call.post(
                hook.address(),
                alerting.hosts(),
                Map.of(
                        "Holdfast-Delivery",
                        notice.delivery().toString(),
                        "Holdfast-Event",
                        notice.event().name().toLowerCase(java.util.Locale.ROOT),
                        "Holdfast-Timestamp",
                        at,
                        "Holdfast-Signature",
                        "v1=" + signature(hook.secret(), at + "." + body)),
                body);
    }

    static String signature(Secret secret, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(
                            secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256.", e);
        }
    }

    private static String json(Notice notice) {
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("delivery", notice.delivery().toString())
                        .add("event", notice.event().name())
                        .add("kind", notice.kind())
                        .add("title", notice.title())
                        .add("subject", notice.subject())
                        .add("severity", notice.severity().name())
                        .add("text", notice.text())
                        .add("openedAt", notice.openedAt().toString());
        notice.alert().ifPresent(id -> json.add("alert", id.toString()));
        notice.resolvedAt().ifPresent(at -> json.add("resolvedAt", at.toString()));
        notice.contact()
                .ifPresent(
                        c ->
                                json.add(
                                        "contact",
                                        Json.createObjectBuilder()
                                                .add("name", c.name())
                                                .add("phone", c.phone())
                                                .add("email", c.email())));
        notice.link().ifPresent(link -> json.add("link", link));
        notice.help().ifPresent(help -> json.add("help", help));
        return json.build().toString();
    }
}

package org.holdfast.notify;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import java.util.Map;
import org.holdfast.config.Alerting;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.ChannelRule;
import org.holdfast.domain.alert.Notice;

/** Slack's incoming webhooks, and whatever takes the same ({@code {"text": …}}). */
@ApplicationScoped
public class SlackChannel implements Channel {
    private Alerting alerting;

    protected SlackChannel() {}

    @Inject
    public SlackChannel(Settings settings) {
        this(settings.alerting());
    }

    SlackChannel(Alerting alerting) {
        this.alerting = alerting;
    }

    @Override
    public String name() {
        return "slack";
    }

    @Override
    public boolean configured() {
        return alerting.slack().isPresent();
    }

    @Override
    public String destination() {
        return alerting.slack().map(Alerting::host).orElse("");
    }

    @Override
    public String settings() {
        return "SLACK_WEBHOOK_URL";
    }

    @Override
    public ChannelRule rule() {
        return alerting.slackRule();
    }

    @Override
    public void send(Notice notice) throws Undelivered {
        if (!configured()) {
            throw new Undelivered(settings() + " is not set.");
        }
        Call.post(
                alerting.slack().get(),
                alerting.hosts(),
                Map.of(),
                Json.createObjectBuilder().add("text", text(notice)).build().toString());
    }

    /** Slack reads three characters as marks of its own. */
    private static String text(Notice notice) {
        StringBuilder text = new StringBuilder();
        text.append("*").append(escaped(notice.headline())).append("*\n");
        text.append(escaped(notice.text()));
        notice.contact()
                .filter(c -> !c.phone().isEmpty())
                .ifPresent(
                        c ->
                                text.append("\nCall ")
                                        .append(escaped(c.name()))
                                        .append(": ")
                                        .append(escaped(c.phone())));
        notice.link().ifPresent(link -> text.append("\n<").append(link).append("|Open the alert>"));
        notice.help().ifPresent(help -> text.append(" · <").append(help).append("|What to do>"));
        return text.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

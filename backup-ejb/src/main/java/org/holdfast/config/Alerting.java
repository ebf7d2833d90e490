package org.holdfast.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.ChannelRule;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Secret;

/**
 * Whom alerts are sent to, and how.
 *
 * @param slack the whole address is the secret
 * @param deadman called each minute while all is well; likewise a secret
 * @param hosts where Slack's address, the webhook and deadman may lead
 * @param console where people open the console, for links; without a slash at its end
 * @param every how often the facts are judged
 */
public record Alerting(
        Optional<Secret> slack,
        ChannelRule slackRule,
        Optional<Hook> webhook,
        ChannelRule webhookRule,
        Optional<Mail> mail,
        ChannelRule mailRule,
        Optional<Secret> deadman,
        AllowedHosts hosts,
        Optional<String> console,
        Duration every) {

    /**
     * @param address may hold a token in its path: a secret
     * @param secret the key of the signature
     */
    public record Hook(Secret address, Secret secret) {}

    /** How the connection to the mail server is kept from others. */
    public enum Security {
        /** Asked for after connecting; a server without it gets nothing. */
        STARTTLS,
        /** From the first byte on. */
        TLS,
        /** Not at all: to this machine only. */
        NONE
    }

    public record Mail(
            String host,
            int port,
            Security security,
            Optional<String> user,
            Optional<Secret> password,
            String from,
            List<String> to) {}

    private static final int SHORTEST_SECRET = 16;
    private static final String ADDRESS = "[^\\s@<>\",;]{1,64}@[^\\s@<>\",;]{1,200}";

    static Alerting read(Values values) {
        return new Alerting(
                address(
                        values,
                        "SLACK_WEBHOOK_URL",
                        "Copy it from Slack's page Incoming Webhooks."),
                rule(values, "SLACK"),
                hook(values),
                rule(values, "WEBHOOK"),
                mail(values),
                rule(values, "EMAIL"),
                address(
                        values,
                        "ALERT_DEADMAN_URL",
                        "Copy it from the service that is to notice Holdfast's silence."),
                AllowedHosts.read(values),
                console(values),
                Duration.ofSeconds(values.number("ALERT_EVERY_SECONDS", 1, 3600, 60)));
    }

    /** The host of an address and nothing else, for people. */
    public static String host(Secret address) {
        return URI.create(address.reveal()).getHost();
    }

    private static Optional<Secret> address(Values values, String name, String remedy) {
        Optional<String> text = values.text(name);
        Optional<String> against = text.flatMap(Alerting::against);
        against.ifPresent(why -> values.problem(name + " " + why, remedy));
        Optional<Secret> address = against.isPresent() ? Optional.empty() : text.map(Secret::of);
        address.map(Alerting::host)
                .filter(host -> !AllowedHosts.quietly(values).lets(host))
                .ifPresent(
                        host ->
                                values.problem(
                                        name
                                                + " leads to "
                                                + host
                                                + ", which is not among "
                                                + AllowedHosts.SETTING
                                                + ".",
                                        "Add the host there, or take the address away."));
        return address;
    }

    /**
     * Why nothing may be sent to an address: https is asked for, and http only to this machine
     * itself. Names are looked at when they are called.
     *
     * @return the rest of a sentence, empty where nothing is against it
     */
    static Optional<String> against(String address) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            return Optional.of("is no address.");
        }
        if (uri.getHost() == null || uri.getUserInfo() != null || uri.getFragment() != null) {
            return Optional.of("has to be a scheme, a host and a path.");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            return Optional.of("has a port that is not a number from 1 to 65535.");
        }
        Optional<InetAddress> literal = literal(uri.getHost());
        if (literal.filter(PostgresUrl::forbidden).isPresent()) {
            return Optional.of("is a link-local or metadata address.");
        }
        if (!"https".equals(uri.getScheme())
                && !("http".equals(uri.getScheme()) && here(uri.getHost()))) {
            return Optional.of(
                    "has to begin with https:// (http:// is for a server on this machine only).");
        }
        return Optional.empty();
    }

    private static boolean here(String host) {
        return host.equals("localhost")
                || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    private static Optional<InetAddress> literal(String host) {
        if (!host.matches("[0-9.]+|\\[.*]")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static Optional<Hook> hook(Values values) {
        Optional<Secret> address =
                address(
                        values,
                        "ALERT_WEBHOOK_URL",
                        "Give the address that takes the alerts as JSON by POST.");
        Optional<String> secret = values.text("ALERT_WEBHOOK_SECRET");
        if (values.text("ALERT_WEBHOOK_URL").isPresent() != secret.isPresent()) {
            values.problem(
                    "ALERT_WEBHOOK_URL and ALERT_WEBHOOK_SECRET belong together, and only one is set.",
                    "Set both: the receiver checks the signature with the same secret.");
            return Optional.empty();
        }
        if (secret.isPresent() && secret.get().length() < SHORTEST_SECRET) {
            values.problem(
                    "ALERT_WEBHOOK_SECRET has "
                            + secret.get().length()
                            + " characters, but needs "
                            + SHORTEST_SECRET
                            + ".",
                    "Make one with: openssl rand -hex 32.");
            return Optional.empty();
        }
        return address.flatMap(where -> secret.map(key -> new Hook(where, Secret.of(key))));
    }

    private static Optional<Mail> mail(Values values) {
        Optional<String> host = values.text("SMTP_HOST");
        Optional<String> from = values.text("ALERT_EMAIL_FROM");
        Optional<String> to = values.text("ALERT_EMAIL_TO");
        if (host.isEmpty() && from.isEmpty() && to.isEmpty()) {
            return Optional.empty();
        }
        if (host.isEmpty() || from.isEmpty() || to.isEmpty()) {
            values.problem(
                    "Mail is configured by half: it needs SMTP_HOST, ALERT_EMAIL_FROM and"
                            + " ALERT_EMAIL_TO.",
                    "Set all three, or none.");
            return Optional.empty();
        }
        List<String> receivers = Arrays.stream(to.get().split(",")).map(String::strip).toList();
        boolean sound = true;
        if (!from.get().matches(ADDRESS) || !receivers.stream().allMatch(a -> a.matches(ADDRESS))) {
            values.problem(
                    "ALERT_EMAIL_FROM has to be one e-mail address, and ALERT_EMAIL_TO one or"
                            + " several, joined by commas.",
                    "Write them as holdfast@example.org, without names.");
            sound = false;
        }
        if (!host.get().matches("[A-Za-z0-9._:-]{1,253}")
                || literal(host.get()).filter(PostgresUrl::forbidden).isPresent()) {
            values.problem(
                    "SMTP_HOST has to be a host's name or address, and no link-local one.",
                    "Write it as smtp.example.org; the port has a setting of its own.");
            sound = false;
        }
        Optional<String> user = values.text("SMTP_USER");
        Optional<String> password = values.text("SMTP_PASSWORD");
        if (user.isPresent() != password.isPresent()) {
            values.problem(
                    "SMTP_USER and SMTP_PASSWORD belong together, and only one is set.",
                    "Set both, or none where the mail server asks for no sign-in.");
            sound = false;
        }
        Security security = security(values, host.get());
        int port =
                values.number(
                        "SMTP_PORT",
                        1,
                        65_535,
                        switch (security) {
                            case STARTTLS -> 587;
                            case TLS -> 465;
                            case NONE -> 25;
                        });
        return sound
                ? Optional.of(
                        new Mail(
                                host.get(),
                                port,
                                security,
                                user,
                                password.map(Secret::of),
                                from.get(),
                                receivers))
                : Optional.empty();
    }

    private static Security security(Values values, String host) {
        String text = values.text("SMTP_SECURITY").orElse("starttls");
        return switch (text) {
            case "starttls" -> Security.STARTTLS;
            case "tls" -> Security.TLS;
            case "none" -> {
                if (!here(host)) {
                    values.problem(
                            "SMTP_SECURITY is none, but SMTP_HOST is another machine.",
                            "Set starttls or tls; none is for a mail server on this machine.");
                }
                yield Security.NONE;
            }
            default -> {
                values.problem(
                        "SMTP_SECURITY is "
                                + Values.shape(text)
                                + ", but it is one of starttls, tls and none.",
                        "Leave it out for starttls.");
                yield Security.STARTTLS;
            }
        };
    }

    private static ChannelRule rule(Values values, String channel) {
        String name = "ALERT_" + channel + "_MIN_SEVERITY";
        Severity least = Severity.WARNING;
        Optional<String> text = values.text(name);
        if (text.isPresent()) {
            Optional<Severity> found =
                    Arrays.stream(Severity.values())
                            .filter(s -> s.word().equals(text.get().toLowerCase(Locale.ROOT)))
                            .findFirst();
            if (found.isEmpty()) {
                values.problem(
                        name
                                + " is "
                                + Values.shape(text.get())
                                + ", but it is one of info, warning and critical.",
                        "Leave it out for warning.");
            }
            least = found.orElse(least);
        }
        return new ChannelRule(least, kinds(values, "ALERT_" + channel + "_KINDS"));
    }

    private static Set<AlertKind> kinds(Values values, String name) {
        Set<AlertKind> kinds = EnumSet.noneOf(AlertKind.class);
        for (String word : values.text(name).map(t -> t.split(",")).orElse(new String[0])) {
            Optional<AlertKind> kind =
                    Arrays.stream(AlertKind.values())
                            .filter(k -> k.word().equals(word.strip().toLowerCase(Locale.ROOT)))
                            .findFirst();
            if (kind.isEmpty()) {
                values.problem(
                        name
                                + " names "
                                + Values.shape(word.strip())
                                + ", which is no kind of alert.",
                        "Known are " + String.join(", ", AlertKind.words()) + ".");
            }
            kind.ifPresent(kinds::add);
        }
        return kinds;
    }

    private static Optional<String> console(Values values) {
        Optional<String> text = values.text("HOLDFAST_CONSOLE_URL");
        Optional<String> against = text.flatMap(Alerting::against);
        if (against.isPresent() || text.filter(t -> t.contains("?")).isPresent()) {
            values.problem(
                    "HOLDFAST_CONSOLE_URL "
                            + against.orElse("has to be a scheme, a host and a path."),
                    "Write it as people open it: https://holdfast.example.org.");
            return Optional.empty();
        }
        return text.map(t -> t.replaceAll("/+$", ""));
    }
}

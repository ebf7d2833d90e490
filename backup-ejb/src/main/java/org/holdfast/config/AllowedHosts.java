package org.holdfast.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where webhooks may lead.
 *
 * @param names of hosts, {@code *.example.org} for all below one; empty: anywhere
 */
public record AllowedHosts(List<String> names) {
    /** The setting that says them. */
    public static final String SETTING = "ALERT_WEBHOOK_HOSTS";

    public AllowedHosts {
        names = names.stream().map(AllowedHosts::plain).toList();
    }

    /** What is wrong in it is told by {@link #read} alone. */
    static AllowedHosts quietly(Values values) {
        return new AllowedHosts(
                values.text(SETTING).stream()
                        // with the empty ones at the end: "," is not to let everything
                        .flatMap(text -> Arrays.stream(text.split(",", -1)))
                        .map(String::strip)
                        .toList());
    }

    static AllowedHosts read(Values values) {
        AllowedHosts hosts = quietly(values);
        for (int i = 0; i < hosts.names().size(); i++) {
            String name = hosts.names().get(i);
            if (!name.matches("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})|\\[[0-9A-Fa-f:.]+]")) {
                // an address has its secret in the path, and is pasted here by mistake
                values.problem(
                        "Entry "
                                + (i + 1)
                                + " of "
                                + SETTING
                                + " is "
                                + (name.isEmpty() ? "empty" : Values.shape(name))
                                + ", which is no host.",
                        "Write hosts joined by commas, without scheme, port and path, e.g."
                                + " hooks.slack.com,*.example.org.");
            }
        }
        return hosts;
    }

    /** Whether anything may be sent there. */
    public boolean lets(String host) {
        String there = plain(host);
        return names.isEmpty()
                || names.stream()
                        .anyMatch(
                                name ->
                                        name.startsWith("*.")
                                                ? there.endsWith(name.substring(1))
                                                : there.equals(name));
    }

    private static String plain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}

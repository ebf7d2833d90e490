package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllowedHostsTest {
    private static AllowedHosts of(String... names) {
        return new AllowedHosts(List.of(names));
    }

    @Test
    void where_none_are_named_every_host_is() {
        assertThat(of().lets("anything.example")).isTrue();
    }

    @Test
    void a_name_is_that_host_alone() {
        AllowedHosts hosts = of("hooks.slack.com", "[2001:db8::7]");

        assertThat(hosts.lets("hooks.slack.com")).isTrue();
        assertThat(hosts.lets("Hooks.Slack.Com.")).isTrue();
        assertThat(hosts.lets("[2001:DB8::7]")).isTrue();
        assertThat(hosts.lets("slack.com")).isFalse();
        assertThat(hosts.lets("evil-hooks.slack.com")).isFalse();
        assertThat(hosts.lets("hooks.slack.com.evil.example")).isFalse();
    }

    @Test
    void an_asterisk_is_what_is_below_a_name_and_not_the_name() {
        AllowedHosts hosts = of("*.example.org");

        assertThat(hosts.lets("a.example.org")).isTrue();
        assertThat(hosts.lets("a.b.example.org")).isTrue();
        assertThat(hosts.lets("example.org")).isFalse();
        assertThat(hosts.lets("badexample.org")).isFalse();
    }

    @Test
    void an_address_that_leads_elsewhere_stops_the_start_and_is_named_without_its_path() {
        Map<String, String> values =
                Map.of(
                        "ALERT_WEBHOOK_HOSTS", "hooks.slack.com, *.example.org",
                        "SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/canary",
                        "ALERT_DEADMAN_URL", "https://elsewhere.test/ping/canary");

        assertThatThrownBy(() -> Settings.read(values))
                .hasMessageContaining(
                        "ALERT_DEADMAN_URL leads to elsewhere.test, which is not among"
                                + " ALERT_WEBHOOK_HOSTS. Add the host there, or take the address"
                                + " away.")
                .hasMessageNotContaining("canary")
                .hasMessageNotContaining("SLACK_WEBHOOK_URL leads");
    }

    @Test
    void what_is_no_host_is_named_by_its_place_and_not_told() {
        assertThatThrownBy(
                        () ->
                                Settings.read(
                                        Map.of(
                                                "ALERT_WEBHOOK_HOSTS",
                                                "a.example, https://hooks.slack.com/services/canary,"
                                                        + "-b")))
                .hasMessageContaining(
                        "Entry 2 of ALERT_WEBHOOK_HOSTS is a value of 39 characters, which is no"
                                + " host. Write hosts joined by commas, without scheme")
                .hasMessageContaining("Entry 3 of ALERT_WEBHOOK_HOSTS is \"-b\", which is no host.")
                .hasMessageNotContaining("canary")
                .hasMessageNotContaining("Entry 1");
    }

    @Test
    void commas_without_a_host_are_named_and_let_nothing_through() {
        for (String text : List.of(",", ",,", " , ", "a.example,", ",a.example", "a.example,,b")) {
            Map<String, String> values = Map.of("ALERT_WEBHOOK_HOSTS", text);

            assertThatThrownBy(() -> Settings.read(values))
                    .as(text)
                    .hasMessageMatching(
                            "(?s).*Entry [1-3] of ALERT_WEBHOOK_HOSTS is empty, which is no host\\..*");
            assertThat(AllowedHosts.quietly(new Values(values)).lets("anything.example"))
                    .as(text)
                    .isFalse();
        }
    }

    @Test
    void a_blank_value_is_none() {
        for (String text : List.of("", "  ")) {
            assertThat(AllowedHosts.read(new Values(Map.of("ALERT_WEBHOOK_HOSTS", text))).names())
                    .isEmpty();
        }
    }
}

package org.holdfast.security.passkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelyingPartyTest {
    @ParameterizedTest
    @CsvSource({
        "https://holdfast.example.org, holdfast.example.org, https://holdfast.example.org",
        "https://holdfast.example.org:443, holdfast.example.org, https://holdfast.example.org",
        "https://Holdfast.Example.org:8443/backups, holdfast.example.org,"
                + " https://holdfast.example.org:8443",
    })
    void it_is_what_is_configured_whatever_the_request_says(String url, String id, String origin) {
        assertThat(RelyingParty.of(Optional.of(url), "evil.test", 9999))
                .contains(new RelyingParty(id, origin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://holdfast.example.org",
                "https://192.0.2.7:8443",
                "https://[2001:db8::1]"
            })
    void there_is_none_where_browsers_make_no_passkeys(String url) {
        assertThat(RelyingParty.of(Optional.of(url), "localhost", 8443)).isEmpty();
    }

    @Test
    void without_the_setting_there_is_one_on_the_machine_itself_only() {
        assertThat(RelyingParty.of(Optional.empty(), "localhost", 8443))
                .contains(new RelyingParty("localhost", "https://localhost:8443"));
        assertThat(RelyingParty.of(Optional.empty(), "holdfast.example.org", 443)).isEmpty();
        assertThat(RelyingParty.of(Optional.empty(), "127.0.0.1", 443)).isEmpty();
    }
}

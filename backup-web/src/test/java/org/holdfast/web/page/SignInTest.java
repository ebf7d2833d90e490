package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "//example.org/console/",
                "https://example.org/console/",
                "/console//example.org",
                "/console/../../etc",
                "/console/\\example.org",
                "javascript:alert(1)",
                "/admin/backups",
                ""
            })
    void an_address_outside_the_console_is_no_goal(String address) {
        assertThat(SignIn.inside(address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/backups/index.xhtml",
                "/console/restores/detail.xhtml?id=01936b2f-5c1e-7a40-9d3e-2f6a1c8b7e55"
            })
    void a_page_of_the_console_is(String address) {
        assertThat(SignIn.inside(address)).isTrue();
    }
}

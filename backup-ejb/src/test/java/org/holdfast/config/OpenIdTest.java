package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.people.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenIdTest {
    private static Map<String, String> with(String... changes) {
        Map<String, String> values =
                new HashMap<>(
                        Map.of(
                                "OIDC_ISSUER",
                                "https://sso.example.org/realms/main",
                                "OIDC_CLIENT_ID",
                                "holdfast",
                                "OIDC_CLIENT_SECRET",
                                "a secret of the client",
                                "OIDC_ROLES",
                                "dba-leads=SUPER_GURU, /db/admins=ADMIN,cn=ops=OPERATOR"));
        for (int i = 0; i < changes.length; i += 2) {
            values.put(changes[i], changes[i + 1]);
        }
        return values;
    }

    private static List<String> problems(Map<String, String> values) {
        Problems problems = catchThrowableOfType(Problems.class, () -> Settings.read(values));
        assertThat(problems).as("is refused").isNotNull();
        return problems.sentences();
    }

    @Test
    void nothing_set_is_no_provider() {
        assertThat(Settings.read(Map.of()).openId()).isEmpty();
    }

    @Test
    void four_names_are_enough_and_the_rest_has_defaults() {
        OpenId openId = Settings.read(with()).openId().orElseThrow();

        assertThat(openId.issuer()).isEqualTo("https://sso.example.org/realms/main");
        assertThat(openId.roles())
                .containsExactly(
                        Map.entry("dba-leads", Role.SUPER_GURU),
                        Map.entry("/db/admins", Role.ADMIN),
                        Map.entry("cn=ops", Role.OPERATOR));
        assertThat(openId.roleClaim()).isEqualTo("groups");
        assertThat(openId.nameClaim()).isEqualTo("preferred_username");
        assertThat(openId.scopes()).isEqualTo("openid profile");
        assertThat(openId.label()).isEqualTo("single sign-on");
        assertThat(openId.toString()).doesNotContain("a secret of the client");
    }

    @Test
    void half_a_provider_names_what_is_missing() {
        assertThat(problems(with("OIDC_CLIENT_SECRET", "", "OIDC_ROLES", "")))
                .containsExactly(
                        "Sign-in through an OpenID provider is configured by half:"
                                + " OIDC_CLIENT_SECRET, OIDC_ROLES are not set. Set all of"
                                + " OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ROLES, or"
                                + " no OIDC_ name at all.");
        assertThat(problems(Map.of("OIDC_LABEL", "us"))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "http://sso.example.org,has to begin with https://",
        "ftp://sso.example.org,has to begin with https://",
        "https://user@sso.example.org,has to be a scheme",
        "https://sso.example.org/?a=b,has to be a scheme",
        "https://169.254.169.254/realms/main,is a link-local or metadata address",
        "sso.example.org,has to be a scheme",
        "not an address,is no address"
    })
    void an_issuer_that_cannot_be_trusted_is_refused(String issuer, String why) {
        assertThat(problems(with("OIDC_ISSUER", issuer)))
                .singleElement()
                .asString()
                .startsWith("OIDC_ISSUER ")
                .contains(why);
    }

    @Test
    void http_is_for_this_machine_only() {
        for (String issuer :
                List.of("http://localhost:8180/r", "http://127.0.0.1/r", "http://[::1]:8/r")) {
            assertThat(OpenId.against(issuer)).as(issuer).isEqualTo(Optional.empty());
        }
    }

    @ParameterizedTest
    @CsvSource({"dba", "dba=ROOT", "=ADMIN", "'dba=ADMIN,dba=AUDITOR'", "'dba=ADMIN,,a=ADMIN'"})
    void a_mapping_of_roles_that_is_none_is_refused(String roles) {
        assertThat(problems(with("OIDC_ROLES", roles)))
                .singleElement()
                .asString()
                .startsWith("OIDC_ROLES");
    }

    @Test
    void the_rest_is_looked_at_too_and_no_sentence_shows_the_secret() {
        List<String> problems =
                problems(
                        with(
                                "OIDC_ROLE_CLAIM",
                                "groups..all",
                                "OIDC_SCOPES",
                                "profile groups",
                                "OIDC_LABEL",
                                "x".repeat(41),
                                "OIDC_ISSUER",
                                "a secret of the client"));
        assertThat(problems).hasSize(4);
        assertThat(String.join(" ", problems)).doesNotContain("a secret of the client");
    }
}

package org.holdfast.security.openid;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.holdfast.domain.people.Role;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private static final Map<String, Role> ROLES =
            Map.of("dba", Role.ADMIN, "ops", Role.OPERATOR, "audit", Role.AUDITOR);

    @Test
    void are_found_by_name_and_by_path() {
        Map<String, Object> claims =
                Map.of(
                        "groups",
                        List.of("dba", "ops"),
                        "role",
                        "dba",
                        "realm_access",
                        Map.of("roles", List.of("audit", 7)),
                        "https://example.org/roles",
                        List.of("ops"));

        assertThat(Claims.texts(claims, "groups")).containsExactly("dba", "ops");
        assertThat(Claims.texts(claims, "role")).containsExactly("dba");
        assertThat(Claims.texts(claims, "realm_access.roles")).containsExactly("audit");
        assertThat(Claims.texts(claims, "https://example.org/roles")).containsExactly("ops");
        assertThat(Claims.texts(claims, "realm_access")).isEmpty();
        assertThat(Claims.texts(claims, "role.of.nobody")).isEmpty();
    }

    @Test
    void of_userinfo_are_read_alike() {
        var claims =
                Json.createReader(
                                new StringReader(
                                        "{\"sub\":\"1\",\"access\":{\"groups\":[\"dba\",null]}}"))
                        .readObject();

        assertThat(Claims.texts(claims, "access.groups")).containsExactly("dba");
        assertThat(Claims.texts(claims, "sub")).containsExactly("1");
    }

    @Test
    void the_highest_role_wins_and_unknown_groups_give_none() {
        assertThat(Claims.highest(List.of("audit", "ops", "cooks"), ROLES)).hasValue(Role.OPERATOR);
        assertThat(Claims.highest(List.of("ops", "dba"), ROLES)).hasValue(Role.ADMIN);
        assertThat(Claims.highest(List.of("cooks"), ROLES)).isEmpty();
        assertThat(Claims.highest(List.of(), ROLES)).isEmpty();
    }
}

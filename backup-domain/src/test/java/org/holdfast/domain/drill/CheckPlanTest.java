package org.holdfast.domain.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckPlanTest {
    private static CheckPlan plan(List<String> tables, List<String> roles, String sql) {
        return new CheckPlan(
                Set.of(),
                tables,
                List.of(),
                Optional.empty(),
                roles,
                sql,
                Optional.empty(),
                Optional.empty(),
                true,
                CheckPlan.LIMIT);
    }

    @Test
    void takes_names_with_spaces_and_quotes_as_the_database_has_them() {
        assertThat(plan(List.of("Archive 2024.Order \"Notes\""), List.of("o'neil"), "").keyTables())
                .containsExactly("Archive 2024.Order \"Notes\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"public.or\u0000ders", "pub\nlic.orders", " ", "orders", "public."})
    void refuses_what_names_no_table(String name) {
        assertThatThrownBy(() -> plan(List.of(name), List.of(), ""))
                .isInstanceOf(Refused.class)
                .extracting("code")
                .isEqualTo("DRILL-CHECKS");
    }

    @Test
    void refuses_a_role_or_a_statement_with_what_no_text_of_a_database_can_have() {
        assertThatThrownBy(() -> plan(List.of(), List.of("re\u0000ader"), ""))
                .hasMessageContaining("control character");
        assertThatThrownBy(() -> plan(List.of(), List.of(), "SELECT '\u0000'"))
                .hasMessageContaining("NUL");
    }
}

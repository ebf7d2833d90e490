package org.holdfast.domain.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.holdfast.domain.shared.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {
    @Test
    void a_name_of_the_environment_becomes_one_of_keys_and_addresses() {
        assertThat(Source.nameOf("ORDERS_PROD")).isEqualTo("orders-prod");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Shop", "-shop", "shop/../x", "shöp", "a b", "a.b"})
    void what_could_not_stand_in_a_key_is_no_name(String name) {
        assertThatThrownBy(() -> new Source(name, Origin.CONFIGURATION, "x", null))
                .hasMessage("\"" + name + "\" is no name for a source.");
    }

    @Test
    void a_retired_one_that_is_configured_again_is_active_again() {
        Source source = Samples.shop();
        source.retire();

        source.follow("postgresql://u:***@new:5432/shop", null);

        assertThat(source.retired()).isFalse();
        assertThat(source.redactedUrl()).isEqualTo("postgresql://u:***@new:5432/shop");
    }
}

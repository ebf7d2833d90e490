package org.holdfast.domain.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.holdfast.domain.shared.PostgresUrl;
import org.junit.jupiter.api.Test;

class SourceNowTest {
    private static final PostgresUrl SHOP = url("db.example.org:5433/shop");

    private static PostgresUrl url(String where) {
        return PostgresUrl.parse("postgresql://u:p@" + where);
    }

    @Test
    void a_source_that_answers_is_known_by_whatever_name_it_is_reached() {
        SourceNow now = new SourceNow(SHOP, Optional.of("71"));

        assertThat(now.is(url("10.0.0.7/shop"), "71")).isTrue();
        assertThat(now.is(url("10.0.0.7/shop_copy"), "71")).isFalse();
        assertThat(now.isOn(url("10.0.0.7/shop_copy"), "71")).isTrue();
        assertThat(now.isOn(url("10.0.0.7/shop"), "72")).isFalse();
    }

    @Test
    void one_that_does_not_answer_is_known_by_its_address() {
        SourceNow now = new SourceNow(SHOP, Optional.empty());

        assertThat(now.is(url("DB.example.org:5433/shop"), "71")).isTrue();
        assertThat(now.is(url("db.example.org/shop"), "71")).isFalse();
        assertThat(now.is(url("db.example.org:5433/other"), "71")).isFalse();
        assertThat(now.isOn(url("db.example.org:5433/other"), "71")).isTrue();
    }
}

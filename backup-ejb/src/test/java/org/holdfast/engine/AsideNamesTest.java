package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AsideNamesTest {
    private static final UUID ID = UUID.fromString("01893b2c-7a11-7abc-8def-0123456789ab");

    @Test
    void tell_the_database_and_the_restore() {
        assertThat(AsideNames.of("shop", ID))
                .isEqualTo(
                        new AsideNames(
                                "shop",
                                "shop_holdfast_456789ab",
                                "shop_before_456789ab",
                                "456789ab"));
    }

    @Test
    void fit_into_63_bytes_without_cutting_a_character() {
        AsideNames names = AsideNames.of("ä".repeat(31) + "x", ID);

        assertThat(names.aside()).isEqualTo("ä".repeat(22) + "_holdfast_456789ab");
        assertThat(names.before()).isEqualTo("ä".repeat(23) + "_before_456789ab");
        assertThat(names.aside().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(63);
        assertThat(names.before().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(63);
    }

    @Test
    void of_emoji_keep_whole_emoji() {
        assertThat(AsideNames.of("🛒".repeat(15), ID).aside())
                .isEqualTo("🛒".repeat(11) + "_holdfast_456789ab");
    }
}

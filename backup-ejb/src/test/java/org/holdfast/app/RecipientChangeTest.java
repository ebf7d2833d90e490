package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import org.holdfast.domain.keys.RecipientKey.Purpose;
import org.junit.jupiter.api.Test;

class RecipientChangeTest {
    @Test
    void a_pair_that_is_made_anew_with_every_try_is_one_decision() {
        assertThat(RecipientChange.decided(made("escrow", "age1first", "locked one")))
                .isEqualTo(RecipientChange.decided(made("escrow", "age1second", "locked two")));
    }

    @Test
    void another_name_another_lock_and_a_given_key_are_others() {
        var escrow = RecipientChange.decided(made("escrow", "age1first", null));
        assertThat(escrow)
                .isNotEqualTo(RecipientChange.decided(made("escrow-2", "age1first", null)))
                .isNotEqualTo(RecipientChange.decided(made("escrow", "age1first", "locked")));
        assertThat(RecipientChange.decided(given("age1first")))
                .isNotEqualTo(RecipientChange.decided(given("age1second")))
                .isNotEqualTo(escrow);
    }

    @Test
    void an_identity_that_a_passphrase_opens_is_not_shown() {
        JsonObject shown = new RecipientChange().shown(made("escrow", "age1first", "locked one"));

        assertThat(shown.toString()).doesNotContain("locked one");
        assertThat(shown.getBoolean("passphrase")).isTrue();
        assertThat(shown.getString("publicKey")).isEqualTo("age1first");
        assertThat(new RecipientChange().shown(given("age1first"))).isEqualTo(given("age1first"));
    }

    private static JsonObject made(String name, String publicKey, String locked) {
        return RecipientChange.add(name, Purpose.ESCROW, publicKey, null, true, locked);
    }

    private static JsonObject given(String publicKey) {
        return RecipientChange.add("escrow", Purpose.ESCROW, publicKey, null, false, null);
    }
}

package org.holdfast.domain.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditEntryTest {
    private static final Instant AT = Instant.parse("2026-11-21T12:00:00.123456789Z");

    private final AuditEntry first = entry(1, AuditEntry.GENESIS);
    private final AuditEntry second = entry(2, first.hash());

    @Test
    void the_first_follows_nothing_and_the_second_the_first() {
        assertThat(first.follows(null)).isTrue();
        assertThat(second.follows(first)).isTrue();
        assertThat(second.follows(null)).isFalse();
        assertThat(first.follows(second)).isFalse();
    }

    @Test
    void its_hash_can_be_computed_by_anybody_from_length_and_text_of_each_field() throws Exception {
        String text =
                "64:"
                        + AuditEntry.GENESIS
                        + "1:1"
                        + "27:2026-11-21T12:00:00.123456Z"
                        + "4:olga"
                        + "12:backup.queue"
                        + "11:source/shop"
                        + "2:{}";
        byte[] digest =
                java.security.MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(first.hash()).isEqualTo(java.util.HexFormat.of().formatHex(digest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"actor", "action", "subject", "detail"})
    void a_changed_field_breaks_it(String field) {
        set(first, field, "other");

        assertThat(first.follows(null)).isFalse();
    }

    @Test
    void a_changed_entry_with_its_hash_made_anew_breaks_the_next() {
        set(first, "actor", "mallory");
        set(first, "hash", first.expectedHash());

        assertThat(first.follows(null)).isTrue();
        assertThat(second.follows(first)).isFalse();
    }

    @Test
    void a_left_out_entry_breaks_the_next() {
        AuditEntry third = entry(3, second.hash());

        assertThat(third.follows(first)).isFalse();
    }

    @Test
    void text_moved_from_one_field_into_the_next_is_another_entry() {
        AuditEntry one = new AuditEntry(1, AT, "ab", "c", "d", "{}", AuditEntry.GENESIS);
        AuditEntry other = new AuditEntry(1, AT, "a", "bc", "d", "{}", AuditEntry.GENESIS);

        assertThat(Map.of(one.hash(), 1)).doesNotContainKey(other.hash());
    }

    @Test
    void its_time_is_kept_as_the_catalog_keeps_it() {
        assertThat(first.at()).isEqualTo(Instant.parse("2026-11-21T12:00:00.123456Z"));
    }

    private static AuditEntry entry(long seq, String before) {
        return new AuditEntry(seq, AT, "olga", "backup.queue", "source/shop", "{}", before);
    }

    private static void set(AuditEntry entry, String name, Object value) {
        try {
            Field field = AuditEntry.class.getDeclaredField(name);
            field.setAccessible(true);
            field.set(entry, value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}

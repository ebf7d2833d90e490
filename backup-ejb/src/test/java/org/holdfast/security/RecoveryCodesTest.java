package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;

class RecoveryCodesTest {
    @Test
    void are_ten_of_120_bits_without_letters_that_look_alike() {
        List<Secret> codes = RecoveryCodes.next();

        assertThat(codes).hasSize(10);
        assertThat(codes)
                .allSatisfy(
                        code ->
                                assertThat(code.reveal())
                                        .matches("([2-9a-km-np-z]{4}-){5}[2-9a-km-np-z]{4}"));
        assertThat(codes.stream().map(Secret::reveal)).doesNotHaveDuplicates();
    }

    @Test
    void use_every_digit() {
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            RecoveryCodes.next().forEach(c -> c.reveal().chars().forEach(seen::add));
        }

        assertThat(seen).hasSize(32 + 1);
    }

    @Test
    void are_the_same_however_they_are_typed() {
        String hash = RecoveryCodes.hash("k7mq-4xtv-9pdh-aaaa-bbbb-cccc");

        assertThat(RecoveryCodes.hash(" K7MQ 4XTV 9pdh aaaabbbbcccc ")).isEqualTo(hash);
        assertThat(RecoveryCodes.hash("k7mq-4xtv-9pdh-aaaa-bbbb-cccd")).isNotEqualTo(hash);
        assertThat(hash).matches("[0-9a-f]{64}");
    }
}

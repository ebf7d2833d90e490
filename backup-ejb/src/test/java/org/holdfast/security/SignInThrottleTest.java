package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.shared.Refused;
import org.holdfast.testing.Ticking;
import org.junit.jupiter.api.Test;

class SignInThrottleTest {
    private final Ticking clock = new Ticking();
    private final SignInThrottle throttle = new SignInThrottle(clock);

    @Test
    void five_tries_are_free_and_then_each_costs_a_longer_wait() {
        fail("olga", "10.0.0.1", 5);
        assertThat(allows("olga", "10.0.0.1")).isFalse();

        clock.pass(Duration.ofSeconds(2));
        assertThat(allows("olga", "10.0.0.1")).isTrue();

        fail("olga", "10.0.0.1", 1);
        clock.pass(Duration.ofSeconds(3));
        assertThat(allows("olga", "10.0.0.1")).isFalse();
        clock.pass(Duration.ofSeconds(1));
        assertThat(allows("olga", "10.0.0.1")).isTrue();
    }

    @Test
    void no_wait_is_longer_than_a_quarter_of_an_hour() {
        fail("olga", "10.0.0.1", 19);

        clock.pass(Duration.ofMinutes(15));

        assertThat(allows("olga", "10.0.0.1")).isTrue();
    }

    @Test
    void a_stranger_does_not_lock_a_person_out_where_that_person_signed_in_before() {
        throttle.succeeded("olga", "192.168.1.7");
        for (int i = 0; i < 200; i++) {
            throttle.failed("olga", "10.0.0." + i);
        }

        assertThat(allows("olga", "192.168.1.7")).isTrue();
        assertThat(allows("olga", "10.9.9.9")).isFalse();
    }

    @Test
    void a_person_does_not_lock_the_others_of_an_office_out() {
        fail("olga", "192.168.1.7", 10);

        assertThat(allows("otto", "192.168.1.7")).isTrue();
    }

    @Test
    void an_address_that_tries_many_names_is_slowed_down_for_all_of_them() {
        for (int i = 0; i < 20; i++) {
            throttle.failed("user" + i, "10.0.0.1");
        }

        assertThat(allows("olga", "10.0.0.1")).isFalse();
        assertThat(allows("olga", "10.0.0.2")).isTrue();
    }

    @Test
    void an_hour_without_failures_forgets_them() {
        fail("olga", "10.0.0.1", 30);

        clock.pass(Duration.ofMinutes(61));
        fail("olga", "10.0.0.1", 4);

        assertThat(allows("olga", "10.0.0.1")).isTrue();
    }

    @Test
    void success_forgets_the_failures_before_it() {
        fail("olga", "10.0.0.1", 4);
        throttle.succeeded("olga", "10.0.0.1");
        fail("olga", "10.0.0.1", 4);

        assertThat(allows("olga", "10.0.0.1")).isTrue();
    }

    @Test
    void tries_at_once_are_no_more_than_as_many_in_a_row() {
        List<SignInThrottle.Try> underWay = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            underWay.add(throttle.begin("olga", "10.0.0.1").orElseThrow());
        }
        assertThat(allows("olga", "10.0.0.1")).isFalse();

        underWay.get(0).failed();
        underWay.get(0).close();
        assertThat(allows("olga", "10.0.0.1")).isFalse();

        underWay.get(1).succeeded();
        underWay.get(1).close();
        assertThat(allows("olga", "10.0.0.1")).isTrue();
    }

    @Test
    void after_the_free_tries_and_a_wait_there_is_one_at_a_time() {
        fail("olga", "10.0.0.1", 5);
        clock.pass(Duration.ofSeconds(2));

        SignInThrottle.Try one = throttle.begin("olga", "10.0.0.1").orElseThrow();
        assertThat(allows("olga", "10.0.0.1")).isFalse();

        one.close();
        assertThat(allows("olga", "10.0.0.1")).isTrue();
    }

    @Test
    void a_try_without_an_outcome_counts_for_nothing() {
        for (int i = 0; i < 30; i++) {
            throttle.begin("olga", "10.0.0.1").orElseThrow().close();
        }

        assertThat(allows("olga", "10.0.0.1")).isTrue();
    }

    @Test
    void one_address_has_two_passwords_computed_at_once() {
        SignInThrottle.Try first = throttle.beginWithPassword("olga", "10.0.0.1").orElseThrow();
        throttle.beginWithPassword("otto", "10.0.0.1").orElseThrow();

        assertThatThrownBy(() -> throttle.beginWithPassword("ute", "10.0.0.1"))
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.code()).isEqualTo("PASSWORD-BUSY"));
        assertThat(throttle.beginWithPassword("ute", "10.0.0.2")).isPresent();

        first.close();
        first.close();
        assertThat(throttle.beginWithPassword("ute", "10.0.0.1")).isPresent();
        assertThatThrownBy(() -> throttle.beginWithPassword("ute", "10.0.0.1"))
                .isInstanceOf(Refused.class);
    }

    private boolean allows(String account, String address) {
        return throttle.begin(account, address)
                .map(
                        one -> {
                            one.close();
                            return true;
                        })
                .orElse(false);
    }

    private void fail(String account, String address, int times) {
        for (int i = 0; i < times; i++) {
            throttle.failed(account, address);
        }
    }
}

package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.holdfast.config.PolicyDocument;
import org.junit.jupiter.api.Test;

class PolicyComparisonTest {
    private static List<String> shorter(String before, String after) {
        PolicyComparison comparison =
                PolicyComparison.of(
                        PolicyDocument.of(before), PolicyDocument.of(after), Optional.empty());
        assertThat(comparison.shortens()).isEqualTo(!comparison.shorter().isEmpty());
        return comparison.shorter();
    }

    @Test
    void fewer_days_for_everything_are_shorter() {
        assertThat(shorter("{\"retention_days\": 30}", "{\"retention_days\": 7}"))
                .containsExactly(
                        "Every other source in every other directory: 30 days, 4 weekly, always the"
                                + " last 3 verified → 7 days, 4 weekly, always the last 3 verified.",
                        "Every other source in every other bucket: 30 days, 4 weekly, always the last"
                                + " 3 verified → 7 days, 4 weekly, always the last 3 verified.");
    }

    @Test
    void more_of_everything_is_not() {
        assertThat(
                        shorter(
                                "{\"retention\": {\"days\": 7}}",
                                "{\"retention\": {\"days\": 8, \"weekly\": 5, \"keep_verified\": 4,"
                                        + " \"grace_hours\": 25}}"))
                .isEmpty();
        assertThat(shorter("{\"rpo_minutes\": 60}", "{\"rpo_minutes\": 30}")).isEmpty();
    }

    @Test
    void a_rule_for_one_store_that_says_less_than_what_held_there_is() {
        assertThat(
                        shorter(
                                "{\"retention\": {\"days\": 30}}",
                                "{\"retention\": {\"days\": 30, \"stores\": {\"local\": {\"days\":"
                                        + " 7}}}}"))
                .containsExactly(
                        "Every other source in store local: 30 days, 4 weekly, always the last 3"
                                + " verified → 7 days, 4 weekly, always the last 3 verified.");
    }

    @Test
    void a_source_that_loses_its_own_rule_is_where_the_policys_is_less() {
        assertThat(
                        shorter(
                                "{\"retention\": {\"days\": 7}, \"sources\": {\"shop\":"
                                        + " {\"retention\": {\"monthly\": 12}}}}",
                                "{\"retention\": {\"days\": 7}}"))
                .allMatch(sentence -> sentence.startsWith("Source shop in every other "))
                .hasSize(2);
    }

    @Test
    void a_shorter_grace_is_told_too() {
        assertThat(shorter("{}", "{\"retention\": {\"grace_hours\": 1}}"))
                .containsExactly("Every other source: a marked copy waits 24 h → 1 h.");
    }

    @Test
    void fewer_verified_copies_that_always_stay_are_shorter() {
        assertThat(shorter("{}", "{\"retention\": {\"keep_verified\": 2}}")).hasSize(2);
    }
}

package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.holdfast.domain.policy.Policy;
import org.junit.jupiter.api.Test;

/** The runbook page of the settings says what the code knows, no more and no less. */
class SettingsPageTest {
    private static final Path PAGE = Path.of("..", "runbooks", "settings.md");

    @Test
    void every_setting_is_explained_and_every_explained_one_is_known() throws IOException {
        List<String> explained =
                Pattern.compile("`([A-Z][A-Z0-9]+_[A-Z0-9_<>]+)`")
                        .matcher(Files.readString(PAGE))
                        .results()
                        .map(match -> match.group(1))
                        .distinct()
                        .toList();

        assertThat(explained).containsAll(Settings.names());
        assertThat(explained)
                .filteredOn(name -> !name.contains("<"))
                .filteredOn(name -> !List.of("ORDERS_PROD").contains(name))
                .isSubsetOf(Settings.names());
        for (String name : explained) {
            if (name.contains("<")) {
                assertThat(Settings.knows(name.replaceAll("<[A-Z]+>", "X"))).as(name).isTrue();
            }
        }
    }

    @Test
    void the_policy_on_the_page_is_taken_as_it_stands() throws IOException {
        String json =
                Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(PAGE))
                        .results()
                        .map((MatchResult match) -> match.group(1))
                        .findFirst()
                        .orElseThrow();
        Policy policy = PolicyDocument.of(json).policy("1", Optional.empty());

        assertThat(policy.retentionDays()).isEqualTo(30);
        assertThat(policy.of("shop").stores()).containsExactly("local");
    }
}

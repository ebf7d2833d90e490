package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyDocumentTest {
    @TempDir private Path temporary;

    private static String problem(PolicyDocument document) {
        assertThat(document.wrong()).hasSize(1);
        return document.wrong().get(0).sentence();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
                    {"rpo_minutes": 60,}  | The policy is no JSON: it cannot be read beyond line 1, column
                    {"rpo_minutes": 60} x | The policy is no JSON: it cannot be read beyond line 1, column
                    [60]                  | The policy is no JSON object. Begin it with { and end it with }.
                    {"rpo_minutes": 60, "rpo_minutes": 30} | A key stands twice in one object of the policy, before line 1, column
                    {"rpo_minutes": 18446744073709551676}  | rpo_minutes is 18446744073709551676, but it has to be a whole number from 1 to 527040.
                    """)
    void what_cannot_be_read_is_told(String text, String problem) {
        assertThat(problem(PolicyDocument.of(text))).startsWith(problem);
    }

    @Test
    void one_that_nobody_could_read_is_refused() {
        assertThat(problem(PolicyDocument.of(" ".repeat(PolicyDocument.LONGEST + 1))))
                .isEqualTo(
                        "The policy has 49153 characters. Keep it below 49152: leave out what is the"
                                + " default.");
    }

    @Test
    void a_file_that_is_not_there_or_not_utf_8_is_told() throws IOException {
        assertThat(problem(PolicyDocument.of(temporary.resolve("none.json"))))
                .startsWith("No such file can be read as text.");
        Path latin =
                Files.write(
                        temporary.resolve("latin.json"),
                        "{\"contacts\": [{\"name\": \"Weiß\"}]}"
                                .getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problem(PolicyDocument.of(latin)))
                .isEqualTo("The policy file is not UTF-8. Save it as UTF-8.");
    }

    @Test
    void of_a_wrong_one_nothing_is_taken() {
        PolicyDocument document = PolicyDocument.of("{\"rpo_minutes\": 30, \"rto_minutes\": 0}");

        assertThat(document.good()).isFalse();
        assertThatThrownBy(() -> document.policy("7", Optional.empty()))
                .hasMessageStartingWith("rto_minutes is 0, but it has to be");
    }

    @Test
    void its_hash_is_of_what_it_says_and_not_of_how_it_is_written() {
        PolicyDocument one = PolicyDocument.of("{\"rto_minutes\":90,\"rpo_minutes\":30}");
        PolicyDocument other = PolicyDocument.of("{\n \"rpo_minutes\": 30,\n \"rto_minutes\": 90}");

        assertThat(other.sha256()).isEqualTo(one.sha256());
        assertThat(PolicyDocument.of(one.pretty()).sha256()).isEqualTo(one.sha256());
    }
}

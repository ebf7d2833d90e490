package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.holdfast.testing.Ended;
import org.holdfast.testing.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code deploy/holdfast restore-test} makes of a drill's states, the rare ones too. A curl of
 * its own answers in place of a server; {@code PipelineIT} asks a real one.
 */
class PipelineExitCodeTest {
    private static final Path HOLDFAST = Path.of("..", "deploy", "holdfast").toAbsolutePath();

    @TempDir private Path dir;

    @BeforeEach
    void an_answer_to_every_question() throws IOException {
        Programs.script(
                dir.resolve("curl"),
                """
                case "$*" in
                    *POST*/admin/drills) printf '{"id":"d1","number":"2026-7"}\\n202' ;;
                    *GET*/admin/drills/d1) printf '%s\\n200' "$(cat "${0%/*}/drill.json")" ;;
                    *) printf '{"title":"asked for: %s"}\\n404' "$*" ;;
                esac""");
    }

    private Ended drillThatIs(String json) throws Exception {
        Files.writeString(dir.resolve("drill.json"), json);
        return Ended.of(
                dir,
                Map.of(
                        "PATH", dir + ":/usr/local/bin:/usr/bin:/bin",
                        "HOLDFAST_URL", "https://holdfast.example.com",
                        "HOLDFAST_TOKEN", "hf_of_a_test"),
                Duration.ofMinutes(1),
                HOLDFAST.toString(),
                "restore-test",
                "b1");
    }

    @ParameterizedTest
    @CsvSource({
        "PASSED, PASSED, 0",
        "REVIEWED, PASSED, 0",
        "SIGNED_OFF, PASSED, 0",
        "SIGNED_OFF, FAILED, 1",
        "REVIEWED, PARTIAL, 1",
        "SIGNED_OFF, ABORTED, 1",
        "FAILED, FAILED, 1"
    })
    void the_verdict_decides_and_not_that_somebody_signed(String status, String verdict, int code)
            throws Exception {
        Ended ended =
                drillThatIs(
                        """
                        {"id":"d1","number":"2026-7","source":"shop","status":"%s","verdict":"%s",
                         "checks":[]}
                        """
                                .formatted(status, verdict));

        assertThat(ended.code()).as(ended.err()).isEqualTo(code);
        assertThat(ended.out()).contains("drill 2026-7 of shop: " + verdict);
        if (code != 0) {
            assertThat(ended.err()).contains("Drill 2026-7 ended as " + verdict + ": ");
        }
    }

    @Test
    void an_end_without_a_verdict_has_not_passed() throws Exception {
        Ended ended =
                drillThatIs(
                        "{\"id\":\"d1\",\"number\":\"2026-7\",\"status\":\"SIGNED_OFF\",\"checks\":[]}");

        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(ended.err()).contains("Drill 2026-7 ended as SIGNED_OFF: ");
    }
}

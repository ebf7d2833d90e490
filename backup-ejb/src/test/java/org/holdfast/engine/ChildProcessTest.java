package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is heard of a child while it runs. */
class ChildProcessTest {
    @TempDir Path base;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    /** A child that is heard; lines that begin with "note" are notes. */
    private ChildProcess heard(WorkDir dir, String script) throws Exception {
        ChildProcess child =
                ChildProcess.start(
                        new Launch(
                                "sh",
                                Path.of("/bin/sh"),
                                List.of("-c", script),
                                Map.of(),
                                false,
                                Launch.Output.STREAM_WITH_ERRORS,
                                null,
                                Redaction.of(Secret.of("canary-7"))),
                        dir,
                        new Cancel());
        child.hear(
                line -> {
                    told.add(line);
                    return line.startsWith("note");
                });
        return child;
    }

    /** All that a child says which ends well is told. */
    private void hearWhole(String script) throws Exception {
        try (WorkDir dir = WorkDir.below(base);
                ChildProcess child = heard(dir, script)) {
            child.requireSuccess();

            assertThat(child.awaitHeard()).isTrue();
        }
    }

    @Test
    void every_line_is_told_and_notes_are_no_last_words() throws Exception {
        try (WorkDir dir = WorkDir.below(base);
                ChildProcess child =
                        heard(dir, "echo note 1; echo; echo oh no >&2; echo note 2; printf end")) {
            child.requireSuccess();

            assertThat(child.awaitHeard()).isTrue();
            assertThat(told).containsExactly("note 1", "oh no", "note 2", "end");
            assertThat(child.lastWords()).isEqualTo("oh no\nend");
        }
    }

    @Test
    void a_line_is_cut_at_four_kib_and_the_next_is_whole() throws Exception {
        hearWhole("printf '%05000d\\n' 7; echo next");

        assertThat(told).containsExactly("0".repeat(4096), "next");
    }

    @Test
    void of_many_lines_the_last_twenty_are_its_last_words_without_a_secret() throws Exception {
        try (WorkDir dir = WorkDir.below(base);
                ChildProcess child =
                        heard(
                                dir,
                                "i=1; while [ $i -le 25 ]; do echo line $i; echo note; i=$((i+1));"
                                        + " done; echo it is canary-7; exit 3")) {
            String words =
                    String.join(
                            "\n", IntStream.rangeClosed(7, 25).mapToObj(i -> "line " + i).toList());

            assertThatThrownBy(child::requireSuccess)
                    .isInstanceOf(ChildFailed.class)
                    .hasMessage("sh ended with exit code 3: " + words + "\nit is ***");
            assertThat(child.lastWords()).isEqualTo(words + "\nit is ***");
        }
    }

    @Test
    void a_child_that_says_more_than_a_pipe_holds_is_heard() throws Exception {
        hearWhole("i=0; while [ $i -lt 40 ]; do printf '%04000d\\n' $i; i=$((i+1)); done");

        assertThat(told).hasSize(40);
    }

    @Test
    void who_is_interrupted_is_told_that_not_all_was_heard() throws Exception {
        try (WorkDir dir = WorkDir.below(base);
                ChildProcess child = heard(dir, "echo one; exec sleep 600")) {
            try {
                Thread.currentThread().interrupt();
                assertThat(child.awaitHeard()).isFalse();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                assertThat(child.lastWords()).endsWith("(its output could not be read)");
            } finally {
                Thread.interrupted();
            }
        }
    }
}

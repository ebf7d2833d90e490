package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is believed of files that restored code may have written. */
class ThrowawayClusterTest {
    @TempDir private Path directory;

    private void note(String text) throws IOException {
        Files.writeString(directory.resolve("socket"), text);
    }

    @Test
    void a_socket_that_did_not_fit_is_found_where_it_was_put() throws IOException {
        note("/tmp/holdfast-s-1234567890");

        assertThat(ThrowawayCluster.socketElsewhere(directory))
                .contains(Path.of("/tmp/holdfast-s-1234567890"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tmp/holdfast-s-/../../etc",
                "/tmp/x/holdfast-s-1",
                "/tmp/holdfast-s-1/../../srv",
                "/tmp/holdfast-s-1\n/etc",
                "/etc",
                ""
            })
    void no_other_place_is_removed_because_the_note_says_so(String text) throws IOException {
        note(text);

        assertThat(ThrowawayCluster.socketElsewhere(directory)).isEmpty();
    }

    @Test
    void a_note_that_is_a_link_is_not_read() throws IOException {
        Path elsewhere = Files.writeString(directory.resolve("other"), "/tmp/holdfast-s-1");
        Files.createSymbolicLink(directory.resolve("socket"), elsewhere);

        assertThat(ThrowawayCluster.socketElsewhere(directory)).isEmpty();
    }
}

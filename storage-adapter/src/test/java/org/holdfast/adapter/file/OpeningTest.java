package org.holdfast.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real pipes, as somebody may put one in the place of a file that was looked at. */
@Timeout(60)
class OpeningTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir private Path home;

    private Path pipe(String name) throws Exception {
        Path pipe = home.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        return pipe;
    }

    private static InputStream counted(Path pipe, CountDownLatch closed) throws IOException {
        return new FilterInputStream(Files.newInputStream(pipe)) {
            @Override
            public void close() throws IOException {
                super.close();
                closed.countDown();
            }
        };
    }

    @Test
    void what_opens_is_given_and_what_does_not_is_said() throws IOException {
        Path file = Files.writeString(home.resolve("a.dump"), "a");
        try (InputStream in = Opening.within(LIMIT, () -> Files.newInputStream(file))) {
            assertThat(in.readAllBytes()).hasSize(1);
        }
        assertThatThrownBy(
                        () -> Opening.within(LIMIT, () -> Files.newInputStream(home.resolve("b"))))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_pipe_is_given_up_and_what_comes_too_late_is_closed() throws Exception {
        Path pipe = pipe("shop.dump");
        CountDownLatch closed = new CountDownLatch(1);

        assertThatThrownBy(() -> Opening.within(SHORT, () -> counted(pipe, closed)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not open within");
        assertThat(Opening.stuck()).isEqualTo(1);

        Files.newOutputStream(pipe).close();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Opening.stuck()).isZero();
    }

    @Test
    void there_are_never_more_than_a_few_that_hang() throws Exception {
        CountDownLatch ended = new CountDownLatch(Opening.MOST_STUCK);
        List<Path> pipes = new ArrayList<>();
        for (int i = 0; i < Opening.MOST_STUCK; i++) {
            Path pipe = pipe("pipe" + i);
            pipes.add(pipe);
            assertThatThrownBy(() -> Opening.within(SHORT, () -> counted(pipe, ended)))
                    .hasMessageContaining("did not open within");
        }
        Path file = Files.writeString(home.resolve("a.dump"), "a");

        assertThatThrownBy(() -> Opening.within(LIMIT, () -> Files.newInputStream(file)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("8 openings hang already");

        for (Path pipe : pipes) {
            try (OutputStream out = Files.newOutputStream(pipe)) {
                // Somebody writes to it at last.
            }
        }
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        Opening.within(LIMIT, () -> Files.newInputStream(file)).close();
    }
}

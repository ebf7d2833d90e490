package org.holdfast.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
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

    /** As many openings as may hang at once. */
    private final class Hanging {
        private final CountDownLatch ended = new CountDownLatch(Opening.MOST_STUCK);
        private final List<Path> pipes = new ArrayList<>();

        Hanging() throws Exception {
            for (int i = 0; i < Opening.MOST_STUCK; i++) {
                Path pipe = pipe("pipe" + i);
                pipes.add(pipe);
                assertThatThrownBy(() -> Opening.within(home, SHORT, () -> counted(pipe, ended)))
                        .hasMessageContaining("did not open within");
            }
        }

        /** Somebody writes to it at last. */
        void endOne() throws IOException {
            Files.newOutputStream(pipes.remove(0)).close();
        }

        void endAll() throws Exception {
            while (!pipes.isEmpty()) {
                endOne();
            }
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void what_opens_is_given_and_what_does_not_is_said() throws IOException {
        Path file = Files.writeString(home.resolve("a.dump"), "a");
        try (InputStream in = Opening.within(home, LIMIT, () -> Files.newInputStream(file))) {
            assertThat(in.readAllBytes()).hasSize(1);
        }
        assertThatThrownBy(
                        () ->
                                Opening.within(
                                        home, LIMIT, () -> Files.newInputStream(home.resolve("b"))))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_pipe_is_given_up_and_what_comes_too_late_is_closed() throws Exception {
        Path pipe = pipe("shop.dump");
        CountDownLatch closed = new CountDownLatch(1);

        assertThatThrownBy(() -> Opening.within(home, SHORT, () -> counted(pipe, closed)))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("did not open within");
        assertThat(Opening.stuck(home)).isEqualTo(1);

        Files.newOutputStream(pipe).close();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Opening.stuck(home)).isZero();
    }

    @Test
    void there_are_never_more_than_a_few_that_hang_and_another_place_is_not_held_up()
            throws Exception {
        Hanging hanging = new Hanging();
        Path file = Files.writeString(home.resolve("a.dump"), "a");

        assertThatThrownBy(() -> Opening.within(home, LIMIT, () -> Files.newInputStream(file)))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("8 openings there hang already")
                .hasMessageContaining("or of a share that does not answer");
        Path elsewhere = home.resolve("elsewhere");
        Opening.within(elsewhere, LIMIT, () -> Files.newInputStream(file)).close();
        assertThat(Opening.stuck(elsewhere)).isZero();

        hanging.endAll();
        Opening.within(home, LIMIT, () -> Files.newInputStream(file)).close();
    }

    @Test
    void work_that_can_wait_goes_on_when_one_of_those_that_hang_ends() throws Exception {
        Hanging hanging = new Hanging();
        assertThatThrownBy(() -> Opening.patiently(home, SHORT, SHORT, () -> "opened"))
                .hasMessageContaining("8 openings there hang already");
        FutureTask<String> opened =
                new FutureTask<>(() -> Opening.patiently(home, LIMIT, LIMIT, () -> "opened"));
        Thread patient = new Thread(opened);
        patient.start();
        while (patient.getState() != Thread.State.TIMED_WAITING) {
            assertThat(opened.isDone()).isFalse();
            Thread.onSpinWait();
        }

        hanging.endOne();

        assertThat(opened.get()).isEqualTo("opened");
        hanging.endAll();
    }

    /** It takes a while, so that a time that is over gives it up. */
    private static String slowly() throws InterruptedException {
        Thread.sleep(SHORT.toMillis());
        return "opened";
    }

    @Test
    void work_that_can_wait_has_the_least_for_its_opening_and_what_is_left_where_that_is_more()
            throws IOException {
        assertThatThrownBy(
                        () ->
                                Opening.patiently(
                                        home, Duration.ZERO, Duration.ZERO, OpeningTest::slowly))
                .hasMessageContaining("did not open within");

        assertThat(Opening.patiently(home, Duration.ZERO, LIMIT, OpeningTest::slowly))
                .isEqualTo("opened");
        assertThat(Opening.patiently(home, LIMIT, Duration.ZERO, OpeningTest::slowly))
                .isEqualTo("opened");
    }

    @Test
    void what_hangs_is_told_without_another_look_at_the_place() throws Exception {
        Path pipe = pipe("shop.dump");
        CountDownLatch closed = new CountDownLatch(1);
        try {
            Opening.within(home, SHORT, () -> counted(pipe, closed));
            throw new AssertionError("It opened.");
        } catch (IOException e) {
            // /proc has no room at all: whoever looks at it says that it is full.
            assertThat(Trouble.ofPlace("scripts", Path.of("/proc")).with("list its files", e))
                    .hasMessageStartingWith(
                            "Place \"scripts\" could not list its files: " + home + ": it did not");
        }
        Files.newOutputStream(pipe).close();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** A pipe that somebody holds open and writes nothing to stands for a share that died. */
    @Test
    void a_read_that_hangs_is_given_up_and_its_file_is_closed_when_it_ends() throws Exception {
        Path pipe = pipe("shop.dump");
        CountDownLatch closed = new CountDownLatch(1);
        InputStream in;
        try (RandomAccessFile writer = new RandomAccessFile(pipe.toFile(), "rw")) {
            InputStream both = counted(pipe, closed);
            writer.write(new byte[] {7, 8});
            assertThat(new TimedReads(home, LIMIT, both).readNBytes(2)).containsExactly(7, 8);

            in = new TimedReads(home, SHORT, both);
            assertThatThrownBy(in::read)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("a read of it did not end within");
            assertThat(Opening.stuck(home)).isEqualTo(1);
            assertThatThrownBy(in::read).hasMessageContaining("still hangs");
            in.close();
            assertThat(closed.getCount()).as("closed by who would wait for the read").isOne();
        }
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Opening.stuck(home)).isZero();
    }

    @Test
    void a_file_whose_read_did_not_even_begin_is_closed_with_it() throws Exception {
        Hanging hanging = new Hanging();
        Path file = Files.writeString(home.resolve("a.dump"), "a");
        CountDownLatch closed = new CountDownLatch(1);

        try (InputStream in = new TimedReads(home, LIMIT, counted(file, closed))) {
            assertThatThrownBy(in::read).hasMessageContaining("reads among them");
        }

        assertThat(closed.getCount()).isZero();
        hanging.endAll();
    }
}

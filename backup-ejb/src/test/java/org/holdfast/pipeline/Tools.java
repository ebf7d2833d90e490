package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Debian's own tools as counter-parties, and the threads of the tests. */
final class Tools {
    static final ExecutorService THREADS =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "pipeline-test");
                        thread.setDaemon(true);
                        return thread;
                    });

    private Tools() {}

    record Ran(int exit, byte[] out, String err) {
        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    /** Runs a child that must be installed; input may be larger than a pipe. */
    static Ran run(byte[] input, String... command) {
        try {
            Path err = Files.createTempFile("tool", ".err");
            Process child =
                    new ProcessBuilder(List.of(command)).redirectError(err.toFile()).start();
            var feeding =
                    THREADS.submit(
                            () -> {
                                try (OutputStream in = child.getOutputStream()) {
                                    in.write(input);
                                } catch (IOException e) {
                                    // It may end without reading all; its exit code tells.
                                }
                            });
            var out = new ByteArrayOutputStream();
            child.getInputStream().transferTo(out);
            assertThat(child.waitFor(200, TimeUnit.SECONDS)).isTrue();
            feeding.get();
            String words = Files.readString(err);
            Files.delete(err);
            return new Ran(child.exitValue(), out.toByteArray(), words);
        } catch (IOException e) {
            throw new AssertionError(
                    command[0] + " is needed: apt-get install age zstd openssl coreutils", e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static byte[] runWell(byte[] input, String... command) {
        Ran ran = run(input, command);
        assertThat(ran.exit()).as(() -> String.join(" ", command) + ": " + ran.err()).isZero();
        return ran.out();
    }
}

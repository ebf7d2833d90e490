package org.holdfast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How a command ended, and what it printed. */
public record Ended(int code, String out, String err) {
    /**
     * Runs it, with nothing to read, to its end.
     *
     * @param dir where it runs, and where what it prints is kept
     * @param environment all that it knows
     * @param patience after which it is killed, with all it started
     */
    public static Ended of(
            Path dir, Map<String, String> environment, Duration patience, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(dir, "out", ".txt");
        Path err = Files.createTempFile(dir, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(dir.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process child = builder.start();
        try {
            child.getOutputStream().close();
            assertThat(child.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                    .as("it ends")
                    .isTrue();
        } finally {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
        return new Ended(child.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** What it printed as one. */
    public JsonObject json() {
        return Json.createReader(new StringReader(out)).readObject();
    }
}

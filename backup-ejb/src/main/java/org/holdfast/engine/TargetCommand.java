package org.holdfast.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/**
 * The command a target's settings ask for (migrations, a smoke test), run against the restored
 * database before the swap. No shell: a list of a program and its arguments. It finds the database
 * through libpq's variables (PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSFILE, …), has a plain PATH
 * and nothing else of this server's environment.
 */
public final class TargetCommand {
    /** Of the output this much is kept, from its end. */
    private static final int KEPT = 1 << 20;

    private TargetCommand() {}

    /**
     * How it ended.
     *
     * @param exitCode 0 is success
     * @param output what it printed on both outputs, redacted; the last MiB of it
     * @param timedOut whether it was ended because it took too long
     */
    public record Result(int exitCode, String output, boolean timedOut, Duration took) {
        public boolean succeeded() {
            return exitCode == 0 && !timedOut;
        }
    }

    /**
     * Runs the command to its end.
     *
     * @param command the program's absolute path and its arguments
     * @param database the restored one
     * @param limit after this it is killed
     * @throws Refused TARGET-COMMAND where the program is not there
     */
    public static Result run(
            List<String> command, PostgresUrl database, Duration limit, WorkDir dir, Cancel cancel)
            throws IOException {
        Path program = Path.of(command.get(0));
        if (!program.isAbsolute() || !Files.isExecutable(program)) {
            throw new Refused(
                    "TARGET-COMMAND",
                    "The target's command "
                            + program
                            + " is not an executable file with a full path.",
                    "Correct the command in the target's settings.");
        }
        PassFile pass = PassFile.write(dir, database);
        Map<String, String> environment = new TreeMap<>(ConnInfo.environment(database, pass));
        environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", dir.path().toString());
        Launch launch =
                new Launch(
                        program.getFileName().toString(),
                        program,
                        command.subList(1, command.size()),
                        environment,
                        false,
                        Launch.Output.STREAM_WITH_ERRORS,
                        null,
                        Redaction.of(database));
        long begun = System.nanoTime();
        try (ChildProcess child = ChildProcess.start(launch, dir, cancel, pass);
                ChildProcess.Deadline deadline = child.endAfter(limit)) {
            String output = tail(child.stream());
            int code = child.exitCode();
            cancel.check();
            return new Result(
                    code,
                    launch.redaction().apply(output),
                    deadline.passed(),
                    Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    private static String tail(InputStream stream) throws IOException {
        Deque<byte[]> parts = new ArrayDeque<>();
        long kept = 0;
        long cut = 0;
        byte[] buffer = new byte[16 << 10];
        int n;
        while ((n = stream.read(buffer)) >= 0) {
            parts.addLast(java.util.Arrays.copyOf(buffer, n));
            kept += n;
            while (kept - parts.peekFirst().length >= KEPT) {
                int gone = parts.removeFirst().length;
                kept -= gone;
                cut += gone;
            }
        }
        var all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return (cut == 0 ? "" : "(" + cut + " bytes before this were not kept)\n")
                + all.toString(StandardCharsets.UTF_8);
    }
}

package org.holdfast.engine;

import java.io.IOException;

/** A child process did not do its work. What it printed does not count. */
public class ChildFailed extends IOException {
    private final String program;
    private final int exitCode;
    private final String lastWords;

    ChildFailed(String program, int exitCode, String what, String lastWords) {
        super(program + " " + what + (lastWords.isBlank() ? "." : ": " + lastWords.strip()));
        this.program = program;
        this.exitCode = exitCode;
        this.lastWords = lastWords;
    }

    static ChildFailed exited(String program, int exitCode, String lastWords) {
        // 128 + signal is how a process ended by a signal is reported
        String what =
                exitCode > 128 && exitCode < 128 + 65
                        ? "was killed by signal " + (exitCode - 128)
                        : "ended with exit code " + exitCode;
        return new ChildFailed(program, exitCode, what, lastWords);
    }

    /** E.g. {@code pg_dump}. */
    public String program() {
        return program;
    }

    /** Never 0, unless the child stopped reading too early; -1 where it had to be ended. */
    public int exitCode() {
        return exitCode;
    }

    /** The last 20 lines of its error output, redacted; may be empty. */
    public String lastWords() {
        return lastWords;
    }

    /** Whether the connection to the server broke, so that trying again may help. */
    public boolean connectionLost() {
        return exitCode == -1
                || lastWords.contains("server closed the connection unexpectedly")
                || lastWords.contains("could not receive data from server")
                || lastWords.contains("could not send data to server")
                || lastWords.contains("SSL SYSCALL error")
                || lastWords.contains("SSL connection has been closed unexpectedly")
                || lastWords.contains("no connection to the server")
                || lastWords.contains("Connection timed out")
                || lastWords.contains("Connection reset by peer")
                || lastWords.contains("Connection refused")
                || lastWords.contains("terminating connection due to")
                || lastWords.contains("the database system is ");
    }
}

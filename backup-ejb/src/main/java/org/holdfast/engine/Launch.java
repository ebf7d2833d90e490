package org.holdfast.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a child is started.
 *
 * @param name for messages
 * @param program absolute
 * @param arguments without any secret: they can be read by every user of the machine
 * @param environment all of it; nothing is inherited
 * @param reads whether it reads what is fed to it
 * @param output where its standard output goes
 * @param silence how long its output may stand still while somebody waits for it, null: for ever
 * @param redaction for its error output
 */
record Launch(
        String name,
        Path program,
        List<String> arguments,
        Map<String, String> environment,
        boolean reads,
        Output output,
        Duration silence,
        Redaction redaction) {
    enum Output {
        /** Read through {@link ChildProcess#stream()}. */
        STREAM,
        /** Together with the error output, read through {@link ChildProcess#stream()}. */
        STREAM_WITH_ERRORS,
        DISCARD
    }
}

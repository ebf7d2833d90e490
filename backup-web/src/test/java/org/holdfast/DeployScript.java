package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** {@code deploy/holdfast}, as far as tests read it. */
final class DeployScript {
    private DeployScript() {}

    /** All that it can be asked for. */
    static List<String> commands() throws IOException {
        String script = Files.readString(Path.of("..", "deploy", "holdfast"));
        List<MatchResult> lists =
                Pattern.compile("(?m)^COMMANDS='(.*)'$").matcher(script).results().toList();
        assertThat(lists).as("its lists of commands").hasSize(1);
        return List.of(lists.get(0).group(1).split(" "));
    }
}

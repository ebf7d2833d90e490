package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The unit asks deploy/holdfast for what that has, and looks where that writes. */
class SystemdUnitTest {
    private static final Path DEPLOY = Path.of("..", "deploy");
    private static final String COMMAND = "^/opt/holdfast/deploy/holdfast (\\S+)$";

    private Map<String, String> unit;

    @BeforeEach
    void read_the_unit() throws IOException {
        unit =
                Pattern.compile("(?m)^([A-Z]\\w*)=(.*)$")
                        .matcher(Files.readString(DEPLOY.resolve("systemd/holdfast.service")))
                        .results()
                        .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
    }

    private static MatchResult found(String text, String pattern) {
        List<MatchResult> results = Pattern.compile(pattern).matcher(text).results().toList();
        assertThat(results).as("%s in %s", pattern, text).hasSize(1);
        return results.get(0);
    }

    @Test
    void it_starts_and_stops_by_commands_that_there_are() throws IOException {
        assertThat(found(unit.get("ExecStart"), COMMAND).group(1)).isEqualTo("up");
        assertThat(found(unit.get("ExecStop"), COMMAND).group(1)).isEqualTo("down");
        assertThat(DeployScript.commands()).contains("up", "down");
    }

    @Test
    void the_process_that_it_watches_is_the_servers() throws IOException {
        assertThat(unit).containsEntry("Type", "forking");
        String data = found(unit.get("Environment"), "^HOLDFAST_DATA_DIR=(.*)$").group(1);
        assertThat(unit).containsEntry("PIDFile", data + "/run/server.pid");
        // systemd takes the first line of it for the id and nothing else.
        assertThat(Files.readString(DEPLOY.resolve("lib/process.sh")))
                .contains("printf '%s\\n%s\\n' \"$pid\" \"$(start_time \"$pid\")\"")
                .contains("\"$DATA_DIR/run/$name.pid\"");
        assertThat(Files.readString(DEPLOY.resolve("lib/server.sh")))
                .contains("start_process server ");
    }
}

package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What somebody reads first: nothing in it leads nowhere. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");

    private static List<String> found(Path file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void every_link_leads_to_a_file() throws IOException {
        List<String> links = found(ROOT.resolve("README.md"), "\\]\\(([^)#]+)[^)]*\\)");
        assertThat(links).hasSizeGreaterThan(5);
        assertThat(links).allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    @Test
    void every_command_is_one_that_there_is() throws IOException {
        List<String> asked = found(ROOT.resolve("README.md"), "deploy/holdfast ([a-z-]+)");
        assertThat(asked).contains("demo", "up", "down");
        assertThat(DeployScript.commands()).containsAll(asked);
    }
}

package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.restore.RestoreMode;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final Path VIEWS = Path.of("src/main/webapp");
    private static final Path WORDS =
            Path.of("src/main/resources/org/holdfast/web/page/messages.properties");

    private static Set<String> said() throws IOException {
        Properties words = new Properties();
        try (Reader reader = Files.newBufferedReader(WORDS)) {
            words.load(reader);
        }
        return new TreeSet<>(words.stringPropertyNames());
    }

    private static Set<String> asked(String pattern) throws IOException {
        try (Stream<Path> files = Files.walk(VIEWS)) {
            List<Path> views = files.filter(f -> f.toString().endsWith(".xhtml")).toList();
            Set<String> found = new TreeSet<>();
            for (Path view : views) {
                found.addAll(
                        Pattern.compile(pattern)
                                .matcher(Files.readString(view))
                                .results()
                                .map((MatchResult r) -> r.group(1))
                                .collect(Collectors.toSet()));
            }
            return found;
        }
    }

    @Test
    void every_word_a_view_asks_for_is_there() throws IOException {
        assertThat(said()).containsAll(asked("say\\.([A-Za-z0-9_]+)"));
        for (RestoreMode mode : RestoreMode.values()) {
            assertThat(said()).contains("mode_" + mode, "short_" + mode);
        }
        for (RecipientKey.Purpose purpose : RecipientKey.Purpose.values()) {
            assertThat(said()).contains("key_for_" + purpose);
        }
        for (RecipientKey.State state : RecipientKey.State.values()) {
            assertThat(said()).contains("key_state_" + state);
        }
        for (KeyList.Act act : KeyList.Act.values()) {
            assertThat(said()).contains("key_act_" + act);
        }
    }

    @Test
    void no_word_is_kept_that_nobody_says() throws IOException {
        Set<String> unused = said();
        unused.removeAll(asked("say\\.([A-Za-z0-9_]+)"));
        unused.removeIf(key -> key.startsWith("mode_") || key.startsWith("short_"));
        unused.removeIf(key -> key.matches("key_(act|for|state)_[A-Z]+"));
        unused.removeAll(Set.of("backups", "restores", "databases", "stores", "keys", "audit"));
        assertThat(unused).isEmpty();
    }

    @Test
    void no_view_carries_a_script_or_a_style_of_its_own() throws IOException {
        assertThat(asked("(<script|<style|\\sstyle=|\\son[a-z]+=|javascript:)")).isEmpty();
    }
}

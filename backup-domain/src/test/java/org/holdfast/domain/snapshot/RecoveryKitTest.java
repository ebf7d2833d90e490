package org.holdfast.domain.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no server; {@code RecoveryKitIT} recovers real databases with it. */
class RecoveryKitTest {
    private static final String PEM =
            "-----BEGIN PUBLIC KEY-----\n"
                    + "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                    + "-----END PUBLIC KEY-----\n";

    @TempDir Path scratch;

    private static RecoveryFacts facts(String database, DumpFormat format, String object) {
        return new RecoveryFacts(
                UUID.fromString("0199e0a1-0000-7000-8000-000000000001"),
                database,
                Instant.parse("2026-11-21T02:00:00Z"),
                15,
                "UTF8",
                "C.UTF-8",
                "C.UTF-8",
                Optional.empty(),
                Map.of("pg_trgm", "1.6", "citext", "1.6"),
                format,
                List.of(new Manifest.StoredObject(object, 1_234_567, Sha256.of("dump"))),
                List.of("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kdtc7tczqzqnqqn"),
                Map.of(),
                PEM,
                Sha256.of("key"));
    }

    private static RecoveryKit kit(String database, DumpFormat format) {
        return new RecoveryKit(facts(database, format, format.objectName()));
    }

    @ParameterizedTest
    @EnumSource
    void the_script_is_clean_bash(DumpFormat format) throws Exception {
        Path script =
                Files.writeString(scratch.resolve("recover.sh"), kit("shop", format).script());
        assertThat(run("bash", "-n", script.toString())).isEmpty();
        // A linter that not every machine has; where it is, it must be content.
        if (run("bash", "-c", "command -v shellcheck || true").isBlank()) {
            return;
        }
        assertThat(run("shellcheck", "-s", "bash", script.toString())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop",
                "it's \"quoted\" $(touch owned) `touch owned`",
                "two\nlines; touch owned",
                "back\\slash",
                "größe 漢字",
                "';touch owned;'"
            })
    void a_database_may_have_any_name(String name) throws Exception {
        Path script =
                Files.writeString(
                        scratch.resolve("recover.sh"), kit(name, DumpFormat.CUSTOM).script());
        // The facts alone are run, and print what the script then knows as the name.
        String facts = Files.readString(script).split("# -{80,}\n")[0];
        Path only =
                Files.writeString(scratch.resolve("facts.sh"), facts + "printf %s \"$DATABASE\"");
        assertThat(run("bash", only.toString())).isEqualTo(name);
        assertThat(scratch.resolve("owned")).doesNotExist();
        String page = kit(name, DumpFormat.CUSTOM).instructions();
        assertThat(page.lines().findFirst().orElseThrow())
                .startsWith("# Recover \"")
                .endsWith("\" as of 2026-11-21T02:00:00Z")
                .doesNotContain("`");
    }

    @Test
    void the_page_holds_what_a_hand_needs() {
        assertThat(kit("shop", DumpFormat.CUSTOM).instructions())
                .contains(Sha256.of("dump") + "  database.dump.zst.age\n")
                .contains("| `database.dump.zst.age` | 1,234,567 |")
                .contains("citext 1.6, pg_trgm 1.6")
                .contains(PEM)
                .contains("createdb --template=template0 --encoding='UTF8'")
                .doesNotContain("globals")
                .doesNotContainPattern("@[A-Z]+@");
        assertThat(kit("shop", DumpFormat.PLAIN_GZ).instructions())
                .contains("gzip -dc > database.sql")
                .doesNotContain("pg_restore -f")
                .doesNotContainPattern("@[A-Z]+@");
    }

    @Test
    void facts_that_could_break_out_of_the_script_are_refused() {
        assertThatThrownBy(() -> facts("shop", DumpFormat.CUSTOM, "a b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"a b\" is not an object's name.");
        assertThatThrownBy(() -> facts("shop", DumpFormat.CUSTOM, "other.dump"))
                .hasMessage("There is no database.dump.zst.age among the objects.");
    }

    @Test
    void the_usage_is_shown_and_wrong_use_is_exit_code_2() throws Exception {
        Path script =
                Files.writeString(
                        scratch.resolve("recover.sh"), kit("shop", DumpFormat.CUSTOM).script());
        assertThat(run("bash", script.toString(), "--help")).startsWith("usage: recover.sh ");
        assertThat(exit("bash", script.toString())).isEqualTo(2);
        assertThat(exit("bash", script.toString(), "--list")).isEqualTo(2);
        assertThat(exit("bash", script.toString(), "--verify", "--into", "x")).isEqualTo(2);
        assertThat(exit("bash", script.toString(), "--verify", "--create")).isEqualTo(2);
        assertThat(exit("bash", script.toString(), "--nonsense")).isEqualTo(2);
        assertThat(exit("bash", script.toString(), "--verify")).as("no manifest").isEqualTo(5);
    }

    private String run(String... command) throws Exception {
        Process child =
                new ProcessBuilder(command)
                        .directory(scratch.toFile())
                        .redirectErrorStream(true)
                        .start();
        child.getOutputStream().close();
        String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        child.waitFor();
        return out;
    }

    private int exit(String... command) throws Exception {
        Process child =
                new ProcessBuilder(command)
                        .directory(scratch.toFile())
                        .redirectErrorStream(true)
                        .start();
        child.getOutputStream().close();
        child.getInputStream().readAllBytes();
        return child.waitFor();
    }
}

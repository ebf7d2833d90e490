package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Severity;
import org.junit.jupiter.api.Test;

/** The rules and the dashboard under deploy/ speak of figures that there are. */
class DashboardsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path RULES = ROOT.resolve("deploy/prometheus/holdfast.rules.yml");
    private static final Path DASHBOARD = ROOT.resolve("deploy/grafana/holdfast.json");

    private static Set<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> registered() throws IOException {
        try (Stream<Path> files =
                Files.walk(ROOT.resolve("backup-ejb/src/main/java/org/holdfast/metrics"))) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .map(DashboardsTest::read)
                    .flatMap(text -> found(text, "\"(holdfast_[a-z_]+)\"").stream())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void every_figure_of_the_rules_is_one_that_is_registered() throws IOException {
        Set<String> named = found(read(RULES), "\\b(holdfast_[a-z_]+)");
        assertThat(named).hasSizeGreaterThan(5);
        assertThat(registered()).containsAll(named);
    }

    @Test
    void the_dashboard_shows_no_figure_that_there_is_not() throws IOException {
        JsonObject dashboard;
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(DASHBOARD))) {
            dashboard = reader.readObject();
        }
        String expressions =
                dashboard.getJsonArray("panels").getValuesAs(JsonObject.class).stream()
                        .flatMap(
                                p ->
                                        p
                                                .getJsonArray("targets")
                                                .getValuesAs(JsonObject.class)
                                                .stream())
                        .map(t -> t.getString("expr"))
                        .collect(Collectors.joining("\n"));
        Set<String> shown = found(expressions, "\\b(holdfast_[a-z_]+)");
        assertThat(shown).hasSizeGreaterThan(10);
        assertThat(registered()).containsAll(shown);
    }

    @Test
    void severities_are_those_that_there_are() {
        List<String> known = Stream.of(Severity.values()).map(Severity::word).toList();
        assertThat(known)
                .containsAll(found(read(RULES) + read(DASHBOARD), "severity=\\\\?\"([a-z]+)"));
    }

    @Test
    void every_kind_of_alert_has_its_section_in_the_runbook() {
        assertThat(found(read(ROOT.resolve("runbooks/alerts.md")), "(?m)^## ([a-z-]+)$"))
                .containsExactlyInAnyOrderElementsOf(AlertKind.words());
    }
}

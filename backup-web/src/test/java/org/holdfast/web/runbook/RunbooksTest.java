package org.holdfast.web.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.holdfast.CodesTest;
import org.holdfast.web.rest.Operations;
import org.junit.jupiter.api.Test;

/** The pages that are really there. */
class RunbooksTest {
    private static final Path PLACE = Path.of("..", "runbooks");
    private static final Pattern INSIDE =
            Pattern.compile("href=\"index\\.xhtml\\?page=([^\"#]+)#([^\"]+)\"");

    /** A command to its end, over the lines that end with a backslash. */
    private static final Pattern CURL = Pattern.compile("(?m)^curl (?:.*\\\\\n)*.*$");

    private static final Pattern ASKED =
            Pattern.compile(" \"\\$URL(/admin/[^\"?]+)(?:\\?[^\"]*)?\"(?: -o \\S+)?$");
    private static final Pattern NAMED =
            Pattern.compile("`(GET|POST|PUT|DELETE) (/admin/[^`?\\[ ]+)[^`]*`");

    private static Map<String, Runbook> pages() throws IOException {
        return Runbooks.render(texts());
    }

    private static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(PLACE)) {
            files.filter(f -> f.toString().endsWith(".md"))
                    .forEach(
                            f -> {
                                String name = PLACE.relativize(f).toString();
                                texts.put(name.substring(0, name.length() - 3), read(f));
                            });
        }
        return texts;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void no_link_and_no_picture_leads_nowhere() throws IOException {
        Map<String, Runbook> pages = pages();
        assertThat(pages).containsKeys("README", "codes", "restore", "settings");
        pages.forEach(
                (name, page) -> {
                    assertThat(page.dead()).as(name).isEmpty();
                    Matcher inside = INSIDE.matcher(page.html());
                    while (inside.find()) {
                        assertThat(pages.get(inside.group(1)).ids())
                                .as("%s links to %s", name, inside.group())
                                .contains(inside.group(2));
                    }
                    Matcher picture = Pattern.compile("src=\"([^\"]+)\"").matcher(page.html());
                    while (picture.find()) {
                        assertThat(PLACE.resolve(picture.group(1))).exists();
                    }
                });
    }

    @Test
    void every_page_has_a_title_of_its_own_and_no_anchor_twice() throws IOException {
        Map<String, Runbook> pages = pages();
        assertThat(pages.values().stream().map(Runbook::title)).doesNotHaveDuplicates();
        pages.forEach(
                (name, page) -> {
                    assertThat(page.title()).as(name).isNotEqualTo(name);
                    assertThat(page.ids()).as(name).doesNotHaveDuplicates();
                });
    }

    @Test
    void every_code_that_is_shown_links_to_its_line() throws IOException {
        assertThat(pages().get(Runbook.CODES).ids()).containsAll(CodesTest.codes());
        assertThat(Runbook.ofCode("ROLE"))
                .isEqualTo("/console/runbooks/index.xhtml?page=codes#ROLE");
    }

    @Test
    void every_curl_command_knows_the_certificate_and_asks_what_there_is() throws IOException {
        List<String> commands =
                texts().values().stream()
                        .flatMap(text -> CURL.matcher(text).results())
                        .map(MatchResult::group)
                        .toList();
        assertThat(commands).hasSizeGreaterThan(10);
        for (String command : commands) {
            assertThat(command)
                    .startsWith(
                            "curl --cacert certificate.pem -H \"Authorization: Bearer $TOKEN\"");
            Matcher asked = ASKED.matcher(command);
            assertThat(asked.find()).as("it ends with \"$URL/admin/…\": %s", command).isTrue();
            Matcher named = Pattern.compile(" -X (\\w+) ").matcher(command);
            String verb = named.find() ? named.group(1) : command.contains(" -d ") ? "POST" : "GET";
            assertThat(Operations.has(verb + " " + asked.group(1))).as(command).isTrue();
            assertThat(command.contains(" -d "))
                    .as("what has a body says that it is JSON: %s", command)
                    .isEqualTo(command.contains(" -H 'Content-Type: application/json' "));
        }
        assertThat(pages().get("set-up").ids()).contains("by-curl");
    }

    @Test
    void every_operation_that_is_named_is_there() throws IOException {
        Map<String, List<String>> wrong = new TreeMap<>();
        texts().forEach(
                        (name, text) ->
                                wrong.put(
                                        name,
                                        NAMED.matcher(text)
                                                .results()
                                                .map(found -> found.group(1) + " " + found.group(2))
                                                .filter(operation -> !Operations.has(operation))
                                                .toList()));
        wrong.values().removeIf(List::isEmpty);
        assertThat(wrong).isEmpty();
    }
}

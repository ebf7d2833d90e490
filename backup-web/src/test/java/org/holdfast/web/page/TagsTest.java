package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * An attribute that a page does not give to a tag is no variable in it: its name means whatever
 * else has it there, a bean or a variable of the page. So no attribute has the name of a bean, and
 * where one is left out the page has no variable of its name.
 */
class TagsTest {
    private static final Path VIEWS = Path.of("src/main/webapp");
    private static final Path BEANS = Path.of("src/main/java/org/holdfast/web/page");
    private static final Pattern NAMED = Pattern.compile("(?m)^@Named(?:\\(\"(\\w+)\"\\))?$");

    /** A tag's use in a view, with the attributes that are given to it. */
    private record Use(Path view, String tag, Set<String> given, Set<String> variables) {}

    @Test
    void no_attribute_has_the_name_of_a_bean() throws Exception {
        assertThat(attributes().values().stream().flatMap(Set::stream))
                .isNotEmpty()
                .doesNotContainAnyElementsOf(beans());
    }

    @Test
    void what_is_left_out_is_no_variable_of_the_page() throws Exception {
        Map<String, Set<String>> attributes = attributes();
        List<String> wrong = new ArrayList<>();
        for (Use use : uses()) {
            Set<String> missing = new TreeSet<>(attributes.get(use.tag()));
            missing.removeAll(use.given());
            Set<String> variables = new TreeSet<>(use.variables());
            variables.addAll(attributes.getOrDefault(ofFile(use.view()), Set.of()));
            missing.retainAll(variables);
            missing.forEach(name -> wrong.add(use.view() + ": " + use.tag() + " takes " + name));
        }
        assertThat(wrong).isEmpty();
    }

    /** The tag that a file makes; of a page, none. */
    private static String ofFile(Path view) {
        return "hf:" + view.getFileName().toString().replace(".xhtml", "");
    }

    /** By tag, all that any view gives to it. */
    private static Map<String, Set<String>> attributes() throws Exception {
        Map<String, Set<String>> attributes = new TreeMap<>();
        for (Use use : uses()) {
            attributes.computeIfAbsent(use.tag(), tag -> new TreeSet<>()).addAll(use.given());
        }
        return attributes;
    }

    private static List<Use> uses() throws Exception {
        List<Use> uses = new ArrayList<>();
        try (Stream<Path> files = Files.walk(VIEWS)) {
            for (Path view : files.filter(f -> f.toString().endsWith(".xhtml")).toList()) {
                Document document =
                        DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(new InputSource(Files.newInputStream(view)));
                List<Element> all = elements(document.getElementsByTagName("*"));
                Set<String> variables = new HashSet<>();
                all.forEach(e -> variables.add(e.getAttribute("var")));
                all.stream()
                        .filter(e -> e.getTagName().equals("ui:param"))
                        .forEach(e -> variables.add(e.getAttribute("name")));
                all.stream()
                        .filter(e -> e.getTagName().startsWith("hf:"))
                        .forEach(e -> uses.add(new Use(view, e.getTagName(), given(e), variables)));
            }
        }
        return uses;
    }

    private static List<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static Set<String> given(Element use) {
        return IntStream.range(0, use.getAttributes().getLength())
                .mapToObj(i -> use.getAttributes().item(i).getNodeName())
                .collect(Collectors.toSet());
    }

    private static Set<String> beans() throws IOException {
        Set<String> beans = new TreeSet<>();
        try (Stream<Path> files = Files.list(BEANS)) {
            for (Path file : files.toList()) {
                Matcher named = NAMED.matcher(Files.readString(file));
                if (named.find()) {
                    String own = file.getFileName().toString();
                    beans.add(
                            named.group(1) == null
                                    ? own.substring(0, 1).toLowerCase(Locale.ROOT)
                                            + own.substring(1).replace(".java", "")
                                    : named.group(1));
                }
            }
        }
        assertThat(beans).contains("keys", "databases", "zone");
        return beans;
    }
}

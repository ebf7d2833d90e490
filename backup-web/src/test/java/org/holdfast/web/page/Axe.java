package org.holdfast.web.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Looks for barriers with Deque's axe-core: every rule for WCAG 2.0, 2.1 and 2.2, levels A and AA.
 * What is folded is unfolded before, as what cannot be seen is not looked at.
 */
final class Axe {
    private static final String SOURCE = read("/axe.min.js");
    private static final String UNFOLD =
            "for (const fold of document.querySelectorAll('details:not(.menu)')) { fold.open = true; }"
                    + " window.scrollTo(0, 0);";
    private static final String RUN =
            """
            const done = arguments[arguments.length - 1];
            axe.run(document.querySelector(arguments[0]), Object.assign({resultTypes: ['violations']}, arguments[1])).then(
              found => done(found.violations.flatMap(v => v.nodes.map(n =>
                v.id + ': ' + n.target.join(' ') + ' ' + n.html.slice(0, 160) + ' ' + (n.failureSummary || '').replace(/\\s+/g, ' ')))),
              error => done(['axe itself: ' + error]));
            """;

    private static final Map<String, Object> TAGS =
            Map.of(
                    "type",
                    "tag",
                    "values",
                    List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"));
    private static final Map<String, Object> ALL = Map.of("runOnly", TAGS);
    private static final Map<String, Object> SHAPES =
            Map.of("runOnly", TAGS, "rules", Map.of("color-contrast", Map.of("enabled", false)));

    /** The rules that a theme's colours can break: themes differ in nothing else. */
    private static final Map<String, Object> COLOURS =
            Map.of(
                    "runOnly",
                    Map.of(
                            "type",
                            "rule",
                            "values",
                            List.of("color-contrast", "link-in-text-block")));

    private Axe() {}

    /** One sentence for each barrier within an element, in the theme it is shown in. */
    static List<String> findings(Browser browser, String within) {
        return findings(browser, within, ALL);
    }

    /** The same but for contrast: most of the time goes into that. */
    static List<String> findingsOfShape(Browser browser, String within) {
        return findings(browser, within, SHAPES);
    }

    @SuppressWarnings("unchecked")
    private static List<String> findings(
            Browser browser, String within, Map<String, Object> rules) {
        browser.script(UNFOLD);
        if (Boolean.TRUE.equals(browser.script("return typeof window.axe === 'undefined'"))) {
            browser.script(SOURCE);
        }
        return (List<String>) browser.driver().executeAsyncScript(RUN, within, rules);
    }

    /** On the whole page, in both themes, light first. */
    static List<String> findingsInBothThemes(Browser browser) {
        return findingsInBothThemes(browser, "html");
    }

    static List<String> findingsInBothThemes(Browser browser, String within) {
        return Stream.of("light", "dark")
                .flatMap(
                        theme -> {
                            browser.script(
                                    "document.documentElement.dataset.theme = '" + theme + "'");
                            return findings(browser, within, theme.equals("light") ? ALL : COLOURS)
                                    .stream()
                                    .map(finding -> theme + ": " + finding);
                        })
                .toList();
    }

    private static String read(String resource) {
        try (InputStream in = Axe.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

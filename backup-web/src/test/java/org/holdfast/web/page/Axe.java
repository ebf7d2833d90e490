package org.holdfast.web.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

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
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
            axe.run(document.querySelector(arguments[0]), {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(
              found => done(found.violations.flatMap(v => v.nodes.map(n =>
                v.id + ': ' + n.target.join(' ') + ' ' + n.html.slice(0, 160) + ' ' + (n.failureSummary || '').replace(/\\s+/g, ' ')))),
              error => done(['axe itself: ' + error]));
            """;

    private Axe() {}

    /** One sentence for each barrier within an element, in the theme it is shown in. */
    @SuppressWarnings("unchecked")
    static List<String> findings(Browser browser, String within) {
        browser.script(UNFOLD);
        if (Boolean.TRUE.equals(browser.script("return typeof window.axe === 'undefined'"))) {
            browser.script(SOURCE);
        }
        return (List<String>) browser.driver().executeAsyncScript(RUN, within);
    }

    /** On the whole page, in both themes, light first. */
    static List<String> findingsInBothThemes(Browser browser) {
        return findingsInBothThemes(browser, "html");
    }

    static List<String> findingsInBothThemes(Browser browser, String within) {
        return List.of("light", "dark").stream()
                .flatMap(
                        theme -> {
                            browser.script(
                                    "document.documentElement.dataset.theme = '" + theme + "'");
                            return findings(browser, within).stream().map(f -> theme + ": " + f);
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

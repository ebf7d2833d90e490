package org.holdfast.security;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A browser in short words from its {@code User-Agent}: what a person recognizes, and nothing that
 * a page would have to escape. Anybody can send anything there: it proves nothing.
 */
final class BrowserWords {
    /** The first that is found counts: most browsers also name the ones they descend from. */
    private static final Map<String, String> BROWSERS =
            inOrder(
                    "Edg", "Edge",
                    "OPR/", "Opera",
                    "SamsungBrowser/", "Samsung Internet",
                    "Firefox/", "Firefox",
                    "FxiOS/", "Firefox",
                    "CriOS/", "Chrome",
                    "HeadlessChrome/", "Chrome",
                    "Chrome/", "Chrome",
                    "Safari/", "Safari",
                    "curl/", "curl",
                    "Java-http-client/", "Java");

    private static final Map<String, String> SYSTEMS =
            inOrder(
                    "iPhone", "iPhone",
                    "iPad", "iPad",
                    "Android", "Android",
                    "Windows", "Windows",
                    "Mac OS X", "macOS",
                    "CrOS", "ChromeOS",
                    "Linux", "Linux",
                    "FreeBSD", "FreeBSD",
                    "OpenBSD", "OpenBSD");

    private BrowserWords() {}

    private static Map<String, String> inOrder(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /** E.g. {@code Firefox on Linux}; never empty. */
    static String of(String userAgent) {
        String text = userAgent == null ? "" : userAgent;
        String browser = first(BROWSERS, text);
        String system = first(SYSTEMS, text);
        if (browser.isEmpty()) {
            return system.isEmpty() ? "unknown browser" : "unknown browser on " + system;
        }
        return system.isEmpty() ? browser : browser + " on " + system;
    }

    private static String first(Map<String, String> words, String text) {
        return words.entrySet().stream()
                .filter(word -> text.contains(word.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }
}

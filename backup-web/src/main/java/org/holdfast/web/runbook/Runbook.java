package org.holdfast.web.runbook;

import java.util.List;

/**
 * One page, rendered.
 *
 * @param name its path below {@code runbooks/} without {@code .md}, e.g. {@code decisions/0001-…}
 * @param title its first heading, which the HTML does not repeat
 * @param html safe to be written as it is
 * @param ids the anchors in it, in order
 * @param dead destinations of links that lead nowhere; their text is kept
 */
public record Runbook(String name, String title, String html, List<String> ids, List<String> dead) {
    /** The page that lists the others. */
    public static final String CONTENTS = "README";

    /** The page that explains every code. */
    public static final String CODES = "codes";

    /** Where the console shows pages. */
    public static final String PLACE = "/console/runbooks/index.xhtml";

    /** Whether it tells why something is as it is, and not what to do. */
    public boolean decision() {
        return name.startsWith("decisions/");
    }

    /** Below the context root. */
    public static String address(String name) {
        return PLACE + "?page=" + name;
    }

    /** Where a code is explained, below the context root. */
    public static String ofCode(String code) {
        return address(CODES) + "#" + code;
    }
}

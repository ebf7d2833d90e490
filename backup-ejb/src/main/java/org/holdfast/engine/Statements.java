package org.holdfast.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of SQL as the statements in it, each with what a comment before it expects:
 *
 * <pre>{@code
 * -- Every order has a customer
 * -- expect: 0
 * SELECT count(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL;
 * }</pre>
 *
 * <p>Knows quoted names and constants, dollar quoting and both kinds of comments (PostgreSQL
 * manual, 4.1). Commands of psql are no SQL and are told apart.
 */
final class Statements {
    private static final Pattern EXPECT =
            Pattern.compile("(?im)^\\s*--\\s*expect\\s*:\\s*(.*?)\\s*$");
    private static final Pattern TITLE = Pattern.compile("(?m)^\\s*--\\s*(.+?)\\s*$");
    private static final Pattern DOLLAR =
            Pattern.compile("\\$(?:[A-Za-z_\\x80-\\uffff][\\w\\x80-\\uffff]*)?\\$");

    private Statements() {}

    /**
     * @param title the first comment before it that expects nothing; empty where there is none
     * @param expected what is expected, in the words of the comment; empty where nothing is
     * @param sql without the comments before it
     */
    record One(String title, String expected, String sql) {}

    static List<One> of(String text) {
        List<One> found = new ArrayList<>();
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ';') {
                add(found, text.substring(start, at));
                at++;
                start = at;
            } else {
                at = after(text, at, c);
            }
        }
        add(found, text.substring(start));
        return found;
    }

    /** Where what begins at {@code at} ends. */
    private static int after(String text, int at, char c) {
        if (text.startsWith("--", at)) {
            return end(text, "\n", at);
        }
        if (text.startsWith("/*", at)) {
            return blockComment(text, at);
        }
        if (c == '\'') {
            boolean escapes =
                    at > 0 && "eE".indexOf(text.charAt(at - 1)) >= 0 && !inWord(text, at - 1);
            return quoted(text, at, '\'', escapes);
        }
        if (c == '"') {
            return quoted(text, at, '"', false);
        }
        if (c == '$' && !inWord(text, at)) {
            Matcher dollar = DOLLAR.matcher(text).region(at, text.length());
            if (dollar.lookingAt()) {
                return end(text, dollar.group(), dollar.end());
            }
        }
        return at + 1;
    }

    /** Whether what stands at {@code at} goes on a word that began before it. */
    private static boolean inWord(String text, int at) {
        return at > 0 && Character.isJavaIdentifierPart(text.charAt(at - 1));
    }

    private static int end(String text, String mark, int from) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found + mark.length();
    }

    private static int blockComment(String text, int at) {
        int depth = 0;
        int i = at;
        while (i < text.length()) {
            if (text.startsWith("/*", i)) {
                depth++;
                i += 2;
            } else if (text.startsWith("*/", i)) {
                depth--;
                i += 2;
                if (depth == 0) {
                    return i;
                }
            } else {
                i++;
            }
        }
        return i;
    }

    private static int quoted(String text, int at, char quote, boolean escapes) {
        int i = at + 1;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (escapes && c == '\\') {
                i += 2;
            } else if (c == quote) {
                return i + 1;
            } else {
                i++;
            }
        }
        return text.length();
    }

    private static void add(List<One> found, String text) {
        int sql = 0;
        while (sql < text.length()) {
            char c = text.charAt(sql);
            if (Character.isWhitespace(c)) {
                sql++;
            } else if (text.startsWith("--", sql) || text.startsWith("/*", sql)) {
                sql = after(text, sql, c);
            } else {
                break;
            }
        }
        if (sql >= text.length()) {
            return;
        }
        String comments = text.substring(0, sql);
        Matcher expect = EXPECT.matcher(comments);
        String expected = expect.find() ? expect.group(1) : "";
        Matcher lines = TITLE.matcher(EXPECT.matcher(comments).replaceAll(""));
        found.add(
                new One(lines.find() ? lines.group(1) : "", expected, text.substring(sql).strip()));
    }
}

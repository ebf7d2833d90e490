package org.holdfast.verify;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON (RFC 8259) as Map, List, String, BigDecimal, Boolean and null. Stricter than most readers: a
 * name stands once in an object, nothing stands behind the value, surrogates come in pairs.
 */
final class Json {
    private static final int DEEPEST = 64;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    static Object read(String text) throws Unproved {
        Json json = new Json(text);
        json.blanks();
        Object value = json.value();
        json.blanks();
        if (json.at < text.length()) {
            throw json.wrong("something stands behind the end");
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String text, String what) throws Unproved {
        if (read(text) instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new Unproved(what + " is no JSON object.");
    }

    static String text(Map<String, Object> object, String name) throws Unproved {
        if (object.get(name) instanceof String text) {
            return text;
        }
        throw new Unproved("The text \"" + name + "\" is missing.");
    }

    static long number(Map<String, Object> object, String name) throws Unproved {
        if (object.get(name) instanceof BigDecimal number) {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                throw new Unproved("\"" + name + "\" is no whole number.");
            }
        }
        throw new Unproved("The number \"" + name + "\" is missing.");
    }

    static boolean yes(Map<String, Object> object, String name) throws Unproved {
        if (object.get(name) instanceof Boolean yes) {
            return yes;
        }
        throw new Unproved("\"" + name + "\" is neither true nor false.");
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> child(Map<String, Object> object, String name) throws Unproved {
        if (object.get(name) instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new Unproved("The object \"" + name + "\" is missing.");
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(Map<String, Object> object, String name)
            throws Unproved {
        if (object.get(name) instanceof List<?> list
                && list.stream().allMatch(item -> item instanceof Map<?, ?>)) {
            return (List<Map<String, Object>>) (List<?>) list;
        }
        throw new Unproved("The list \"" + name + "\" is missing.");
    }

    private Object value() throws Unproved {
        if (at >= text.length()) {
            throw wrong("it ends too early");
        }
        char c = text.charAt(at);
        if (c == '{' || c == '[') {
            if (++depth > DEEPEST) {
                throw wrong("it is nested too deep");
            }
            Object value = c == '{' ? members() : items();
            depth--;
            return value;
        }
        if (c == '"') {
            return string();
        }
        if (c == '-' || c >= '0' && c <= '9') {
            return number();
        }
        if (word("true")) {
            return Boolean.TRUE;
        }
        if (word("false")) {
            return Boolean.FALSE;
        }
        if (word("null")) {
            return null;
        }
        throw wrong("no value stands here");
    }

    private boolean word(String word) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return true;
        }
        return false;
    }

    private Map<String, Object> members() throws Unproved {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        blanks();
        if (take('}')) {
            return members;
        }
        do {
            blanks();
            if (at >= text.length() || text.charAt(at) != '"') {
                throw wrong("a name has to stand here");
            }
            String name = string();
            if (members.containsKey(name)) {
                throw wrong("\"" + name + "\" stands twice");
            }
            blanks();
            require(':');
            blanks();
            members.put(name, value());
            blanks();
        } while (take(','));
        require('}');
        return Collections.unmodifiableMap(members);
    }

    private List<Object> items() throws Unproved {
        List<Object> items = new ArrayList<>();
        at++;
        blanks();
        if (take(']')) {
            return items;
        }
        do {
            blanks();
            items.add(value());
            blanks();
        } while (take(','));
        require(']');
        return Collections.unmodifiableList(items);
    }

    private String string() throws Unproved {
        StringBuilder string = new StringBuilder();
        at++;
        while (true) {
            if (at >= text.length()) {
                throw wrong("a text does not end");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                break;
            }
            if (c < 0x20) {
                throw wrong("a control character stands in a text");
            }
            string.append(c == '\\' ? escaped() : c);
        }
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw wrong("half a character stands in a text");
            }
        }
        return string.toString();
    }

    private char escaped() throws Unproved {
        if (at >= text.length()) {
            throw wrong("a text does not end");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length()
                        || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
                    throw wrong("a \\u is not followed by four digits");
                }
                char code = (char) Integer.parseInt(text.substring(at, at + 4), 16);
                at += 4;
                yield code;
            }
            default -> throw wrong("\\" + c + " is not known");
        };
    }

    private BigDecimal number() throws Unproved {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(from, at);
        if (number.length() > 40
                || !number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
            throw wrong("this is no number");
        }
        return new BigDecimal(number);
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean take(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void require(char c) throws Unproved {
        if (!take(c)) {
            throw wrong("\"" + c + "\" has to stand here");
        }
    }

    private Unproved wrong(String what) {
        return new Unproved("The JSON is broken at character " + (at + 1) + ": " + what + ".");
    }
}

package org.holdfast.engine;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a dump that was made elsewhere tells of how its database was made.
 *
 * @param encoding e.g. {@code UTF8}
 * @param collate {@code C} where nothing is told, which every server has
 * @param locale of the provider, where it is not libc
 * @param told whether the locale is told; a dump of plain SQL without --create tells none
 */
public record ToldForm(
        String encoding,
        String collate,
        String ctype,
        String provider,
        Optional<String> locale,
        boolean told) {

    /**
     * @param create the statement CREATE DATABASE; empty where there is none
     * @param client the statement that sets client_encoding; empty where there is none
     */
    static ToldForm of(String create, String client) {
        Optional<String> encoding =
                option(create, "ENCODING").or(() -> option(client, "client_encoding"));
        Optional<String> all = option(create, "LOCALE");
        Optional<String> collate = option(create, "LC_COLLATE").or(() -> all);
        Optional<String> ctype = option(create, "LC_CTYPE").or(() -> all);
        String provider =
                word(create, "LOCALE_PROVIDER").orElse("libc").toLowerCase(java.util.Locale.ROOT);
        return new ToldForm(
                encoding.orElse("UTF8"),
                collate.orElse("C"),
                ctype.orElse("C"),
                provider,
                provider.equals("icu")
                        ? option(create, "ICU_LOCALE").or(() -> all)
                        : provider.equals("builtin")
                                ? option(create, "BUILTIN_LOCALE").or(() -> all)
                                : Optional.empty(),
                collate.isPresent());
    }

    private static Optional<String> option(String sql, String name) {
        Matcher matcher = Pattern.compile("\\b" + name + " = '([^']*)'").matcher(sql);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static Optional<String> word(String sql, String name) {
        Matcher matcher = Pattern.compile("\\b" + name + " = (\\w+)").matcher(sql);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}

package org.holdfast.web.page;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Addresses of pages with what is seen in their query, so that a link keeps it. */
final class Address {
    private Address() {}

    /**
     * @param namesAndValues of the query, in turn; what is null or empty is left out
     */
    static String of(String page, String... namesAndValues) {
        List<String> query = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null && !value.isEmpty()) {
                query.add(namesAndValues[i] + "=" + encoded(value));
            }
        }
        return page + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    /** Commas stay: they part what is chosen, and a query may hold them. */
    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("%2C", ",");
    }

    /** The first page is not told. */
    static String page(int number) {
        return number > 1 ? String.valueOf(number) : null;
    }
}

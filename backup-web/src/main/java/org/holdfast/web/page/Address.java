package org.holdfast.web.page;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.primefaces.PrimeFaces;

/** Addresses of pages with what is seen in their query, so that a link keeps it. */
final class Address {
    private Address() {}

    /**
     * @param namesAndValues of the query, in turn; what is null or empty is left out
     */
    static String of(String page, String... namesAndValues) {
        String query = query(namesAndValues);
        return page + (query.isEmpty() ? "" : "?" + query);
    }

    /**
     * What comes after the question mark, or after what stands there already.
     *
     * @param namesAndValues in turn; what is null or empty is left out
     */
    static String query(String... namesAndValues) {
        List<String> query = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null && !value.isEmpty()) {
                query.add(namesAndValues[i] + "=" + encoded(value));
            }
        }
        return String.join("&", query);
    }

    /**
     * The browser's address becomes this one without the page being loaded anew, so that loading it
     * again does not open what was done; only in the answer to a part of a page.
     */
    static void shown(String address) {
        if (PrimeFaces.current().isAjaxRequest()) {
            PrimeFaces.current().ajax().addCallbackParam("address", address);
        }
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

package org.holdfast.domain.shared;

import java.util.regex.Pattern;

/** Takes out of a text whatever looks like the password of a connection string. */
public final class Masked {
    private static final Pattern IN_URL = Pattern.compile("(://[^:/?#\\s@]*):[^@\\s]*@");
    private static final Pattern IN_CONNINFO =
            Pattern.compile("(?i)(password\\s*=\\s*)('(?:[^'\\\\]|\\\\.)*'|[^\\s&]+)");

    private Masked() {}

    public static String passwords(String text) {
        return IN_CONNINFO.matcher(IN_URL.matcher(text).replaceAll("$1:***@")).replaceAll("$1***");
    }
}

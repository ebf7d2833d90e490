package org.holdfast.persistence;

import java.util.Locale;
import java.util.Optional;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/** What is said when the configuration no longer holds what the catalog refers to. */
final class Places {
    private Places() {}

    static PostgresUrl url(String what, String name, Optional<PostgresUrl> url) {
        return url.orElseThrow(() -> gone(what, name));
    }

    static Refused gone(String what, String name) {
        return new Refused(
                "NOT-CONFIGURED",
                "The connection of " + what + " \"" + name + "\" is no longer configured.",
                "Set its name in the configuration again ("
                        + switch (what) {
                            case "source" -> "BACKUP_SOURCE_" + upper(name) + "_URL";
                            case "target" -> "RESTORE_TARGET_" + upper(name) + "_URL";
                            default -> upper(name) + "_…";
                        }
                        + ") and restart Holdfast.");
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}

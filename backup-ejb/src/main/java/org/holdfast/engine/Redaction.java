package org.holdfast.engine;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.shared.Masked;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Secret;

/**
 * Takes secrets out of what a program or server printed before anybody keeps it: the known
 * passwords literally and percent-encoded, and whatever looks like the password of a connection
 * string.
 */
public final class Redaction {
    /** Shorter ones would tear unrelated words apart. */
    private static final int SHORTEST = 4;

    private final List<String> words = new ArrayList<>();

    private Redaction(List<Secret> secrets) {
        for (Secret secret : secrets) {
            String value = secret.reveal();
            if (value.length() >= SHORTEST) {
                words.add(value);
                words.add(PassFile.escape(value));
                String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
                words.add(encoded);
                words.add(encoded.replace("+", "%20"));
            }
        }
    }

    public static Redaction of(Secret... secrets) {
        return new Redaction(List.of(secrets));
    }

    public static Redaction of(PostgresUrl url) {
        return of(url.password());
    }

    public String apply(String text) {
        String clean = text;
        for (String word : words) {
            clean = clean.replace(word, "***");
        }
        return Masked.passwords(clean);
    }
}

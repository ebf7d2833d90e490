package org.holdfast.web.page;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.holdfast.domain.shared.Refused;

/**
 * What tests of connections found, by the place's id: it stands beside the place it is about, and a
 * place that does not answer is a finding.
 */
final class Found implements Serializable {
    private static final long serialVersionUID = 1L;
    private final Map<UUID, String> sentences = new HashMap<>();
    private final Map<UUID, Boolean> good = new HashMap<>();

    void test(UUID id, Supplier<String> connection) {
        try {
            sentences.put(id, connection.get());
            good.put(id, true);
        } catch (Refused refused) {
            sentences.put(id, refused.getMessage() + " " + refused.remedy());
            good.put(id, false);
        }
    }

    String sentence(UUID id) {
        return sentences.getOrDefault(id, "");
    }

    String tone(UUID id) {
        return !good.containsKey(id) ? "" : good.get(id) ? "good" : "bad";
    }
}

package org.holdfast.config;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.policy.Retention;

/**
 * How long copies are kept, in the policy file, of the whole policy or of one source:
 *
 * <pre>{@code
 * {"retention": {"days": 30, "weekly": 4, "monthly": 12, "yearly": 2,
 *                "keep_verified": 3, "grace_hours": 24,
 *                "stores": {"local": {"days": 7, "count": 10, "daily": 7}}}}
 * }</pre>
 *
 * <p>Every key may be left out. A copy stays for as long as one of them wants it. {@code 0}
 * switches one off; all off, the last verified copies still stay.
 */
final class RetentionText {
    static final String KEY = "retention";

    private static final List<String> KEEPS =
            List.of("days", "count", "daily", "weekly", "monthly", "yearly");
    private static final int LONGEST_GRACE_HOURS = 720;

    private final PolicyText policy;
    private final JsonObject json;
    private final String path;

    /**
     * @param json the object that has the key
     * @param path of that object, e.g. {@code sources.shop.}, empty for the policy
     */
    RetentionText(PolicyText policy, JsonObject json, String path) {
        this.policy = policy;
        this.json = policy.object(json, KEY, path);
        this.path = path + KEY + ".";
    }

    Retention read() {
        List<String> known = new ArrayList<>(KEEPS);
        known.addAll(List.of("keep_verified", "grace_hours", "stores"));
        policy.refuseUnknown(json, path, known);
        Map<String, Retention.Keep> stores = new TreeMap<>();
        policy.object(json, "stores", path)
                .forEach(
                        (store, value) -> {
                            String at = path + "stores." + store;
                            if (value instanceof JsonObject keep) {
                                policy.refuseUnknown(keep, at + ".", KEEPS);
                                stores.put(store, keep(keep, at + "."));
                            } else {
                                policy.wrong(at, value, "an object", "Write {\"days\": 7}.");
                            }
                        });
        return new Retention(
                keep(json, path),
                stores,
                number(json, "keep_verified", 1, 1000, path),
                number(json, "grace_hours", 1, LONGEST_GRACE_HOURS, path).map(Duration::ofHours));
    }

    private Retention.Keep keep(JsonObject keep, String at) {
        return new Retention.Keep(
                number(keep, "days", 0, 36_500, at),
                number(keep, "count", 0, 100_000, at),
                number(keep, "daily", 0, 36_500, at),
                number(keep, "weekly", 0, 5_200, at),
                number(keep, "monthly", 0, 1_200, at),
                number(keep, "yearly", 0, 100, at));
    }

    private Optional<Integer> number(JsonObject from, String key, int least, int most, String at) {
        JsonValue value = from.get(key);
        return value == null
                ? Optional.empty()
                : Optional.of(policy.number(from, key, least, most, least, at));
    }
}

package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CanonicalDetailTest {
    @Test
    void the_same_facts_give_the_same_text_in_whatever_order() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("target", "staging");
        facts.put("dryRun", false);
        facts.put("bytes", 9_007_199_254_740_993L);
        facts.put("days", 3);

        assertThat(CatalogAudit.canonical(facts))
                .isEqualTo(
                        "{\"bytes\":9007199254740993,\"days\":3,\"dryRun\":false,\"target\":\"staging\"}");
    }

    @Test
    void what_would_end_a_string_is_escaped() {
        assertThat(CatalogAudit.canonical(Map.of("why", "a \"b\"\n\\c")))
                .isEqualTo("{\"why\":\"a \\\"b\\\"\\n\\\\c\"}");
    }

    @Test
    void no_facts_are_an_empty_object() {
        assertThat(CatalogAudit.canonical(Map.of())).isEqualTo("{}");
    }
}

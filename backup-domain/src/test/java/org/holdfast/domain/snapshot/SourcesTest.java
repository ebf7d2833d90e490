package org.holdfast.domain.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourcesTest {
    private final Source shop = source("shop");
    private final Source old = source("old");
    private final Sources sources = new Kept(List.of(old, shop));

    private static Source source(String name) {
        return new Source(name, Origin.CONFIGURATION, "postgresql://u:***@db/" + name, null);
    }

    private record Kept(List<Source> all) implements Sources {
        @Override
        public List<Source> active() {
            return all.stream().filter(s -> !s.retired()).toList();
        }

        @Override
        public List<Source> active(Collection<UUID> some) {
            return active().stream().filter(s -> some.contains(s.id())).toList();
        }

        @Override
        public Part<Source> search(String text, int page, int size) {
            return Part.of(active(), page, size);
        }

        @Override
        public List<String> activeNames() {
            return active().stream().map(Source::name).toList();
        }

        @Override
        public Optional<Source> find(UUID id) {
            return all.stream().filter(s -> s.id().equals(id)).findFirst();
        }

        @Override
        public Optional<Source> byName(String name) {
            return all.stream().filter(s -> s.name().equals(name)).findFirst();
        }

        @Override
        public void add(Source source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PostgresUrl url(Source source) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void retireOld() {
        old.retire();
    }

    private static void refused(String message, ThrowingCallable act) {
        assertThatThrownBy(act)
                .isInstanceOf(Refused.class)
                .hasMessage(message)
                .extracting(e -> ((Refused) e).code(), e -> ((Refused) e).remedy())
                .containsExactly(
                        "SOURCE-UNKNOWN",
                        "Known sources: shop. Add one under Databases or with BACKUP_SOURCE_<NAME>_URL.");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void where_nothing_was_named_the_refusal_says_so(String nothing) {
        for (Function<String, Source> by : named()) {
            refused("No database was named.", () -> by.apply(nothing));
        }
    }

    @Test
    void one_that_there_is_not_is_named() {
        for (Function<String, Source> by : named()) {
            refused("There is no source \"shpo\".", () -> by.apply("shpo"));
            assertThat(by.apply("shop")).isSameAs(shop);
        }
    }

    private List<Function<String, Source>> named() {
        return List.of(sources::required, sources::requiredInUse);
    }

    @Test
    void a_retired_one_is_known_but_not_in_use() {
        assertThat(sources.required("old")).isSameAs(old);
        refused("Source \"old\" is retired.", () -> sources.requiredInUse("old"));
    }
}

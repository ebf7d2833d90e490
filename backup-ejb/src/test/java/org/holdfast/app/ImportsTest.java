package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.ForeignDump;
import org.holdfast.domain.snapshot.ImportOrders.Known;
import org.junit.jupiter.api.Test;

class ImportsTest {
    private static final Instant WRITTEN = Instant.parse("2026-11-20T02:10:00Z");
    private static final Instant TAKEN = Instant.parse("2026-11-20T02:00:00Z");
    private static final UUID BACKUP = UUID.randomUUID();

    private static ForeignDump dump(String file, long bytes) {
        return new ForeignDump(
                file,
                bytes,
                WRITTEN,
                ForeignDump.Kind.ARCHIVE,
                List.of(),
                Optional.of(TAKEN),
                ForeignDump.TimeBy.ARCHIVE,
                Optional.of("shop"),
                Optional.of("15.20"),
                ForeignDump.Checksum.NONE,
                Optional.empty(),
                true,
                Optional.empty(),
                List.of());
    }

    private static Known known(Instant modified) {
        return new Known("shop.dump", 100, modified, BACKUP, "VERIFIED");
    }

    @Test
    void a_file_is_known_by_its_length_and_its_own_time() {
        assertThat(Imports.same(dump("shop.dump", 100), List.of(known(WRITTEN)))).isPresent();
        assertThat(Imports.same(dump("shop.dump", 101), List.of(known(WRITTEN)))).isEmpty();
        assertThat(Imports.same(dump("shop.dump", 100), List.of(known(WRITTEN.plusSeconds(60)))))
                .isEmpty();
    }

    @Test
    void one_that_a_recovery_of_the_catalog_entered_is_known_by_the_dumps_time() {
        assertThat(Imports.same(dump("shop.dump", 100), List.of(known(TAKEN)))).isPresent();
    }

    @Test
    void only_what_is_known_by_the_same_name_is_refused() {
        assertThatCode(
                        () ->
                                Imports.requireNew(
                                        List.of(dump("other.dump", 100)), List.of(known(WRITTEN))))
                .doesNotThrowAnyException();
        assertThatThrownBy(
                        () ->
                                Imports.requireNew(
                                        List.of(dump("other.dump", 100), dump("shop.dump", 100)),
                                        List.of(known(WRITTEN))))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("shop.dump")
                .hasMessageContaining(BACKUP.toString());
    }
}

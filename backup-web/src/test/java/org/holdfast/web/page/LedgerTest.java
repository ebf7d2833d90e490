package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.holdfast.app.AuditTrail;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final Trail trail = new Trail();
    private final Ledger ledger = new Ledger(trail, new Zone(ZoneOffset.UTC));

    @Nested
    class The_chain {
        @Test
        void is_read_when_the_page_is_opened_and_when_asked_for_and_not_by_a_filter_or_a_page() {
            ledger.load();
            assertThat(trail.readings).isEqualTo(1);

            ledger.setBefore("50");
            ledger.load();
            ledger.setBefore(null);
            ledger.setActor("nora");
            ledger.load();

            assertThat(trail.readings).isEqualTo(1);
            assertThat(ledger.getTone()).isEqualTo("good");
            assertThat(ledger.getStatus().readAt()).isEqualTo(NOON);

            ledger.check();

            assertThat(trail.readings).isEqualTo(2);
        }

        @Test
        void is_read_for_a_filter_where_it_never_was() {
            ledger.setActor("nora");

            ledger.load();

            assertThat(trail.readings).isEqualTo(1);
        }

        @Test
        void that_cannot_be_read_just_now_is_never_called_whole() {
            trail.busy = true;

            ledger.load();

            assertThat(ledger.getEntries()).isEmpty();
            assertThat(ledger.getStatus()).isNull();
            assertThat(ledger.getTone()).isEqualTo("warn");
            assertThat(ledger.getUnchecked())
                    .hasMessage("The whole audit log is being read twice already.");
        }

        @Test
        void that_cannot_be_read_just_now_is_told_by_the_last_reading() {
            ledger.load();
            trail.busy = true;

            ledger.check();

            assertThat(ledger.getTone()).isEqualTo("warn");
            assertThat(ledger.getStatus().readAt()).isEqualTo(NOON);

            trail.busy = false;
            ledger.check();

            assertThat(ledger.getTone()).isEqualTo("good");
            assertThat(ledger.getUnchecked()).isNull();
        }

        @Test
        void that_was_broken_at_the_last_reading_stays_bad() {
            trail.broken = Optional.of(3L);
            ledger.load();
            trail.busy = true;

            ledger.check();

            assertThat(ledger.getTone()).isEqualTo("bad");
        }
    }

    private static final class Trail extends AuditTrail {
        private int readings;
        private boolean busy;
        private Optional<Long> broken = Optional.empty();
        private Status last;

        @Override
        public List<AuditEntry> newest(AuditFilter filter, Optional<Long> before, int max) {
            return List.of();
        }

        @Override
        public Status status() {
            if (busy) {
                throw new Refused(
                        "AUDIT-BUSY",
                        "The whole audit log is being read twice already.",
                        "Try again in a few seconds.");
            }
            readings++;
            last =
                    new Status(
                            new AuditLog.ChainStatus(7, broken),
                            new AuditLog.Head(7, "hash"),
                            List.of(),
                            NOON);
            return last;
        }

        @Override
        public Optional<Status> lastStatus() {
            return Optional.ofNullable(last);
        }
    }

    @Test
    void a_page_begins_before_the_entry_that_the_address_names() {
        assertThat(Ledger.number(" 4711 ")).contains(4711L);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"abc", "", "-1", "0", "1e3", "99999999999999999999"})
    void what_is_no_number_begins_with_the_newest(String text) {
        assertThat(Ledger.number(text)).isEmpty();
    }
}

package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.audit.AuditLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The chain in a real catalog, with people who write into it beside the product. */
class AuditChainIT {
    private static final String UNGUARDED = "ALTER TABLE audit_log DISABLE TRIGGER USER";

    private final OutsideAServer catalog = new OutsideAServer();
    private final OutsideAServer.Session session = catalog.session();
    private final AuditLog audit = session.with(new CatalogAudit());

    @AfterEach
    void end() {
        session.close();
        catalog.close();
    }

    @Test
    void a_new_catalog_has_an_empty_whole_chain() {
        assertThat(audit.verify()).isEqualTo(new AuditLog.ChainStatus(0, Optional.empty()));
    }

    @Test
    void entries_stand_one_behind_the_other_and_are_read_newest_first() {
        append(3);

        assertThat(audit.verify()).isEqualTo(new AuditLog.ChainStatus(3, Optional.empty()));
        assertThat(audit.newest(AuditFilter.ALL, Optional.empty(), 2))
                .extracting(AuditEntry::seq)
                .containsExactly(3L, 2L);
        assertThat(audit.newest(AuditFilter.ALL, Optional.of(2L), 2))
                .extracting(AuditEntry::seq)
                .containsExactly(1L);
    }

    @Test
    void an_act_that_is_rolled_back_leaves_no_entry_and_no_gap() {
        append(1);
        assertThatThrownBy(
                        () ->
                                session.within(
                                        (Runnable)
                                                () -> {
                                                    audit.append("olga", "x", "y", Map.of());
                                                    throw new IllegalStateException("refused");
                                                }))
                .hasMessage("refused");
        append(1);

        assertThat(audit.verify()).isEqualTo(new AuditLog.ChainStatus(2, Optional.empty()));
    }

    @Test
    void many_who_append_at_once_make_one_chain() throws Exception {
        int writers = 4;
        int each = 50;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                work.add(
                        () -> {
                            try (OutsideAServer.Session own = catalog.session()) {
                                AuditLog log = own.with(new CatalogAudit());
                                for (int n = 0; n < each; n++) {
                                    own.within(
                                            () -> log.append("olga", "x", "y", Map.of("z", true)));
                                }
                            }
                            return null;
                        });
            }
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }

        assertThat(audit.verify())
                .isEqualTo(new AuditLog.ChainStatus(writers * each, Optional.empty()));
    }

    @Test
    void a_chain_longer_than_is_read_at_once_is_read_to_its_end() {
        append(1100);

        assertThat(audit.verify()).isEqualTo(new AuditLog.ChainStatus(1100, Optional.empty()));
    }

    @Test
    void entries_are_found_by_who_act_subject_and_time() {
        session.within(
                () -> audit.append("olga (token ci)", "backup.queue", "source/sh_op", Map.of()));
        session.within(() -> audit.append("olgaf", "backup.queue", "source/SHxOP", Map.of()));
        session.within(() -> audit.append("olga", "backups", "source/x%y", Map.of()));
        Instant second = audit.newest(AuditFilter.ALL, Optional.of(3L), 1).get(0).at();

        assertThat(found("olga", null, null)).containsExactly(3L, 1L);
        assertThat(found(null, "backup", null)).containsExactly(2L, 1L);
        assertThat(found(null, null, "H_op")).containsExactly(1L);
        assertThat(found(null, null, "%")).containsExactly(3L);
        assertThat(
                        audit.following(
                                new AuditFilter(
                                        Optional.of(second),
                                        Optional.of(second.plus(1, ChronoUnit.MICROS)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()),
                                0,
                                9,
                                9))
                .extracting(AuditEntry::seq)
                .containsExactly(2L);
        assertThat(audit.actors()).containsExactly("olga", "olgaf");
        assertThat(audit.actions()).containsExactly("backup.queue", "backups");
    }

    private List<Long> found(String actor, String action, String subject) {
        return audit
                .newest(
                        new AuditFilter(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.ofNullable(actor),
                                Optional.ofNullable(action),
                                Optional.ofNullable(subject)),
                        Optional.empty(),
                        9)
                .stream()
                .map(AuditEntry::seq)
                .toList();
    }

    @Test
    void one_server_takes_the_turn_to_anchor() {
        CatalogAnchors anchors = session.with(new CatalogAnchors());
        catalog.sql("UPDATE audit_anchoring SET anchored_at = 'epoch'");

        assertThat(session.within(() -> anchors.claim(Duration.ofMinutes(5)))).isTrue();
        assertThat(session.within(() -> anchors.claim(Duration.ofMinutes(5)))).isFalse();
        assertThat(anchors.catalog()).isEqualTo(anchors.catalog());
        assertThat(anchors.all()).isEmpty();
    }

    @Nested
    class TheCatalogItself {
        @Test
        void refuses_to_change_an_entry() {
            append(1);
            assertRefused("UPDATE audit_log SET actor = 'nobody'", "UPDATE");
        }

        @Test
        void refuses_to_delete_an_entry() {
            append(1);
            assertRefused("DELETE FROM audit_log", "DELETE");
        }

        @Test
        void refuses_to_empty_the_log() {
            append(1);
            assertRefused("TRUNCATE audit_log", "TRUNCATE");
        }

        private void assertRefused(String sql, String operation) {
            assertThatThrownBy(() -> catalog.sql(sql))
                    .hasMessageContaining("audit_log is append only: " + operation + " refused");
            assertThat(audit.verify()).isEqualTo(new AuditLog.ChainStatus(1, Optional.empty()));
        }
    }

    @Nested
    class BehindTheCatalogsBack {
        @Test
        void a_changed_entry_is_found() {
            append(5);
            catalog.sql(UNGUARDED, "UPDATE audit_log SET actor = 'mallory' WHERE seq = 3");

            assertBrokenAt(3);
        }

        @Test
        void a_changed_time_is_found() {
            append(5);
            catalog.sql(
                    UNGUARDED,
                    "UPDATE audit_log SET at = at + interval '1 microsecond' WHERE seq = 2");

            assertBrokenAt(2);
        }

        @Test
        void a_deleted_entry_is_found() {
            append(5);
            catalog.sql(UNGUARDED, "DELETE FROM audit_log WHERE seq = 2");

            assertBrokenAt(2);
        }

        @Test
        void a_deleted_first_entry_is_found() {
            append(5);
            catalog.sql(UNGUARDED, "DELETE FROM audit_log WHERE seq = 1");

            assertBrokenAt(1);
        }

        @Test
        void a_deleted_last_entry_is_found() {
            append(5);
            catalog.sql(UNGUARDED, "DELETE FROM audit_log WHERE seq = 5");

            assertBrokenAt(5);
        }

        @Test
        void an_emptied_log_is_found() {
            append(5);
            catalog.sql(UNGUARDED, "TRUNCATE audit_log");

            assertBrokenAt(1);
        }

        @Test
        void exchanged_entries_are_found() {
            append(5);
            catalog.sql(
                    UNGUARDED,
                    "UPDATE audit_log SET seq = 99 WHERE seq = 2",
                    "UPDATE audit_log SET seq = 2 WHERE seq = 3",
                    "UPDATE audit_log SET seq = 3 WHERE seq = 99");

            assertBrokenAt(2);
        }

        @Test
        void a_last_entry_that_was_made_anew_differs_from_the_head() {
            append(5);
            AuditEntry before = audit.newest(AuditFilter.ALL, Optional.of(5L), 1).get(0);
            AuditEntry forged =
                    new AuditEntry(5, before.at(), "mallory", "x", "y", "{}", before.hash());
            catalog.sql(
                    UNGUARDED,
                    "UPDATE audit_log SET actor = 'mallory', action = 'x', subject = 'y', detail ="
                            + " '{}', at = '"
                            + before.at()
                            + "', hash = '"
                            + forged.hash()
                            + "' WHERE seq = 5");

            assertBrokenAt(5);
        }

        private void assertBrokenAt(long seq) {
            assertThat(audit.verify().brokenAt()).contains(seq);
            assertThat(audit.verify().entries()).isLessThanOrEqualTo(seq);
        }
    }

    private void append(int times) {
        for (int i = 0; i < times; i++) {
            int number = i;
            session.within(
                    () -> audit.append("olga", "test", "thing/" + number, Map.of("n", number)));
        }
    }
}

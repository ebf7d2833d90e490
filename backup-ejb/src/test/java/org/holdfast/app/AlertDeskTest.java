package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Alert;
import org.holdfast.domain.alert.AlertBook;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.ChannelRule;
import org.holdfast.domain.alert.Delivery;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.shared.Page;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opened once, told once for each channel that listens, escalated, resolved. */
class AlertDeskTest {
    private static final Instant START = Instant.parse("2026-11-21T13:00:00Z");

    @TempDir private Path temporary;

    private final Book book = new Book();
    private final List<Channel> channels = new ArrayList<>();
    private AlertDesk desk;

    @BeforeEach
    void policy() throws Exception {
        Path file =
                Files.writeString(
                        temporary.resolve("policy.json"),
                        """
                        {"rpo_minutes": 1440,
                         "contacts": [{"name": "M. Weiss", "phone": "+49 30 1234", "email": "m@example.org"}],
                         "escalation": [{"after_minutes": 30, "contact": "M. Weiss"}]}""");
        Settings settings =
                Settings.read(
                        Map.of(
                                "OPS_BACKUP_POLICY_FILE",
                                file.toString(),
                                "HOLDFAST_CONSOLE_URL",
                                "https://holdfast.example.org/"));
        Policy policy = PolicyDocument.of(file).policy("x", Optional.empty());
        channels.add(new Ear("slack", true, new ChannelRule(Severity.WARNING, Set.of())));
        channels.add(new Ear("webhook", true, new ChannelRule(Severity.CRITICAL, Set.of())));
        channels.add(new Ear("email", false, new ChannelRule(Severity.INFO, Set.of())));
        desk =
                new AlertDesk(book, () -> policy, settings) {
                    @Override
                    Stream<Channel> channels() {
                        return channels.stream();
                    }
                };
    }

    private void store(long missing, boolean silent) {
        book.facts =
                now ->
                        new AlertFacts(
                                now,
                                List.of(),
                                List.of(
                                        new AlertFacts.OfStore(
                                                "s3",
                                                missing,
                                                Optional.of(START.minus(Duration.ofHours(1))),
                                                Optional.empty(),
                                                0,
                                                silent
                                                        ? Optional.of(START.minusSeconds(600))
                                                        : Optional.empty(),
                                                silent ? Optional.of("down") : Optional.empty())),
                                List.of(),
                                List.of(),
                                List.of());
    }

    private List<String> sent() {
        return book.sent.keySet().stream().map(k -> k.substring(k.indexOf(' ') + 1)).toList();
    }

    @Test
    void an_alert_is_opened_once_and_told_over_the_channels_that_listen() {
        store(2, false);

        assertThat(desk.judge(false)).contains(true);
        book.now = START.plusSeconds(60);
        assertThat(desk.judge(false)).contains(true);

        assertThat(book.alerts).hasSize(1);
        assertThat(book.alerts.get(0).kind()).isEqualTo(AlertKind.COPY_MISSING);
        assertThat(book.alerts.get(0).lastSeenAt()).isEqualTo(START.plusSeconds(60));
        assertThat(sent()).containsExactly("slack OPENED 0");
    }

    @Test
    void what_was_judged_a_moment_ago_is_left_to_whoever_did() {
        store(2, false);
        desk.judge(false);
        book.now = START.plusSeconds(20);
        store(0, false);

        assertThat(desk.judge(false)).isEmpty();
        assertThat(book.alerts.get(0).open()).isTrue();
        assertThat(desk.judge(true)).contains(true);
        assertThat(book.alerts.get(0).open()).isFalse();
    }

    @Test
    void nobody_hears_that_a_certificate_is_well_again_that_was_not_read_since_its_end() {
        Instant end = START.plus(Duration.ofHours(1));
        book.facts =
                now ->
                        new AlertFacts(
                                now,
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(
                                        new AlertFacts.Expiring(
                                                AlertKind.CERTIFICATE_EXPIRES,
                                                "tls/db1.example:5432",
                                                "The certificate",
                                                end,
                                                Optional.empty(),
                                                Optional.of(START),
                                                Optional.empty(),
                                                true)));
        for (int hour = 0; hour < 48; hour++) {
            book.now = START.plus(Duration.ofHours(hour));
            assertThat(desk.judge(false)).contains(true);
        }

        assertThat(book.alerts).singleElement().satisfies(a -> assertThat(a.open()).isTrue());
        assertThat(sent()).containsExactly("slack OPENED 0");
    }

    @Test
    void it_is_resolved_when_the_fact_is_gone_and_those_hear_that_were_told() {
        store(0, true);
        assertThat(desk.judge(false)).contains(false);
        book.now = START.plusSeconds(60);
        store(0, false);
        assertThat(desk.judge(false)).contains(true);

        assertThat(book.alerts.get(0).resolvedAt()).isEqualTo(book.now);
        assertThat(sent())
                .containsExactly(
                        "slack OPENED 0",
                        "webhook OPENED 0",
                        "slack RESOLVED 0",
                        "webhook RESOLVED 0");

        book.now = START.plusSeconds(120);
        store(0, true);
        desk.judge(false);
        assertThat(book.alerts).hasSize(2);
    }

    @Test
    void a_critical_one_that_nobody_answers_is_escalated_once_and_an_answered_one_is_not() {
        store(0, true);
        desk.judge(false);
        book.now = START.plus(Duration.ofMinutes(29));
        desk.judge(false);
        assertThat(sent()).noneMatch(s -> s.contains("ESCALATED"));
        book.now = START.plus(Duration.ofMinutes(30));
        desk.judge(false);
        book.now = START.plus(Duration.ofMinutes(31));
        desk.judge(false);
        assertThat(sent())
                .filteredOn(s -> s.contains("ESCALATED"))
                .containsExactly("slack ESCALATED 0", "webhook ESCALATED 0");

        Notice notice =
                Stream.generate(desk::next)
                        .map(Optional::orElseThrow)
                        .map(AlertDesk.Outgoing::notice)
                        .filter(n -> n.event() == Notice.Event.ESCALATED)
                        .findFirst()
                        .orElseThrow();
        assertThat(notice.headline())
                .isEqualTo("ESCALATED to M. Weiss: Store unreachable · store/s3");
        assertThat(notice.contact())
                .contains(new Notice.Contact("M. Weiss", "+49 30 1234", "m@example.org"));
        assertThat(notice.link().orElseThrow())
                .isEqualTo(
                        "https://holdfast.example.org/console/alerts.xhtml?alert="
                                + book.alerts.get(0).id());
        assertThat(notice.help())
                .contains(
                        "https://holdfast.example.org/console/runbooks/index.xhtml?page=alerts#store-unreachable");
    }

    @Test
    void an_answered_one_is_not_escalated() {
        store(0, true);
        desk.judge(false);
        book.alerts.get(0).acknowledge("anna", "on it", START);
        book.now = START.plus(Duration.ofHours(2));
        desk.judge(false);

        assertThat(sent()).noneMatch(s -> s.contains("ESCALATED"));
    }

    @Test
    void what_does_not_arrive_is_tried_later_each_time_and_given_up_after_a_day() {
        store(0, true);
        desk.judge(false);
        Delivery first = desk.next().orElseThrow().delivery();

        desk.settle(first, Optional.of("refused"), START);
        assertThat(book.again).containsExactly(Optional.of(Duration.ofSeconds(15)));
        Delivery tenth =
                new Delivery(
                        first.id(),
                        first.alert(),
                        first.channel(),
                        first.event(),
                        0,
                        "",
                        Delivery.State.WAITING,
                        10,
                        START,
                        START,
                        null,
                        "refused");
        desk.settle(tenth, Optional.of("refused"), START.plus(Duration.ofHours(23)));
        desk.settle(tenth, Optional.of("refused"), START.plus(Duration.ofHours(25)));
        assertThat(book.again)
                .containsExactly(
                        Optional.of(Duration.ofSeconds(15)),
                        Optional.of(Duration.ofHours(1)),
                        Optional.empty());
    }

    private record Ear(String name, boolean configured, ChannelRule rule) implements Channel {
        @Override
        public String destination() {
            return name;
        }

        @Override
        public String settings() {
            return name;
        }

        @Override
        public void send(Notice notice) {
            throw new UnsupportedOperationException("The desk sends nothing itself.");
        }
    }

    /** As the catalog does it, in memory. */
    private static final class Book implements AlertBook {
        private final List<Alert> alerts = new ArrayList<>();
        private final Map<String, Delivery> sent = new LinkedHashMap<>();
        private final List<Optional<Duration>> again = new ArrayList<>();
        private final List<UUID> claimed = new ArrayList<>();
        private java.util.function.Function<Instant, AlertFacts> facts;
        private Instant now = START;
        private Instant judged = Instant.EPOCH;

        @Override
        public Optional<Instant> begin(Duration every) {
            if (judged.isAfter(now.minus(every))) {
                return Optional.empty();
            }
            judged = now;
            return Optional.of(now);
        }

        @Override
        public AlertFacts facts(Instant at) {
            return facts.apply(at);
        }

        @Override
        public List<Alert> open(int first, int max) {
            return alerts.stream().filter(Alert::open).skip(first).limit(max).toList();
        }

        @Override
        public long countOpen() {
            return open().size();
        }

        @Override
        public Optional<Instant> judgedAt() {
            return Optional.of(judged);
        }

        @Override
        public Map<Severity, Long> unanswered() {
            return Map.of();
        }

        @Override
        public void add(Alert alert) {
            assertThat(open()).noneMatch(a -> a.key().equals(alert.key()));
            alerts.add(alert);
        }

        @Override
        public Optional<Alert> find(UUID id) {
            return alerts.stream().filter(a -> a.id().equals(id)).findFirst();
        }

        @Override
        public Optional<Alert> lock(UUID id) {
            return find(id);
        }

        @Override
        public Page<Alert> history(Optional<String> cursor, int max) {
            return new Page<>(List.of(), Optional.empty());
        }

        @Override
        public void send(UUID alert, String channel, Notice.Event event, int step, String contact) {
            sent.putIfAbsent(
                    alert + " " + channel + " " + event + " " + step,
                    new Delivery(
                            UUID.randomUUID(),
                            alert,
                            channel,
                            event,
                            step,
                            contact,
                            Delivery.State.WAITING,
                            1,
                            now,
                            now,
                            null,
                            null));
        }

        @Override
        public List<String> toldOver(UUID alert) {
            return sent.values().stream()
                    .filter(d -> d.alert().equals(alert))
                    .map(Delivery::channel)
                    .distinct()
                    .toList();
        }

        @Override
        public Optional<Delivery> claim() {
            Optional<Delivery> next =
                    sent.values().stream().filter(d -> !claimed.contains(d.id())).findFirst();
            next.ifPresent(d -> claimed.add(d.id()));
            return next;
        }

        @Override
        public void delivered(UUID delivery) {}

        @Override
        public void undelivered(UUID delivery, String why, Optional<Duration> pause) {
            again.add(pause);
        }

        @Override
        public List<Delivery> deliveries(List<UUID> of) {
            return List.copyOf(sent.values());
        }
    }
}

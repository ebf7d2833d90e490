package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Alert;
import org.holdfast.domain.alert.AlertBook;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.Delivery;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;

/** Alerts as people read and answer them, and the channels they go out by. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Alerts {
    @Inject private AlertBook book;
    @Inject private Settings settings;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;
    @Inject @Any private Instance<Channel> channels;

    /** An alert with what was sent of it, in the order it was made. */
    public record Entry(Alert alert, List<Delivery> deliveries) {}

    /**
     * A way that alerts go out by.
     *
     * @param destination without any secret; empty where it is not configured
     * @param settings the names that configure it
     * @param kinds empty: all
     */
    public record Way(
            String name,
            boolean configured,
            String destination,
            String settings,
            Severity least,
            List<AlertKind> kinds) {}

    /**
     * How a test of a channel went.
     *
     * @param words what came of it, one sentence
     */
    public record Tested(String channel, boolean delivered, String words) {}

    /** Those open, the most severe first. */
    public List<Entry> open() {
        return entries(book.open());
    }

    /** A part of those open, in the same order. */
    public List<Entry> open(int first, int max) {
        return entries(book.open(first, max));
    }

    public long countOpen() {
        return book.countOpen();
    }

    /** When the facts were last judged; empty where they never were. */
    public Optional<Instant> judgedAt() {
        return book.judgedAt();
    }

    public Entry one(UUID id) {
        return entries(List.of(book.find(id).orElseThrow(() -> Refused.notFound("alert", id))))
                .get(0);
    }

    /** Those resolved, newest first. */
    public Page<Entry> history(Optional<String> cursor, int max) {
        Page<Alert> page = book.history(cursor, max);
        return new Page<>(entries(page.items()), page.next());
    }

    private List<Entry> entries(List<Alert> alerts) {
        Map<UUID, List<Delivery>> sent =
                book.deliveries(alerts.stream().map(Alert::id).toList()).stream()
                        .collect(Collectors.groupingBy(Delivery::alert));
        return alerts.stream()
                .map(alert -> new Entry(alert, sent.getOrDefault(alert.id(), List.of())))
                .toList();
    }

    /** How many are open that nobody looks after yet. */
    public long unanswered() {
        return book.unanswered().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Says that one looks after it: it stays open, and is not escalated any further. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public Entry acknowledge(UUID id, String comment) {
        Alert alert = book.lock(id).orElseThrow(() -> Refused.notFound("alert", id));
        alert.acknowledge(caller.name(), comment, clock.instant());
        audit.append(
                caller.actor(),
                "alert.acknowledge",
                "alert/" + id,
                Map.of(
                        "comment", alert.comment(),
                        "kind", alert.kind().word(),
                        "subject", alert.subject()));
        return one(id);
    }

    /** All channels by name, those without configuration too. */
    public List<Way> channels() {
        return channels.stream()
                .sorted(Comparator.comparing(Channel::name))
                .map(
                        c ->
                                new Way(
                                        c.name(),
                                        c.configured(),
                                        c.destination(),
                                        c.settings(),
                                        c.rule().least(),
                                        c.rule().kinds().stream().sorted().toList()))
                .toList();
    }

    /** Whether somebody outside would notice that this server is silent. */
    public boolean deadman() {
        return settings.alerting().deadman().isPresent();
    }

    /** Sends something over a channel now, and says what came of it. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME})
    public Tested test(String name) {
        Channel channel =
                channels.stream()
                        .filter(c -> c.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> Refused.notFound("channel", name));
        Tested tested;
        try {
            channel.send(AlertDesk.test(caller.name(), clock.instant()));
            tested = new Tested(name, true, "Sent to " + channel.destination() + ": it was taken.");
        } catch (Channel.Undelivered e) {
            tested = new Tested(name, false, e.getMessage());
        }
        audit.append(
                caller.actor(),
                "alert.test",
                "channel/" + name,
                Map.of("delivered", tested.delivered(), "result", tested.words()));
        return tested;
    }
}

package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.holdfast.config.Alerting;
import org.holdfast.config.Settings;
import org.holdfast.domain.alert.Alert;
import org.holdfast.domain.alert.AlertBook;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertRules;
import org.holdfast.domain.alert.Channel;
import org.holdfast.domain.alert.Concern;
import org.holdfast.domain.alert.Delivery;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.policy.OnCall;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Ids;

/**
 * The timers' side of alerts: opens, updates and resolves them, and says what is to be sent next.
 * Several servers knock; the catalog lets one judge at a time, and hands each delivery to one.
 */
@Stateless
public class AlertDesk {
    @Inject private AlertBook book;
    @Inject private PolicyInForce policy;
    @Inject private Settings settings;
    @Inject @Any private Instance<Channel> channels;

    public AlertDesk() {}

    AlertDesk(AlertBook book, PolicyInForce policy, Settings settings) {
        this.book = book;
        this.policy = policy;
        this.settings = settings;
    }

    Stream<Channel> channels() {
        return channels.stream();
    }

    /** A notice on its way. */
    public record Outgoing(Delivery delivery, Notice notice) {}

    /**
     * Judges the facts.
     *
     * @param atOnce although it was done a moment ago
     * @return whether all is well, that is nothing critical is open; empty where another server has
     *     judged in the meantime
     */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public Optional<Boolean> judge(boolean atOnce) {
        // A little less than the timers' pause, so that none is left out for a few milliseconds.
        Duration every = atOnce ? Duration.ZERO : alerting().every().multipliedBy(9).dividedBy(10);
        Optional<Instant> begun = book.begin(every);
        if (begun.isEmpty()) {
            return Optional.empty();
        }
        Instant now = begun.get();
        Policy rules = policy.now();
        AlertFacts facts = book.facts(now);
        Map<Concern.Key, Alert> open = new HashMap<>();
        book.open().forEach(alert -> open.put(alert.key(), alert));
        Map<Concern.Key, Concern> concerns = new LinkedHashMap<>();
        AlertRules.judge(facts, rules).forEach(c -> concerns.put(c.key(), c));
        concerns.forEach(
                (key, concern) -> {
                    Alert alert = open.get(key);
                    if (alert == null) {
                        open(concern, now);
                    } else if (alert.seen(concern, now)) {
                        tell(alert, Notice.Event.WORSE, alert.severity().ordinal());
                    }
                });
        open.forEach(
                (key, alert) -> {
                    if (!concerns.containsKey(key)) {
                        resolve(alert, now);
                    } else {
                        escalate(alert, rules.onCall(), now);
                    }
                });
        return Optional.of(
                concerns.values().stream().noneMatch(c -> c.severity() == Severity.CRITICAL));
    }

    private void open(Concern concern, Instant now) {
        Alert alert = new Alert(concern, now);
        book.add(alert);
        tell(alert, Notice.Event.OPENED, 0);
    }

    private void resolve(Alert alert, Instant now) {
        alert.resolve(now);
        book.toldOver(alert.id())
                .forEach(c -> book.send(alert.id(), c, Notice.Event.RESOLVED, 0, ""));
    }

    private void escalate(Alert alert, OnCall onCall, Instant now) {
        if (alert.severity() != Severity.CRITICAL || alert.acknowledgedBy() != null) {
            return;
        }
        List<OnCall.Step> steps = onCall.escalation();
        for (int i = 0; i < steps.size(); i++) {
            OnCall.Step step = steps.get(i);
            if (!now.isBefore(alert.openedAt().plus(Duration.ofMinutes(step.afterMinutes())))) {
                int at = i;
                listening(alert)
                        .forEach(
                                c ->
                                        book.send(
                                                alert.id(),
                                                c,
                                                Notice.Event.ESCALATED,
                                                at,
                                                step.contact()));
            }
        }
    }

    private void tell(Alert alert, Notice.Event event, int step) {
        listening(alert).forEach(channel -> book.send(alert.id(), channel, event, step, ""));
    }

    private List<String> listening(Alert alert) {
        return channels()
                .filter(Channel::configured)
                .filter(c -> c.rule().lets(alert.kind(), alert.severity()))
                .map(Channel::name)
                .sorted()
                .toList();
    }

    // --- sending -----------------------------------------------------------------------------

    /** The next notice that is due, for this server alone to send. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public Optional<Outgoing> next() {
        return book.claim()
                .map(
                        delivery ->
                                new Outgoing(
                                        delivery,
                                        notice(
                                                delivery,
                                                book.find(delivery.alert()).orElseThrow())));
    }

    /**
     * @param failure empty where it arrived
     */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void settle(Delivery delivery, Optional<String> failure, Instant now) {
        if (failure.isEmpty()) {
            book.delivered(delivery.id());
            return;
        }
        boolean old = now.isAfter(delivery.madeAt().plus(Delivery.GIVE_UP));
        book.undelivered(
                delivery.id(),
                failure.get(),
                old ? Optional.empty() : Optional.of(Delivery.pauseAfter(delivery.attempt())));
    }

    private Notice notice(Delivery delivery, Alert alert) {
        return new Notice(
                delivery.id(),
                delivery.event(),
                Optional.of(alert.id()),
                alert.kind().word(),
                alert.kind().title(),
                alert.subject(),
                alert.severity(),
                alert.text(),
                alert.openedAt(),
                delivery.event() == Notice.Event.RESOLVED
                        ? Optional.ofNullable(alert.resolvedAt())
                        : Optional.empty(),
                policy.now()
                        .onCall()
                        .contact(delivery.contact())
                        .map(c -> new Notice.Contact(c.name(), c.phone(), c.email())),
                alerting().console().map(at -> at + "/console/alerts.xhtml?alert=" + alert.id()),
                alerting()
                        .console()
                        .map(
                                at ->
                                        at
                                                + "/console/runbooks/index.xhtml?page=alerts#"
                                                + alert.kind().word()));
    }

    /** What a channel's test sends. */
    static Notice test(String by, Instant now) {
        return new Notice(
                Ids.next(),
                Notice.Event.TEST,
                Optional.empty(),
                "test",
                "Test of this channel",
                "",
                Severity.INFO,
                "Alerts of Holdfast arrive here. " + by + " asked for this test; nothing is wrong.",
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private Alerting alerting() {
        return settings.alerting();
    }
}

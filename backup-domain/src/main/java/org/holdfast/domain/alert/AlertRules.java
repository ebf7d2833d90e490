package org.holdfast.domain.alert;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.domain.policy.Fit;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.policy.Shrinkage;
import org.holdfast.domain.shared.Names;

/**
 * What of the facts somebody has to be told. No clock, no catalog: the same facts, the same words.
 */
public final class AlertRules {
    /** How long a copy may be behind before somebody is told: the tries of a passing fault. */
    static final Duration COPY_PATIENCE = Duration.ofMinutes(30);

    /** How long a store may be silent. */
    static final Duration STORE_PATIENCE = Duration.ofMinutes(3);

    /** How long no server may have followed the schedules or looked for work. */
    static final Duration SILENCE = Duration.ofMinutes(5);

    /** How long before a key is overdue it is told. */
    static final Duration KEY_AHEAD = Duration.ofDays(7);

    /** How long before the end of its month a missing drill is told. */
    static final Duration DRILL_AHEAD = Duration.ofDays(7);

    /** How long a drill may wait and run after its slot before it is missed. */
    static final Duration DRILL_TO_RUN = Duration.ofDays(1);

    /** How long a source may be there before its lack of a plan is pointed out. */
    static final Duration PLAN_PATIENCE = Duration.ofDays(7);

    private static final String SOURCE = "source/";

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final AlertFacts facts;
    private final Policy policy;
    private final List<Concern> concerns = new ArrayList<>();

    private AlertRules(AlertFacts facts, Policy policy) {
        this.facts = facts;
        this.policy = policy;
    }

    /** One concern at most for each kind and subject. */
    public static List<Concern> judge(AlertFacts facts, Policy policy) {
        AlertRules rules = new AlertRules(facts, policy);
        facts.sources().forEach(rules::late);
        facts.sources().forEach(rules::shrunken);
        facts.sources().forEach(rules::suspect);
        facts.stores().forEach(rules::store);
        facts.keys().forEach(rules::key);
        facts.glass().forEach(rules::glass);
        facts.pulses().forEach(rules::silent);
        rules.unfit();
        facts.drills().forEach(rules::drillDue);
        facts.drills().forEach(rules::drillFailed);
        rules.neverDrilled();
        facts.audit().forEach(rules::audit);
        facts.expiring()
                .forEach(it -> expiring(it, facts.now(), policy).ifPresent(rules.concerns::add));
        return List.copyOf(rules.concerns);
    }

    private void raise(AlertKind kind, String subject, Severity severity, String text) {
        concerns.add(new Concern(kind, subject, severity, text));
    }

    private void late(AlertFacts.OfSource source) {
        Schedule schedule = policy.scheduleOf(source.name());
        Optional<Duration> promised = policy.freshnessOf(source.name());
        Instant from = source.newestGood().orElse(source.knownSince());
        Optional<Instant> due = policy.dueOf(source.name(), from);
        if (due.isEmpty() || !facts.now().isAfter(due.get())) {
            return;
        }
        Optional<Instant> slot = schedule.next(from);
        StringBuilder text = new StringBuilder();
        text.append(
                source.newestGood().isPresent()
                        ? "The newest usable backup of "
                                + source.name()
                                + " holds the state of "
                                + MINUTE.format(from)
                                + ", "
                                + age(from)
                                + " ago. "
                        : "There is no usable backup of "
                                + source.name()
                                + ", which is known for "
                                + age(from)
                                + ". ");
        text.append(
                promised.map(time -> "The policy allows " + Fit.words(time) + "; ")
                        .orElse(
                                "It should be younger than "
                                        + Fit.words(Policy.FRESHNESS)
                                        + ", or than its schedule allows; "));
        text.append("the schedule is ").append(schedule.words());
        slot.ifPresent(
                at ->
                        text.append(
                                at.isAfter(facts.now())
                                        ? ", next at " + MINUTE.format(at)
                                        : ", and the slot of "
                                                + MINUTE.format(at)
                                                + " was missed"));
        text.append(".");
        source.lastFailure().ifPresent(why -> text.append(" The last run failed: ").append(why));
        source.paused()
                .ifPresent(
                        pause ->
                                text.append(" The schedule is paused by ")
                                        .append(pause.by())
                                        .append(" until ")
                                        .append(MINUTE.format(pause.until()))
                                        .append("."));
        raise(
                AlertKind.BACKUP_LATE,
                SOURCE + source.name(),
                source.paused().isPresent() ? Severity.WARNING : Severity.CRITICAL,
                text.toString());
    }

    /** An emptied database dumps without any error; only its history tells (fault 24). */
    private void shrunken(AlertFacts.OfSource source) {
        if (source.sizes().isEmpty()) {
            return;
        }
        Shrinkage.Size newest = source.sizes().get(0);
        Optional<String> found =
                Shrinkage.of(newest, source.sizes().subList(1, source.sizes().size()));
        if (found.isPresent()) {
            raise(
                    AlertKind.BACKUP_SHRUNKEN,
                    SOURCE + source.name(),
                    Severity.CRITICAL,
                    "The backup of "
                            + source.name()
                            + " of "
                            + MINUTE.format(newest.takenAt())
                            + " has "
                            + found.get()
                            + ". Either much was deleted on purpose, or the database was emptied:"
                            + " look before older backups expire. If it is right, accept it on the"
                            + " backup's page.");
        }
    }

    private void suspect(AlertFacts.OfSource source) {
        if (source.suspect().isEmpty()) {
            return;
        }
        AlertFacts.Suspect first = source.suspect().get(0);
        int more = source.suspect().size() - 1;
        raise(
                AlertKind.VERIFICATION_FAILED,
                SOURCE + source.name(),
                first.newest() ? Severity.CRITICAL : Severity.WARNING,
                "The backup of "
                        + source.name()
                        + " of "
                        + MINUTE.format(first.takenAt())
                        + (first.newest() ? ", the newest," : "")
                        + " was found wrong: "
                        + sentence(first.doubt())
                        + (more == 0
                                ? ""
                                : more == 1
                                        ? " So was an older one."
                                        : " So were " + more + " older ones."));
    }

    private void store(AlertFacts.OfStore store) {
        String subject = "store/" + store.name();
        store.failingSince()
                .filter(since -> passed(since, STORE_PATIENCE))
                .ifPresent(
                        since ->
                                raise(
                                        AlertKind.STORE_UNREACHABLE,
                                        subject,
                                        Severity.CRITICAL,
                                        "Store "
                                                + store.name()
                                                + " has not answered for "
                                                + age(since)
                                                + ": "
                                                + sentence(store.failure().orElse("no answer"))
                                                + " New backups get no copy there."));
        if (store.corrupt() > 0) {
            raise(
                    AlertKind.COPY_DAMAGED,
                    subject,
                    Severity.CRITICAL,
                    counted(store.corrupt(), "copy", "copies")
                            + " in store "
                            + store.name()
                            + (store.corrupt() == 1 ? " is" : " are")
                            + " not what was written. No restore reads "
                            + (store.corrupt() == 1 ? "it" : "them")
                            + "; other stores may have the same backups whole.");
        }
        store.oldestMissing()
                .filter(oldest -> store.missing() > 0 && passed(oldest, COPY_PATIENCE))
                .ifPresent(
                        oldest ->
                                raise(
                                        AlertKind.COPY_MISSING,
                                        subject,
                                        Severity.WARNING,
                                        "Store "
                                                + store.name()
                                                + " lacks "
                                                + counted(store.missing(), "copy", "copies")
                                                + ", the oldest for "
                                                + age(oldest)
                                                + "."
                                                + store.why()
                                                        .map(w -> " The last try: " + sentence(w))
                                                        .orElse("")
                                                + " They are tried again by themselves."));
    }

    private void key(AlertFacts.OfKey key) {
        String subject = "key/" + key.name();
        key.rotationDue()
                .filter(due -> !facts.now().isBefore(due.minus(KEY_AHEAD)))
                .ifPresent(
                        due ->
                                raise(
                                        AlertKind.KEY_ROTATION_DUE,
                                        subject,
                                        overdue(due) ? Severity.WARNING : Severity.INFO,
                                        "Key "
                                                + key.name()
                                                + (overdue(due)
                                                        ? " is overdue: it was to be replaced by "
                                                        : " is to be replaced by ")
                                                + MINUTE.format(due)
                                                + " (key_rotation_days is "
                                                + policy.keyRotationDays()
                                                + ")."));
        key.proofDue()
                .filter(this::overdue)
                .ifPresent(
                        due ->
                                raise(
                                        AlertKind.KEY_PROOF_DUE,
                                        subject,
                                        Severity.WARNING,
                                        "The holder of escrow key "
                                                + key.name()
                                                + " has not shown since "
                                                + MINUTE.format(due)
                                                + " that its identity is there and works."));
    }

    /**
     * What is to be told of something that ends; empty while there is time.
     *
     * <p>Long before: whoever renews it may need a ticket. But of a certificate whose beginning is
     * known the last fifth only, where that is less: one that is made for 90 days is renewed by a
     * machine when 30 are left. Critical once it is too late and work fails by it. Not where nobody
     * checks it, or where it works on; nor of one that was not read since: there may be a new one.
     * All that stays a warning: to raise nothing is to say that all is well again.
     */
    public static Optional<Concern> expiring(AlertFacts.Expiring it, Instant now, Policy policy) {
        boolean certificate = it.kind() == AlertKind.CERTIFICATE_EXPIRES;
        int days = certificate ? policy.ahead().certificates() : policy.ahead().credentials();
        Duration ahead = Duration.ofDays(days);
        Optional<Duration> made = it.from().map(from -> Duration.between(from, it.at()));
        boolean brief = made.filter(life -> life.dividedBy(5).compareTo(ahead) < 0).isPresent();
        if (now.isBefore(it.at().minus(brief ? made.get().dividedBy(5) : ahead))) {
            return Optional.empty();
        }
        boolean over = it.ended(now) && !it.endedUnseen(now) && !it.outlived(now) && it.verified();
        return Optional.of(
                new Concern(
                        it.kind(),
                        it.subject(),
                        over ? Severity.CRITICAL : Severity.WARNING,
                        ending(it, now)
                                + " ("
                                + (certificate ? "certificate_days" : "credential_days")
                                + " is "
                                + days
                                + (brief
                                        ? "; of one that is made for "
                                                + Fit.words(made.get())
                                                + " the last fifth counts"
                                        : "")
                                + ")."));
    }

    private static String ending(AlertFacts.Expiring it, Instant now) {
        String at = MINUTE.format(it.at());
        if (it.outlived(now)) {
            return it.what()
                    + " was said to end at "
                    + at
                    + ", but it still works: say when it does end";
        }
        if (it.endedUnseen(now)) {
            boolean certificate = it.kind() == AlertKind.CERTIFICATE_EXPIRES;
            return it.what()
                    + " was to expire at "
                    + at
                    + "; it was not "
                    + (certificate ? "read" : "tried")
                    + " since";
        }
        return it.what()
                + (it.ended(now) ? " has expired at " : " expires at ")
                + at
                + (it.verified() ? "" : "; no connection of Holdfast checks it");
    }

    private void glass(AlertFacts.Glass broken) {
        raise(
                AlertKind.GLASS_BROKEN,
                broken.subject(),
                Severity.CRITICAL,
                broken.by()
                        + " acted alone where two people are asked for, at "
                        + MINUTE.format(broken.at())
                        + ": "
                        + sentence(broken.what())
                        + " The reason stands in the record.");
    }

    private void audit(AlertFacts.OfAudit head) {
        raise(
                AlertKind.AUDIT_DIFFERS,
                "audit/" + head.store(),
                Severity.CRITICAL,
                "The audit log is not what its head in store "
                        + head.store()
                        + " says"
                        + head.signedAt()
                                .map(at -> ", which was signed at " + MINUTE.format(at))
                                .orElse("")
                        + ": "
                        + sentence(head.mismatch())
                        + " Somebody changed the log, the store, or brought an older catalog back.");
    }

    private void silent(AlertFacts.Pulse pulse) {
        if (!passed(pulse.at(), SILENCE)) {
            return;
        }
        String since = "since " + MINUTE.format(pulse.at()) + " (" + age(pulse.at()) + " ago)";
        switch (pulse.duty()) {
            case SCHEDULER -> {
                boolean any =
                        facts.sources().stream()
                                .anyMatch(
                                        s ->
                                                policy.scheduleOf(s.name())
                                                        .next(facts.now())
                                                        .isPresent());
                if (any) {
                    raise(
                            AlertKind.SCHEDULER_SILENT,
                            "scheduler",
                            Severity.CRITICAL,
                            "No server has followed the schedules "
                                    + since
                                    + ": no backup comes by itself.");
                }
            }
            case BACKUP_WORKER -> {
                if (!facts.sources().isEmpty()) {
                    raise(
                            AlertKind.WORKER_SILENT,
                            "worker/backup",
                            Severity.CRITICAL,
                            "No server has looked for queued backups " + since + ": none is made.");
                }
            }
            case RESTORE_WORKER ->
                    raise(
                            AlertKind.WORKER_SILENT,
                            "worker/restore",
                            Severity.WARNING,
                            "No server has looked for queued restores "
                                    + since
                                    + ": a restore asked for now would wait.");
        }
    }

    private void unfit() {
        List<String> doubts =
                Fit.doubts(
                        policy,
                        facts.sources().stream().map(AlertFacts.OfSource::name).toList(),
                        facts.now());
        if (!doubts.isEmpty()) {
            raise(AlertKind.POLICY_UNFIT, "policy", Severity.WARNING, String.join(" ", doubts));
        }
    }

    /**
     * Each month one passed drill, by the policy's drill day; a plan that comes more seldom is
     * given the time to its slot. Counted from the newest passed drill, or from when the plan was
     * made.
     */
    private void drillDue(AlertFacts.OfDrills source) {
        if (source.promised().isEmpty()) {
            return;
        }
        Instant promised = source.promised().get();
        Instant from = source.passed().filter(at -> at.isAfter(promised)).orElse(promised);
        Instant due = endOfMonthAfter(from);
        Optional<Instant> run = source.slot().map(at -> at.plus(DRILL_TO_RUN));
        if (run.filter(due::isBefore).isPresent()) {
            due = run.get();
        }
        if (facts.now().isBefore(due.minus(DRILL_AHEAD))) {
            return;
        }
        raise(
                AlertKind.DRILL_DUE,
                SOURCE + source.source(),
                Severity.WARNING,
                (source.passed().isPresent()
                                ? "The newest passed drill of "
                                        + source.source()
                                        + " ended at "
                                        + MINUTE.format(source.passed().get())
                                        + ", "
                                        + age(source.passed().get())
                                        + " ago. "
                                : "No drill of " + source.source() + " has ever passed. ")
                        + (overdue(due) ? "One had to pass by " : "One is to pass by ")
                        + MINUTE.format(due)
                        + " (monthly_restore_day is "
                        + policy.monthlyRestoreDay()
                        + ")"
                        + (source.paused() ? "; its plans are paused" : "")
                        + (!source.paused() && source.slot().isEmpty()
                                ? "; its plans come by hand only"
                                : "")
                        + ".");
    }

    /** The month of {@code moment} counts as done; the next one is to have its own. */
    private static Instant endOfMonthAfter(Instant moment) {
        return YearMonth.from(moment.atZone(ZoneOffset.UTC))
                .plusMonths(2)
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    private void drillFailed(AlertFacts.OfDrills source) {
        source.failed()
                .ifPresent(
                        drill ->
                                raise(
                                        AlertKind.DRILL_FAILED,
                                        SOURCE + source.source(),
                                        drill.contradicted() ? Severity.CRITICAL : Severity.WARNING,
                                        "Drill "
                                                + drill.number()
                                                + " of "
                                                + source.source()
                                                + " failed at "
                                                + MINUTE.format(drill.at())
                                                + drill.why()
                                                        .map(why -> ": " + sentence(why))
                                                        .orElse(".")
                                                + (drill.contradicted()
                                                        ? " A check contradicts the backup."
                                                        : " It did not come to its checks, so it"
                                                                + " proves nothing.")
                                                + " None has passed since."));
    }

    /** One hint for all of them: a plan is a choice, and its lack no fault. */
    private void neverDrilled() {
        List<String> without =
                facts.drills().stream()
                        .filter(s -> s.promised().isEmpty() && s.passed().isEmpty())
                        .filter(s -> passed(s.knownSince(), PLAN_PATIENCE))
                        .map(AlertFacts.OfDrills::source)
                        .toList();
        if (!without.isEmpty()) {
            raise(
                    AlertKind.DRILL_DUE,
                    "drills",
                    Severity.INFO,
                    counted(without.size(), "database has", "databases have")
                            + " no drill plan and no drill that ever passed: "
                            + Names.some(without, 5)
                            + ". Nobody knows whether their backups can be restored.");
        }
    }

    private boolean overdue(Instant due) {
        return !facts.now().isBefore(due);
    }

    private boolean passed(Instant since, Duration time) {
        return Duration.between(since, facts.now()).compareTo(time) >= 0;
    }

    private String age(Instant since) {
        return Fit.words(Duration.between(since, facts.now()));
    }

    private static String counted(long number, String one, String many) {
        return number == 1 ? "1 " + one : number + " " + many;
    }

    private static String sentence(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.matches(".*[.!?…]$") ? line : line + ".";
    }
}

package org.holdfast.domain.restore;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Source;

/**
 * A database that restores may go into. Its row is what is locked while a request is queued, so
 * that one restore per target is a fact and not a hope.
 */
@Entity
@Table(name = "targets")
public class TargetEnvironment {
    public static final Duration KEPT_BY_DEFAULT = Duration.ofHours(72);
    public static final Duration APPROVAL_BY_DEFAULT = Duration.ofHours(24);
    private static final Duration LONGEST_KEPT = Duration.ofHours(8760);
    private static final Duration LONGEST_APPROVAL = Duration.ofHours(720);
    private static final Duration LONGEST_COMMAND = Duration.ofDays(1);

    @Id private UUID id;

    @Column(nullable = false, unique = true)
    private String name;

    @Enumerated(EnumType.STRING)
    private Origin origin;

    @Column(name = "redacted_url")
    private String redactedUrl;

    @Column(name = "sealed_url")
    private String sealedUrl;

    private boolean production;

    @Column(name = "in_place_allowed")
    private boolean inPlaceAllowed;

    @Column(name = "four_eyes")
    private boolean fourEyes;

    @Column(name = "kept_hours")
    private int keptHours;

    private String command;

    @Column(name = "command_seconds")
    private int commandSeconds;

    @Column(name = "approval_hours")
    private int approvalHours;

    private boolean retired;

    protected TargetEnvironment() {}

    /**
     * @param name lower case
     * @param sealedUrl null where the configuration keeps the URL
     * @param rules what is allowed with it
     */
    public TargetEnvironment(
            String name, Origin origin, String redactedUrl, String sealedUrl, Rules rules) {
        Source.requireName("target", name);
        this.id = Ids.next();
        this.name = name;
        this.origin = origin;
        follow(redactedUrl, sealedUrl, rules);
    }

    /**
     * @param production its own colour, ALLOW_DB_RESTORE, and a second person by default
     * @param inPlaceAllowed whether the in-place modes may be asked for
     * @param fourEyes whether another ADMIN must approve
     * @param kept how long the old database is kept after a swap, and after an undo the one that
     *     served since; whole hours, at least one
     * @param command run against the restored database before the swap, one argument a line, the
     *     first an absolute path; empty: none
     * @param commandLimit how long it may run, whole seconds
     * @param approvalOpen how long a restore waits for a second person, whole hours
     */
    public record Rules(
            boolean production,
            boolean inPlaceAllowed,
            boolean fourEyes,
            Duration kept,
            List<String> command,
            Duration commandLimit,
            Duration approvalOpen) {
        public Rules(
                boolean production,
                boolean inPlaceAllowed,
                boolean fourEyes,
                Duration kept,
                List<String> command,
                Duration commandLimit) {
            this(
                    production,
                    inPlaceAllowed,
                    fourEyes,
                    kept,
                    command,
                    commandLimit,
                    APPROVAL_BY_DEFAULT);
        }

        public static Rules standard(boolean production) {
            return new Rules(
                    production,
                    false,
                    production,
                    KEPT_BY_DEFAULT,
                    List.of(),
                    Duration.ofMinutes(10));
        }
    }

    /** Takes over what is configured now. */
    public final void follow(String redactedUrl, String sealedUrl, Rules rules) {
        requireGood(rules);
        this.redactedUrl = redactedUrl;
        this.sealedUrl = sealedUrl;
        this.production = rules.production();
        this.inPlaceAllowed = rules.inPlaceAllowed();
        this.fourEyes = rules.fourEyes();
        this.keptHours = (int) rules.kept().toHours();
        this.command = String.join("\n", rules.command());
        this.commandSeconds = (int) rules.commandLimit().toSeconds();
        this.approvalHours = (int) rules.approvalOpen().toHours();
        this.retired = false;
    }

    /** Whether it could {@link #follow} these; refuses with the reason otherwise. */
    public final void requireGood(Rules rules) {
        if (rules.kept().toHours() < 1) {
            throw new Refused(
                    "TARGET-KEPT",
                    "The old database of target " + name + " must be kept for at least one hour.",
                    "Give a time of one hour or more, so that a restore can be undone.");
        }
        if (rules.kept().compareTo(LONGEST_KEPT) > 0) {
            throw new Refused(
                    "TARGET-KEPT",
                    "The old database of target "
                            + name
                            + " cannot be kept for longer than a year.",
                    "Give 1 to 8760 hours.");
        }
        if (rules.approvalOpen().toHours() < 1
                || rules.approvalOpen().compareTo(LONGEST_APPROVAL) > 0) {
            throw new Refused(
                    "TARGET-APPROVAL",
                    "A restore into target "
                            + name
                            + " cannot wait for a second person for "
                            + rules.approvalOpen().toHours()
                            + " hours.",
                    "Give 1 to 720 hours.");
        }
        if (rules.commandLimit().toSeconds() < 1
                || rules.commandLimit().compareTo(LONGEST_COMMAND) > 0) {
            throw new Refused(
                    "TARGET-COMMAND",
                    "The command of target "
                            + name
                            + " cannot be given "
                            + rules.commandLimit().toSeconds()
                            + " seconds.",
                    "Give 1 to 86400 seconds.");
        }
        if (rules.command().stream().anyMatch(word -> word.contains("\n"))) {
            throw new Refused(
                    "TARGET-COMMAND",
                    "An argument of the command of target " + name + " holds a line break.",
                    "Give one argument a line; put more into a script and name that.");
        }
        if (!rules.command().isEmpty() && !rules.command().get(0).startsWith("/")) {
            throw new Refused(
                    "TARGET-COMMAND",
                    "The command of target " + name + " does not begin with an absolute path.",
                    "Give the program's full path on the first line and one argument on each further line.");
        }
    }

    public void retire() {
        retired = true;
    }

    /** Whether {@code mode} may be asked for here; refuses with the reason otherwise. */
    public void requireAllows(RestoreMode mode) {
        if (mode.inPlace() && !inPlaceAllowed) {
            throw new Refused(
                    "RESTORE-MODE",
                    "Target " + name + " does not allow restores in place.",
                    "Choose ASIDE_SWAP, or have a SUPER_GURU allow in-place restores for this target.");
        }
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Origin origin() {
        return origin;
    }

    public String redactedUrl() {
        return redactedUrl;
    }

    public String sealedUrl() {
        return sealedUrl;
    }

    public boolean production() {
        return production;
    }

    public boolean inPlaceAllowed() {
        return inPlaceAllowed;
    }

    public boolean fourEyes() {
        return fourEyes;
    }

    public Duration kept() {
        return Duration.ofHours(keptHours);
    }

    /** Until when a database is kept that a swap or an undo takes the name from now. */
    public Instant keptUntil(Instant now) {
        return now.plus(kept()).truncatedTo(ChronoUnit.SECONDS);
    }

    public List<String> command() {
        return command == null || command.isBlank() ? List.of() : List.of(command.split("\n"));
    }

    public Duration commandLimit() {
        return Duration.ofSeconds(commandSeconds);
    }

    /** How long a restore into it waits for a second person. */
    public Duration approvalOpen() {
        return Duration.ofHours(approvalHours);
    }

    /** What is allowed with it now. */
    public Rules rules() {
        return new Rules(
                production,
                inPlaceAllowed,
                fourEyes,
                kept(),
                command(),
                commandLimit(),
                approvalOpen());
    }

    public boolean retired() {
        return retired;
    }
}

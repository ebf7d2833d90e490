package org.holdfast.domain.restore;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;

/**
 * What a restore would mean, computed before anybody confirms it.
 *
 * @param rung as the snapshot is shown
 * @param proved how far the snapshot was proved, its size left aside
 * @param age of the snapshot's content
 * @param sourceVersion of the PostgreSQL server that the snapshot was taken from
 * @param dumpVersion of the pg_dump that made it, where that is known
 * @param losses tables of which the target has rows that the snapshot has not, largest loss first
 * @param needBytes disk the target's server needs while both databases stand
 * @param blocks reasons why it cannot be asked for now
 * @param inPlace what speaks against a restore in place besides
 * @param warnings what to know before
 * @param confirmPhrase to be typed exactly
 */
public record Impact(
        UUID snapshotId,
        Rung rung,
        Rung proved,
        String source,
        String target,
        boolean production,
        Instant takenAt,
        Duration age,
        long rawBytes,
        long storedBytes,
        long snapshotRows,
        String sourceVersion,
        Optional<String> dumpVersion,
        TargetFacts facts,
        List<Loss> losses,
        long needBytes,
        OptionalLong roomBytes,
        Estimate estimate,
        List<Finding> blocks,
        Optional<Finding> inPlace,
        List<Finding> warnings,
        List<Item> checklist,
        boolean needsApproval,
        String confirmPhrase) {

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("d MMM uuuu HH:mm 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    /** Code of the finding, and id of what has to be acknowledged. */
    private static final String IS_SOURCE = "TARGET-IS-SOURCE";

    static final String INTO_SOURCE = "source-replaced";

    /** Codes of blocks that do not count where nothing is applied to the target. */
    private static final List<String> HARMLESS_IN_A_REHEARSAL =
            List.of(
                    "RESTORE-PRODUCTION",
                    "NO-SPACE",
                    "TARGET-CREATEDB",
                    IS_SOURCE,
                    "TARGET-WEAKER");

    /** What speaks against a restore, or against a dry run, which touches nothing. */
    public List<Finding> blocksFor(RestoreMode mode, boolean dryRun) {
        return blocksFor(mode, dryRun, false);
    }

    /**
     * @param identityGiven whether the person gives the identity: then a snapshot that was uploaded
     *     and could not be read back here is read by the restore itself
     */
    public List<Finding> blocksFor(RestoreMode mode, boolean dryRun, boolean identityGiven) {
        return Stream.concat(blocks.stream(), mode.inPlace() ? inPlace.stream() : Stream.empty())
                .filter(b -> mode != RestoreMode.NEW_NAME || !b.code().equals(IS_SOURCE))
                .filter(b -> !(dryRun && HARMLESS_IN_A_REHEARSAL.contains(b.code())))
                .filter(
                        b ->
                                !(identityGiven
                                        && proved == Rung.UPLOADED
                                        && b.code().equals("RESTORE-UNVERIFIED")))
                .toList();
    }

    /** How the PostgreSQL of the snapshot and that of the target go together. */
    public enum Fit {
        FITS,
        /** The target's major version is newer: an upgrade. */
        NEWER,
        /** The target's is older, or no client here fits. */
        NONE,
        /** The target could not be reached. */
        UNKNOWN
    }

    public Fit versions() {
        if (facts.problem().isPresent()) {
            return Fit.UNKNOWN;
        }
        if (has(blocks, "SERVER-OLDER") || has(blocks, "CLIENT-MISSING")) {
            return Fit.NONE;
        }
        return has(warnings, "SERVER-NEWER") ? Fit.NEWER : Fit.FITS;
    }

    private static boolean has(List<Finding> findings, String code) {
        return findings.stream().anyMatch(f -> f.code().equals(code));
    }

    /** What to know before such a restore. */
    public List<Finding> warningsFor(RestoreMode mode, boolean dryRun) {
        return warnings.stream()
                .filter(w -> replaces(mode, dryRun) || !w.code().equals(IS_SOURCE))
                .toList();
    }

    /** What is to be acknowledged before such a restore: nothing where nothing is changed. */
    public List<Item> checklistFor(RestoreMode mode, boolean dryRun) {
        if (dryRun) {
            return List.of();
        }
        return checklist.stream()
                .filter(i -> mode.endsSessions() || !i.id().equals(RestoreRequest.END_SESSIONS))
                .filter(i -> mode != RestoreMode.NEW_NAME || !i.id().equals(INTO_SOURCE))
                .toList();
    }

    private static boolean replaces(RestoreMode mode, boolean dryRun) {
        return !dryRun && mode != RestoreMode.NEW_NAME;
    }

    /** What such a restore takes away; a rehearsal and a database beside take nothing. */
    public List<Loss> losses(RestoreMode mode, boolean dryRun) {
        return dryRun || mode == RestoreMode.NEW_NAME ? List.of() : losses;
    }

    private static final int LOSSES_TOLD = 40;

    /** What the target loses by such a restore, one fact a line, for the record and an approver. */
    public List<String> lost(RestoreMode mode, boolean dryRun) {
        if (dryRun) {
            return List.of("Nothing: a rehearsal applies nothing to " + target + ".");
        }
        if (mode == RestoreMode.NEW_NAME) {
            return List.of("Nothing: the snapshot goes into a database of its own.");
        }
        if (facts.problem().isPresent()) {
            return List.of("Not known: " + target + " cannot be reached.");
        }
        List<String> lines = new ArrayList<>();
        warnings.stream()
                .filter(w -> w.code().equals(IS_SOURCE))
                .map(Finding::text)
                .forEach(lines::add);
        lines.add(
                "Changes of "
                        + target
                        + " since "
                        + MINUTE.format(takenAt)
                        + " are replaced by the snapshot.");
        if (losses.isEmpty()) {
            lines.add("No table of " + target + " has more rows than the snapshot.");
        }
        losses.stream()
                .limit(LOSSES_TOLD)
                .forEach(
                        loss ->
                                lines.add(
                                        String.format(
                                                Locale.ENGLISH,
                                                "%s: %s%,d %s",
                                                loss.table().replaceAll("\\R", " "),
                                                loss.estimated() ? "about " : "",
                                                loss.rows(),
                                                loss.rows() == 1 ? "row" : "rows")));
        if (losses.size() > LOSSES_TOLD) {
            lines.add("and rows of " + (losses.size() - LOSSES_TOLD) + " more tables");
        }
        if (mode.inPlace()) {
            lines.add("No copy of what is there now is kept: this cannot be undone.");
        }
        return lines;
    }

    /**
     * @param table qualified name
     * @param targetRows what the target has now
     * @param snapshotRows what the snapshot has, 0 where it has no such table
     * @param estimated where the target's number is an estimate
     */
    public record Loss(String table, long targetRows, long snapshotRows, boolean estimated) {
        public long rows() {
            return targetRows - snapshotRows;
        }
    }

    /**
     * @param code names a page of runbooks/
     */
    public record Finding(String code, String text, String remedy) {}

    /**
     * @param required whether the request is refused without it
     */
    public record Item(String id, String text, boolean required) {}

    /**
     * How long it should take.
     *
     * @param basis where the numbers come from, in words
     * @param measuredFrom how many measured restores and drills they rest on; 0: a guess by size
     */
    public record Estimate(Duration low, Duration high, String basis, int measuredFrom) {

        /** Bytes a second a restore is guessed at before one was measured. */
        private static final long GUESSED_RATE = 20L << 20;

        /** Restores from which on drills are not asked: a drill's place is not the target. */
        private static final int ENOUGH = 5;

        /**
         * The 50th and 90th percentile of the measured rates, or a guess by size.
         *
         * @param drilled asked where fewer than five restores were measured
         */
        public static Estimate of(
                long rawBytes,
                List<RestoreRequests.Measured> restored,
                Supplier<List<RestoreRequests.Measured>> drilled) {
            List<Double> restores = secondsPerByte(restored);
            List<Double> drills =
                    restores.size() < ENOUGH ? secondsPerByte(drilled.get()) : List.of();
            List<Double> secondsPerByte =
                    Stream.concat(restores.stream(), drills.stream()).sorted().toList();
            if (secondsPerByte.isEmpty()) {
                long seconds = Math.max(1, rawBytes / GUESSED_RATE);
                return new Estimate(
                        Duration.ofSeconds(seconds),
                        Duration.ofSeconds(seconds * 3),
                        "a guess from the size: no restore and no drill was measured yet",
                        0);
            }
            int n = secondsPerByte.size();
            double median = secondsPerByte.get((n - 1) / 2);
            double p90 = secondsPerByte.get((int) Math.ceil(n * 0.9) - 1);
            return new Estimate(
                    atLeastASecond(median * rawBytes),
                    atLeastASecond(p90 * rawBytes),
                    "from " + counted(restores.size(), drills.size()) + " (P50 to P90)",
                    n);
        }

        private static List<Double> secondsPerByte(List<RestoreRequests.Measured> measured) {
            return measured.stream()
                    .filter(m -> m.rawBytes() > 0)
                    .map(m -> m.took().toMillis() / 1000.0 / m.rawBytes())
                    .toList();
        }

        private static String counted(int restores, int drills) {
            String restored =
                    restores + (restores == 1 ? " measured restore" : " measured restores");
            String drilled = drills + (drills == 1 ? " drill" : " drills");
            return drills == 0 ? restored : restores == 0 ? drilled : restored + " and " + drilled;
        }

        private static Duration atLeastASecond(double seconds) {
            return Duration.ofSeconds(Math.max(1, Math.round(seconds)));
        }
    }

    /**
     * What the configuration says about restores.
     *
     * @param productionAllowed ALLOW_DB_RESTORE
     * @param sourceAllowed ALLOW_SOURCE_RESTORE
     * @param template of the phrase: {@code {backupId}} and {@code {target}} are filled in
     */
    public record Settings(boolean productionAllowed, boolean sourceAllowed, String template) {
        public String phrase(UUID snapshotId, String target) {
            return template.replace("{backupId}", snapshotId.toString())
                    .replace("{target}", target);
        }
    }

    /**
     * @param isSource whether the target is the very database that is the snapshot's source
     * @param weaker where it is another target's, which has more protection
     */
    public static Impact of(
            Snapshot snapshot,
            Manifest manifest,
            TargetEnvironment target,
            TargetFacts facts,
            boolean isSource,
            Optional<Finding> weaker,
            Estimate estimate,
            Settings settings,
            Instant now) {
        List<Loss> losses = losses(manifest, facts);
        long need = Math.max(snapshot.rawBytes(), 1) * 3 / 2;
        List<Finding> blocks = blocks(snapshot, manifest, target, facts, isSource, need, settings);
        weaker.ifPresent(blocks::add);
        boolean intoSource = isSource && settings.sourceAllowed();
        List<Finding> warnings = warnings(manifest, facts, losses);
        List<Item> checklist = checklist(snapshot, target, facts, losses);
        if (intoSource) {
            String what = intoSource(snapshot, manifest, target, facts);
            warnings.add(
                    0,
                    new Finding(
                            IS_SOURCE,
                            what,
                            "It is allowed while ALLOW_SOURCE_RESTORE is true. Take that back when"
                                    + " this restore is done."));
            checklist.add(0, new Item(INTO_SOURCE, what, true));
        }
        return new Impact(
                snapshot.id(),
                snapshot.rung(),
                snapshot.proved(),
                manifest.source().name(),
                target.name(),
                target.production(),
                snapshot.takenAt(),
                Duration.between(snapshot.takenAt(), now),
                snapshot.rawBytes(),
                snapshot.storedBytes(),
                manifest.rows(),
                manifest.source().serverVersion(),
                Optional.ofNullable(manifest.tools().get("pg_dump")),
                facts,
                losses,
                need,
                facts.roomBytes(),
                estimate,
                blocks,
                intoSource ? Optional.of(neverInPlace(manifest, target)) : Optional.empty(),
                warnings,
                checklist,
                target.fourEyes(),
                settings.phrase(snapshot.id(), target.name()));
    }

    private static List<Loss> losses(Manifest manifest, TargetFacts facts) {
        Map<String, Long> kept = new TreeMap<>();
        manifest.tables().forEach(t -> kept.put(t.qualifiedName(), t.rows()));
        if (kept.isEmpty()) {
            return List.of();
        }
        return facts.tables().stream()
                .map(
                        t ->
                                new Loss(
                                        t.qualifiedName(),
                                        t.rows(),
                                        kept.getOrDefault(t.qualifiedName(), 0L),
                                        t.estimated()))
                .filter(l -> l.rows() > 0)
                .sorted((a, b) -> Long.compare(b.rows(), a.rows()))
                .toList();
    }

    /** What speaks against any restore into the target, a rehearsal excepted. */
    static Optional<Finding> closed(TargetEnvironment target, boolean productionAllowed) {
        return target.production() && !productionAllowed
                ? Optional.of(
                        new Finding(
                                "RESTORE-PRODUCTION",
                                "Target "
                                        + target.name()
                                        + " is marked production and ALLOW_DB_RESTORE is not true.",
                                "Restore into another target, or set ALLOW_DB_RESTORE=true on every server and restart Holdfast for the emergency."))
                : Optional.empty();
    }

    /** What speaks against a restore into the snapshot's source while that is not allowed. */
    public static Finding isTheSource(Manifest manifest, TargetEnvironment target) {
        return new Finding(
                IS_SOURCE,
                theSource(manifest, target) + ".",
                "Restore under a new name beside it (mode NEW_NAME) or into another target. Where the"
                        + " source itself is lost, set ALLOW_SOURCE_RESTORE=true on every server and"
                        + " restart Holdfast. The same cluster is told by its system identifier,"
                        + " whatever name it is reached by.");
    }

    /** What speaks against one in place, allowed or not: nothing of the source would be kept. */
    public static Finding neverInPlace(Manifest manifest, TargetEnvironment target) {
        return new Finding(
                IS_SOURCE,
                theSource(manifest, target) + ", and in place nothing of it would be kept.",
                "Use ASIDE_SWAP, which keeps the old database, or NEW_NAME.");
    }

    private static String theSource(Manifest manifest, TargetEnvironment target) {
        return "Target "
                + target.name()
                + (manifest.imported().isPresent()
                        ? " is the very database this dump was imported for"
                        : " is the very database this snapshot was taken from");
    }

    private static String intoSource(
            Snapshot snapshot, Manifest manifest, TargetEnvironment target, TargetFacts facts) {
        return theSource(manifest, target)
                + (facts.exists()
                        ? "; what was written since "
                                + minute(snapshot.takenAt())
                                + " is lost from it, and kept as the old database."
                        : "; there is no database of that name any more, and it is made anew.");
    }

    private static List<Finding> blocks(
            Snapshot snapshot,
            Manifest manifest,
            TargetEnvironment target,
            TargetFacts facts,
            boolean isSource,
            long need,
            Settings settings) {
        List<Finding> blocks = new ArrayList<>();
        if (!snapshot.proved().restorable()) {
            blocks.add(
                    new Finding(
                            "RESTORE-UNVERIFIED",
                            "Snapshot "
                                    + snapshot.id()
                                    + " is "
                                    + snapshot.rung()
                                    + ", not verified.",
                            "Restore a VERIFIED snapshot, or have this one verified first."));
        }
        closed(target, settings.productionAllowed()).ifPresent(blocks::add);
        if (facts.problem().isPresent()) {
            blocks.add(
                    new Finding(
                            "TARGET-UNREACHABLE",
                            "Target "
                                    + target.name()
                                    + " cannot be reached: "
                                    + facts.problem().get(),
                            "Check its URL under Databases with Test connection."));
            return blocks;
        }
        if (isSource && !settings.sourceAllowed()) {
            blocks.add(isTheSource(manifest, target));
        }
        facts.clientProblem()
                .ifPresent(
                        p ->
                                blocks.add(
                                        new Finding(
                                                "CLIENT-MISSING",
                                                p,
                                                "Install the PostgreSQL client of the server's major version on this machine.")));
        if (facts.serverMajor() < manifest.source().serverMajor()) {
            blocks.add(
                    new Finding(
                            "SERVER-OLDER",
                            "The target runs PostgreSQL "
                                    + facts.serverVersion()
                                    + ", the snapshot is of "
                                    + manifest.source().serverVersion()
                                    + ".",
                            "Restore into a server of major version "
                                    + manifest.source().serverMajor()
                                    + " or newer."));
        }
        List<String> missing =
                manifest.source().extensions().keySet().stream()
                        .filter(e -> !facts.availableExtensions().containsKey(e))
                        .sorted()
                        .toList();
        if (!missing.isEmpty()) {
            blocks.add(
                    new Finding(
                            "EXTENSION-MISSING",
                            "The target's server lacks the extension"
                                    + (missing.size() > 1 ? "s " : " ")
                                    + String.join(", ", missing)
                                    + ".",
                            "Install the extension packages on the target's server."));
        }
        facts.localeProblem()
                .ifPresent(
                        p ->
                                blocks.add(
                                        new Finding(
                                                "LOCALE-MISSING",
                                                p,
                                                "Generate the locale on the target's server and restart PostgreSQL there.")));
        if (!facts.mayCreateDatabases() && !target.inPlaceAllowed()) {
            blocks.add(
                    new Finding(
                            "TARGET-CREATEDB",
                            "The role of target " + target.name() + " may not create databases.",
                            "Grant it CREATEDB: ALTER ROLE … CREATEDB."));
        }
        if (facts.roomBytes().isPresent() && facts.roomBytes().getAsLong() < need) {
            blocks.add(
                    new Finding(
                            "NO-SPACE",
                            "The target's disk has "
                                    + number(facts.roomBytes().getAsLong())
                                    + " bytes free; about "
                                    + number(need)
                                    + " are needed.",
                            "Free disk space on the target's server."));
        }
        return blocks;
    }

    private static List<Finding> warnings(Manifest manifest, TargetFacts facts, List<Loss> losses) {
        List<Finding> warnings = new ArrayList<>();
        if (facts.problem().isPresent()) {
            return warnings;
        }
        if (!facts.sessions().isEmpty()) {
            warnings.add(
                    new Finding(
                            "TARGET-SESSIONS",
                            facts.sessions().size()
                                    + (facts.sessions().size() == 1
                                            ? " connection is"
                                            : " connections are")
                                    + " open on "
                                    + facts.database()
                                    + ".",
                            "Stop the applications, or acknowledge that the connections are ended at the swap."));
        }
        if (facts.serverMajor() > manifest.source().serverMajor()) {
            warnings.add(
                    new Finding(
                            "SERVER-NEWER",
                            "The target runs PostgreSQL "
                                    + facts.serverVersion()
                                    + ", the snapshot is of "
                                    + manifest.source().serverVersion()
                                    + ".",
                            "This is an upgrade: test the application against the new major version."));
        }
        if (!losses.isEmpty()) {
            long rows = losses.stream().mapToLong(Loss::rows).sum();
            warnings.add(
                    new Finding(
                            "ROWS-LOST",
                            facts.database()
                                    + " has "
                                    + number(rows)
                                    + " rows in "
                                    + losses.size()
                                    + (losses.size() == 1 ? " table" : " tables")
                                    + " that the snapshot has not.",
                            "Make sure that they may be lost; the old database is kept for a time after a swap."));
        }
        if (manifest.tables().isEmpty()) {
            warnings.add(
                    new Finding(
                            "ROWS-UNKNOWN",
                            "The snapshot carries no row counts, so what would be lost cannot be told.",
                            manifest.imported().isPresent()
                                    ? "It was imported, and nothing was counted when it was made:"
                                            + " restore it under another name first to look at it."
                                    : "Set the row proof of this source to COUNTS for later"
                                            + " backups."));
        }
        if (facts.roomBytes().isEmpty()) {
            warnings.add(
                    new Finding(
                            "ROOM-UNKNOWN",
                            "Free disk space on the target's server cannot be seen from here.",
                            "Make sure that the server has room for a second copy of the database."));
        }
        return warnings;
    }

    private static List<Item> checklist(
            Snapshot snapshot, TargetEnvironment target, TargetFacts facts, List<Loss> losses) {
        Instant takenAt = snapshot.takenAt();
        Map<String, Item> items = new LinkedHashMap<>();
        if (snapshot.inQuestion()) {
            add(
                    items,
                    RestoreRequest.SHRUNKEN,
                    "This backup is SUSPECT: it has "
                            + snapshot.shrunken()
                            + ". It is to be restored nevertheless.",
                    true);
        }
        add(
                items,
                "owner-told",
                "The owner of " + target.name() + " knows of this restore and when it happens.",
                true);
        add(
                items,
                "application-stopped",
                "Applications and jobs that write to "
                        + target.name()
                        + " are stopped, or may lose their work.",
                true);
        long lost = losses.stream().mapToLong(Loss::rows).sum();
        add(
                items,
                "loss-accepted",
                lost == 0
                        ? "Whatever changed in "
                                + target.name()
                                + " after "
                                + minute(takenAt)
                                + " is replaced; that is accepted."
                        : number(lost)
                                + " rows that the snapshot has not, and whatever else changed after "
                                + minute(takenAt)
                                + ", are replaced; that is accepted.",
                true);
        int open = facts.sessions().size();
        add(
                items,
                RestoreRequest.END_SESSIONS,
                open == 0
                        ? "Connections that are open at the swap may be ended."
                        : "End the "
                                + open
                                + (open == 1 ? " open connection" : " open connections")
                                + " at the swap.",
                open > 0);
        return new ArrayList<>(items.values());
    }

    private static String minute(Instant instant) {
        return MINUTE.format(instant);
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static void add(Map<String, Item> items, String id, String text, boolean required) {
        items.put(id, new Item(id, text, required));
    }
}

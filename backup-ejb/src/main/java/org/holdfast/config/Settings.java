package org.holdfast.config;

import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.bech32.Bech32Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.Days;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.StoreAccess;

/**
 * All settings, read and checked once at start. A bean that is injected wherever one is needed;
 * immutable.
 *
 * <p>Names are those of the environment ({@code RETENTION_DAYS}); a properties file or system
 * properties give them under the same names. An empty value counts as none.
 */
public final class Settings {
    private static final Duration STORE_DEADLINE = Duration.ofSeconds(60);

    /** Of whoever sets nothing else. */
    static final int RETENTION_DAYS = 14;

    /** OpenSSL's own. */
    private static final int OPENSSL_ITERATIONS = 10_000;

    /** Known names that stand for one setting each. */
    private static final Set<String> NAMES =
            Set.of(
                    "ALERT_DEADMAN_URL",
                    "ALERT_EMAIL_FROM",
                    "ALERT_EMAIL_KINDS",
                    "ALERT_EMAIL_MIN_SEVERITY",
                    "ALERT_EMAIL_TO",
                    "ALERT_EVERY_SECONDS",
                    "ALERT_SLACK_KINDS",
                    "ALERT_SLACK_MIN_SEVERITY",
                    "ALERT_WEBHOOK_HOSTS",
                    "ALERT_WEBHOOK_KINDS",
                    "ALERT_WEBHOOK_MIN_SEVERITY",
                    "ALERT_WEBHOOK_SECRET",
                    "ALERT_WEBHOOK_URL",
                    "ALLOW_CREATE_IN_DUMP",
                    "ALLOW_DB_RESTORE",
                    "ALLOW_GLOBALS_RESTORE",
                    "ALLOW_SOURCE_RESTORE",
                    "APPROVAL_HOURS",
                    "BACKUP_ENCRYPTION_KEY",
                    "BACKUP_ENCRYPTION_PASSPHRASE",
                    "BACKUP_ENCRYPTION_RECIPIENTS",
                    "BACKUP_IDENTITY_FILE",
                    "BACKUP_RESTORE_CONFIRM_TEMPLATE",
                    "BACKUP_STORAGE_DIR",
                    "BACKUP_SCHEDULER_ENABLED",
                    "BACKUP_COMPRESSION_LEVEL",
                    "BACKUP_WORKER_ENABLED",
                    "BREAK_GLASS",
                    "FOUR_EYES_OPERATIONS",
                    "HOLDFAST_ANCHOR_MINUTES",
                    "HOLDFAST_BOOTSTRAP_TOKEN",
                    "HOLDFAST_CONSOLE_URL",
                    "HOLDFAST_DATA_DIR",
                    "HOLDFAST_DB_URL",
                    "HOLDFAST_DRILL_DIR",
                    "HOLDFAST_DRILL_USER",
                    "HOLDFAST_SCRATCH_DIR",
                    "HOLDFAST_SEAL_KEY",
                    "IMPORT_OPENSSL_ITERATIONS",
                    "IMPORT_TIME_ZONE",
                    "OIDC_CLIENT_ID",
                    "OIDC_CLIENT_SECRET",
                    "OIDC_ISSUER",
                    "OIDC_LABEL",
                    "OIDC_NAME_CLAIM",
                    "OIDC_ROLES",
                    "OIDC_ROLE_CLAIM",
                    "OIDC_SCOPES",
                    "OPS_BACKUP_POLICY_FILE",
                    "PG_BIN_DIRS",
                    "R2_ACCESS_KEY_ID",
                    "R2_ACCOUNT_ID",
                    "R2_BUCKET",
                    "R2_KEY_EXPIRES_ON",
                    "R2_PREFIX",
                    "R2_SECRET_ACCESS_KEY",
                    "RESTORE_JOBS",
                    "RESTORE_WORKER_ENABLED",
                    "RESTORE_WORKER_POLL_MS",
                    "RETENTION_DAYS",
                    "RETENTION_WORKER_ENABLED",
                    "S3_ACCESS_KEY_ID",
                    "S3_BUCKET",
                    "S3_ENDPOINT",
                    "S3_KEY_EXPIRES_ON",
                    "S3_PREFIX",
                    "S3_REGION",
                    "S3_SECRET_ACCESS_KEY",
                    "SCRUB_GIB_PER_DAY",
                    "SLACK_WEBHOOK_URL",
                    "SMTP_HOST",
                    "SMTP_PASSWORD",
                    "SMTP_PORT",
                    "SMTP_SECURITY",
                    "SMTP_USER");

    private static final Pattern FAMILY =
            Pattern.compile(
                    "(ALERT|ALLOW|APPROVAL|BACKUP|BREAK|DRILL|FOUR|HOLDFAST|IMPORT|OIDC|OPS|PG|R2|RESTORE|RETENTION|S3|SCRUB|SLACK|SMTP)_[A-Z0-9_]+");
    private static final Pattern SOURCE = Pattern.compile("BACKUP_SOURCE_(.+)_URL");
    private static final Pattern TARGET =
            Pattern.compile(
                    "RESTORE_TARGET_(.+?)_(URL|PRODUCTION|IN_PLACE|FOUR_EYES|APPROVAL_HOURS|KEPT_HOURS|COMMAND_SECONDS|COMMAND)");

    private static final Pattern IMPORT_PLACE = Pattern.compile("IMPORT_PLACE_([A-Z0-9_]+)");
    private static final Pattern IMPORT_PREFIX =
            Pattern.compile("([a-z0-9][a-z0-9-]{0,62}):(?!/)([^\\p{Cntrl}]*)");

    private static final Pattern DRILL_COMMAND =
            Pattern.compile("DRILL_COMMAND_([A-Z0-9_]+?)(_SECONDS)?");

    /**
     * A command that a drill may run against the restored database.
     *
     * @param words the program's absolute path and its arguments
     * @param limit after this it is killed
     */
    public record DrillCommand(List<String> words, Duration limit) {}

    /**
     * Where dumps of scripts may be imported from.
     *
     * @param directory absolute; empty for a bucket
     * @param store name of the store whose bucket it is; empty for a directory
     * @param prefix of the keys in the bucket, empty or ending in a slash
     */
    public record ImportPlace(Optional<Path> directory, String store, String prefix) {}

    /** A target as it is configured. */
    public record Target(PostgresUrl url, TargetEnvironment.Rules rules) {}

    private final Path dataDir;
    private final Path scratchDir;
    private final Path storageDir;
    private final Map<String, PostgresUrl> sources;
    private final Map<String, Target> targets;
    private final Map<String, StoreAccess> stores;
    private final Map<String, LocalDate> keysEndOn;
    private final String confirmTemplate;
    private final boolean backupWorkerEnabled;
    private final boolean backupSchedulerEnabled;
    private final boolean restoreWorkerEnabled;
    private final boolean retentionWorkerEnabled;
    private final Duration restoreWorkerPoll;
    private final boolean allowDbRestore;
    private final boolean allowGlobalsRestore;
    private final boolean allowSourceRestore;
    private final boolean allowCreateInDump;
    private final Map<String, RecipientKey.Purpose> recipients;
    private final Optional<Path> identityFile;
    private final Optional<Secret> sealKey;
    private final List<String> pgBinDirs;
    private final Optional<Path> policyFile;
    private final Optional<Integer> retentionDays;
    private final Optional<Secret> bootstrapToken;
    private final int restoreJobs;
    private final int compressionLevel;
    private final int scrubGibPerDay;
    private final Alerting alerting;
    private final Set<String> fourEyesOperations;
    private final Duration approvalOpen;
    private final boolean breakGlass;
    private final Duration anchorEvery;
    private final Optional<OpenId> openId;
    private final Optional<Path> drillDir;
    private final Optional<String> drillUser;
    private final Map<String, DrillCommand> drillCommands;
    private final Map<String, ImportPlace> importPlaces;
    private final Optional<Secret> dumpKey;
    private final Optional<Secret> dumpPassphrase;
    private final int opensslIterations;
    private final ZoneId importZone;
    private final List<String> warnings = new ArrayList<>();

    private Settings(Values values) {
        refuseUnknownNames(values);
        values.url("HOLDFAST_DB_URL");
        dataDir = values.path("HOLDFAST_DATA_DIR", Path.of(".holdfast"));
        scratchDir = values.path("HOLDFAST_SCRATCH_DIR", dataDir.resolve("scratch"));
        storageDir = values.path("BACKUP_STORAGE_DIR", Path.of("../backups"));
        sources = sources(values);
        approvalOpen = Duration.ofHours(values.number("APPROVAL_HOURS", 1, 720, 24));
        targets = targets(values, approvalOpen);
        stores = stores(values);
        keysEndOn = keysEndOn(values);
        confirmTemplate =
                values.text("BACKUP_RESTORE_CONFIRM_TEMPLATE").orElse("RESTORE {backupId}");
        if (!confirmTemplate.contains("{backupId}") && !confirmTemplate.contains("{target}")) {
            values.problem(
                    "BACKUP_RESTORE_CONFIRM_TEMPLATE names neither {backupId} nor {target}, so one"
                            + " phrase would confirm every restore.",
                    "Write it as RESTORE {backupId}.");
        }
        backupWorkerEnabled = values.yes("BACKUP_WORKER_ENABLED", true);
        backupSchedulerEnabled = values.yes("BACKUP_SCHEDULER_ENABLED", true);
        restoreWorkerEnabled = values.yes("RESTORE_WORKER_ENABLED", true);
        retentionWorkerEnabled = values.yes("RETENTION_WORKER_ENABLED", true);
        restoreWorkerPoll =
                Duration.ofMillis(values.number("RESTORE_WORKER_POLL_MS", 100, 3_600_000, 5000));
        allowDbRestore = values.yes("ALLOW_DB_RESTORE", false);
        allowGlobalsRestore = values.yes("ALLOW_GLOBALS_RESTORE", false);
        allowSourceRestore = values.yes("ALLOW_SOURCE_RESTORE", false);
        allowCreateInDump = values.yes("ALLOW_CREATE_IN_DUMP", false);
        recipients = recipients(values);
        identityFile = identityFile(values);
        sealKey = sealKey(values);
        pgBinDirs =
                values.text("PG_BIN_DIRS")
                        .map(dirs -> pgBinDirs(values, dirs))
                        .orElse(List.of("/usr/lib/postgresql/*/bin"));
        policyFile = values.path("OPS_BACKUP_POLICY_FILE");
        retentionDays =
                values.text("RETENTION_DAYS")
                        .map(set -> values.number("RETENTION_DAYS", 1, 36_500, RETENTION_DAYS));
        bootstrapToken = bootstrapToken(values);
        restoreJobs =
                values.number(
                        "RESTORE_JOBS",
                        1,
                        64,
                        Math.min(8, Runtime.getRuntime().availableProcessors()));
        compressionLevel = values.number("BACKUP_COMPRESSION_LEVEL", 1, 19, 1);
        scrubGibPerDay = values.number("SCRUB_GIB_PER_DAY", 0, 1_000_000, 100);
        alerting = Alerting.read(values);
        fourEyesOperations = fourEyesOperations(values);
        breakGlass = values.yes("BREAK_GLASS", true);
        openId = OpenId.read(values);
        anchorEvery = Duration.ofMinutes(values.number("HOLDFAST_ANCHOR_MINUTES", 1, 1440, 5));
        drillDir = values.path("HOLDFAST_DRILL_DIR");
        drillUser = values.text("HOLDFAST_DRILL_USER");
        drillCommands = drillCommands(values);
        importPlaces = importPlaces(values);
        dumpKey = values.text("BACKUP_ENCRYPTION_KEY").map(Secret::of);
        dumpPassphrase = values.text("BACKUP_ENCRYPTION_PASSPHRASE").map(Secret::of);
        opensslIterations =
                values.number("IMPORT_OPENSSL_ITERATIONS", 1, 10_000_000, OPENSSL_ITERATIONS);
        importZone = importZone(values);
    }

    /**
     * Reads and checks.
     *
     * @param values by name
     * @throws Problems naming everything that is wrong
     */
    public static Settings read(Map<String, String> values) {
        Values read = new Values(values);
        Settings settings = new Settings(read);
        read.requireNone();
        return settings;
    }

    /** Whether a name is Holdfast's to read; of all others no value is even looked at. */
    static boolean concerns(String name) {
        return FAMILY.matcher(name).matches();
    }

    /** Names of single settings. */
    static Set<String> names() {
        return NAMES;
    }

    /** Whether a name is one of a setting. */
    static boolean knows(String name) {
        return NAMES.contains(name)
                || SOURCE.matcher(name).matches()
                || TARGET.matcher(name).matches()
                || IMPORT_PLACE.matcher(name).matches()
                || DRILL_COMMAND.matcher(name).matches();
    }

    // --- what was read -----------------------------------------------------------------------

    /** Where the server keeps keys and scratch files; absolute. {@code HOLDFAST_DATA_DIR}. */
    public Path dataDir() {
        return dataDir;
    }

    /** Where large passing files may lie; absolute. {@code HOLDFAST_SCRATCH_DIR}. */
    public Path scratchDir() {
        return scratchDir;
    }

    /** The directory of store {@code local}; absolute. {@code BACKUP_STORAGE_DIR}. */
    public Path storageDir() {
        return storageDir;
    }

    /** URLs by source name, from {@code BACKUP_SOURCE_<NAME>_URL}. */
    public Map<String, PostgresUrl> sources() {
        return sources;
    }

    /** Targets by name, from {@code RESTORE_TARGET_<ENV>_URL} and its companions. */
    public Map<String, Target> targets() {
        return targets;
    }

    /** From when on (UTC) a configured store's access key is no good, where somebody said so. */
    public Optional<LocalDate> keysEndOn(String store) {
        return Optional.ofNullable(keysEndOn.get(store));
    }

    /** Stores by name: {@code local}, and {@code s3} and {@code r2} where they are configured. */
    public Map<String, StoreAccess> stores() {
        return stores;
    }

    /** The phrase to be typed; {@code {backupId}} and {@code {target}} are filled in. */
    public String confirmTemplate() {
        return confirmTemplate;
    }

    public boolean backupWorkerEnabled() {
        return backupWorkerEnabled;
    }

    /** Whether this server follows the policy's schedules; others on the catalog may. */
    public boolean backupSchedulerEnabled() {
        return backupSchedulerEnabled;
    }

    public boolean restoreWorkerEnabled() {
        return restoreWorkerEnabled;
    }

    /** How often the head of the audit chain is signed and written into the stores. */
    public Duration anchorEvery() {
        return anchorEvery;
    }

    /** Whether this server marks and removes what is to go; others on the catalog may. */
    public boolean retentionWorkerEnabled() {
        return retentionWorkerEnabled;
    }

    /** Milliseconds between two looks for queued restores. */
    public long restoreWorkerPollMs() {
        return restoreWorkerPoll.toMillis();
    }

    /** Whether a restore may go into a target marked production. */
    public boolean allowDbRestore() {
        return allowDbRestore;
    }

    public boolean allowGlobalsRestore() {
        return allowGlobalsRestore;
    }

    /** Whether a restore may go into the very database that its snapshot was taken from. */
    public boolean allowSourceRestore() {
        return allowSourceRestore;
    }

    public boolean allowCreateInDump() {
        return allowCreateInDump;
    }

    /** age public keys ({@code age1…}) of {@code BACKUP_ENCRYPTION_RECIPIENTS}, in its order. */
    public List<String> recipients() {
        return List.copyOf(recipients.keySet());
    }

    /** The same keys, each with what it is for. */
    public Map<String, RecipientKey.Purpose> recipientPurposes() {
        return recipients;
    }

    /**
     * The keys that seal the catalog's secrets, one a line; empty where they are in the data
     * directory. {@code HOLDFAST_SEAL_KEY}.
     */
    public Optional<Secret> sealKey() {
        return sealKey;
    }

    /** The file of identities for unattended verification and restores, where there is one. */
    public Optional<Path> identityFile() {
        return identityFile;
    }

    /** Absolute directories of PostgreSQL clients; the last but one segment may be {@code *}. */
    public List<String> pgBinDirs() {
        return pgBinDirs;
    }

    /** The policy file that is followed, absolute. {@code OPS_BACKUP_POLICY_FILE}. */
    public Optional<Path> policyFile() {
        return policyFile;
    }

    /** How long snapshots are kept where the policy does not say it, days. */
    public int retentionDays() {
        return retentionDays.orElse(RETENTION_DAYS);
    }

    /** The same where {@code RETENTION_DAYS} is set. */
    public Optional<Integer> configuredRetentionDays() {
        return retentionDays;
    }

    /** The token that makes the first user, where it was set by hand. */
    public Optional<Secret> bootstrapToken() {
        return bootstrapToken;
    }

    /** Parallel jobs of one restore. */
    public int restoreJobs() {
        return restoreJobs;
    }

    /** The zstd level that dumps are written with, 1 to 19. */
    public int compressionLevel() {
        return compressionLevel;
    }

    /** Bytes that may be read back from each store in a day without being asked; 0: none. */
    public long scrubBytesPerDay() {
        return (long) scrubGibPerDay << 30;
    }

    /** Whom alerts are sent to, and how. */
    public Alerting alerting() {
        return alerting;
    }

    /** Operations that always ask for a second person, of {@link Approval#OPERATIONS}. */
    public Set<String> fourEyesOperations() {
        return fourEyesOperations;
    }

    /** How long something waits for a second person. */
    public Duration approvalOpen() {
        return approvalOpen;
    }

    /** Whether a SUPER_GURU may act alone, in an emergency, where two are asked for. */
    public boolean breakGlass() {
        return breakGlass;
    }

    /** Where throw-away clusters are made, where somebody named a place. */
    public Optional<Path> drillDir() {
        return drillDir;
    }

    /** The account under which throw-away clusters run where Holdfast is root, if one is named. */
    public Optional<String> drillUser() {
        return drillUser;
    }

    /** Commands that a drill's check plan may name, by that name in lower case. */
    public Map<String, DrillCommand> drillCommands() {
        return drillCommands;
    }

    /** Where dumps of scripts may be imported from, by name. {@code IMPORT_PLACE_<NAME>}. */
    public Map<String, ImportPlace> importPlaces() {
        return importPlaces;
    }

    /** What opens dumps of scripts: 32 bytes in hexadecimal or Base64, or a passphrase. */
    public Optional<Secret> dumpKey() {
        return dumpKey;
    }

    /** The passphrase that opens dumps of scripts. */
    public Optional<Secret> dumpPassphrase() {
        return dumpPassphrase;
    }

    /** Rounds of PBKDF2 of dumps that openssl encrypted with {@code -iter}. */
    public int opensslIterations() {
        return opensslIterations;
    }

    /** Zone of the machines whose archives are imported: an archive keeps local time alone. */
    public ZoneId importZone() {
        return importZone;
    }

    /** The OpenID provider that people may sign in through, where there is one. */
    public Optional<OpenId> openId() {
        return openId;
    }

    /** What is allowed but unwise, one sentence each, for the log and the console. */
    public List<String> warnings() {
        return Collections.unmodifiableList(warnings);
    }

    // --- reading -----------------------------------------------------------------------------

    private static void refuseUnknownNames(Values values) {
        for (String name : values.names()) {
            if (knows(name)) {
                continue;
            }
            if (name.startsWith("BACKUP_SOURCE_")) {
                values.problem(
                        name + " is no setting: a source is BACKUP_SOURCE_<NAME>_URL.",
                        "Rename it so that it ends in _URL.");
            } else if (name.startsWith("IMPORT_PLACE")) {
                values.problem(
                        name + " is no setting: a place to import from is IMPORT_PLACE_<NAME>.",
                        "Name it in capitals, digits and underscores.");
            } else if (name.startsWith("RESTORE_TARGET_")) {
                values.problem(
                        name
                                + " is no setting: a target is RESTORE_TARGET_<ENV>_ and URL,"
                                + " PRODUCTION, IN_PLACE, FOUR_EYES, APPROVAL_HOURS, KEPT_HOURS,"
                                + " COMMAND or COMMAND_SECONDS.",
                        "Correct its ending.");
            } else {
                NAMES.stream()
                        .filter(known -> distance(known, name) <= 2)
                        .min((a, b) -> distance(a, name) - distance(b, name))
                        .ifPresent(
                                known ->
                                        values.problem(
                                                name + " is no setting.",
                                                "Did you mean " + known + "?"));
            }
        }
    }

    private static Map<String, PostgresUrl> sources(Values values) {
        Map<String, PostgresUrl> sources = new TreeMap<>();
        for (String setting : values.names()) {
            Matcher matcher = SOURCE.matcher(setting);
            if (matcher.matches() && named(values, setting, "source", matcher.group(1))) {
                String name = Source.nameOf(matcher.group(1));
                values.url(setting)
                        .ifPresent(
                                url -> {
                                    if (sources.put(name, url) != null) {
                                        values.problem(
                                                "Two settings name source \"" + name + "\".",
                                                "Keep one of them.");
                                    }
                                });
            }
        }
        return Collections.unmodifiableMap(sources);
    }

    private static boolean named(Values values, String setting, String what, String name) {
        try {
            Source.requireName(what, Source.nameOf(name));
            return true;
        } catch (Refused e) {
            values.problem(setting + ": " + e.getMessage(), e.remedy());
            return false;
        }
    }

    private static Map<String, Target> targets(Values values, Duration approvalOpen) {
        Set<String> environments = new TreeSet<>();
        for (String setting : values.names()) {
            Matcher matcher = TARGET.matcher(setting);
            if (matcher.matches()) {
                environments.add(matcher.group(1));
            }
        }
        Map<String, Target> targets = new TreeMap<>();
        for (String environment : environments) {
            String prefix = "RESTORE_TARGET_" + environment + "_";
            TargetEnvironment.Rules rules = rules(values, environment, prefix, approvalOpen);
            if (values.text(prefix + "URL").isEmpty()) {
                values.problem(
                        prefix + "URL is not set, but other settings of that target are.",
                        "Set it to postgresql://user:password@host:5432/database, or remove the"
                                + " others.");
            } else if (named(values, prefix + "URL", "target", environment)) {
                values.url(prefix + "URL")
                        .ifPresent(
                                url -> {
                                    String name = Source.nameOf(environment);
                                    if (targets.put(name, new Target(url, rules)) != null) {
                                        values.problem(
                                                "Two settings name target \"" + name + "\".",
                                                "Keep one of them.");
                                    }
                                });
            }
        }
        return Collections.unmodifiableMap(targets);
    }

    private static TargetEnvironment.Rules rules(
            Values values, String environment, String prefix, Duration approvalOpen) {
        boolean production =
                values.yes(
                        prefix + "PRODUCTION",
                        Set.of("PROD", "PRODUCTION")
                                .contains(environment.toUpperCase(Locale.ROOT)));
        TargetEnvironment.Rules standard = TargetEnvironment.Rules.standard(production);
        return new TargetEnvironment.Rules(
                production,
                values.yes(prefix + "IN_PLACE", standard.inPlaceAllowed()),
                values.yes(prefix + "FOUR_EYES", standard.fourEyes()),
                Duration.ofHours(
                        values.number(
                                prefix + "KEPT_HOURS", 1, 8760, (int) standard.kept().toHours())),
                values.text(prefix + "COMMAND")
                        .map(text -> command(values, prefix + "COMMAND", text))
                        .orElse(List.of()),
                Duration.ofSeconds(
                        values.number(
                                prefix + "COMMAND_SECONDS",
                                1,
                                86_400,
                                (int) standard.commandLimit().toSeconds())),
                Duration.ofHours(
                        values.number(
                                prefix + "APPROVAL_HOURS", 1, 720, (int) approvalOpen.toHours())));
    }

    private static Map<String, ImportPlace> importPlaces(Values values) {
        Map<String, ImportPlace> places = new TreeMap<>();
        for (String setting : values.names()) {
            Matcher matcher = IMPORT_PLACE.matcher(setting);
            if (matcher.matches() && named(values, setting, "place", matcher.group(1))) {
                importPlace(values, setting)
                        .ifPresent(place -> places.put(Source.nameOf(matcher.group(1)), place));
            }
        }
        return Collections.unmodifiableMap(places);
    }

    private static Optional<ImportPlace> importPlace(Values values, String setting) {
        String text = values.text(setting).orElseThrow();
        Matcher bucket = IMPORT_PREFIX.matcher(text);
        if (bucket.matches()) {
            String prefix = bucket.group(2);
            return Optional.of(
                    new ImportPlace(
                            Optional.empty(),
                            bucket.group(1),
                            prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/"));
        }
        if (text.startsWith("/")) {
            Optional<Path> directory = values.path(setting);
            if (directory.isPresent() && directory.get().getNameCount() == 0) {
                values.problem(
                        setting + " is the root of the file system.",
                        "Name the directory that the scripts put their dumps into.");
                return Optional.empty();
            }
            return directory.map(path -> new ImportPlace(Optional.of(path), "", ""));
        }
        values.problem(
                setting + " is neither an absolute directory nor store:prefix.",
                "Set it to e.g. /var/backups/postgresql, or s3:db/ for the keys below db/ in the"
                        + " bucket of store s3.");
        return Optional.empty();
    }

    private static ZoneId importZone(Values values) {
        String zone = values.text("IMPORT_TIME_ZONE").orElse("UTC");
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            values.problem(
                    "IMPORT_TIME_ZONE is " + Values.shape(zone) + ", which is no time zone.",
                    "Set it to e.g. Europe/Berlin or UTC.");
            return ZoneId.of("UTC");
        }
    }

    private static Map<String, DrillCommand> drillCommands(Values values) {
        Map<String, DrillCommand> commands = new TreeMap<>();
        for (String setting : values.names()) {
            Matcher matcher = DRILL_COMMAND.matcher(setting);
            if (!matcher.matches()) {
                continue;
            }
            String own = "DRILL_COMMAND_" + matcher.group(1);
            Optional<String> text = values.text(own);
            if (text.isEmpty()) {
                values.problem(
                        setting + " is set, but " + own + " is not.",
                        "Set it to the command, or remove the other.");
                continue;
            }
            commands.put(
                    matcher.group(1).toLowerCase(Locale.ROOT),
                    new DrillCommand(
                            command(values, own, text.get()),
                            Duration.ofSeconds(values.number(own + "_SECONDS", 1, 86_400, 600))));
        }
        return Collections.unmodifiableMap(commands);
    }

    private static List<String> command(Values values, String name, String text) {
        Optional<List<String>> words = PolicyText.strings(text);
        if (words.isEmpty()
                || words.get().isEmpty()
                || !words.get().get(0).startsWith("/")
                || words.get().stream().anyMatch(word -> word.contains("\n"))) {
            values.problem(
                    name
                            + " is no command: it has to be a JSON array of strings, one argument"
                            + " each and without line breaks, the first an absolute path.",
                    "Write it as [\"/usr/local/bin/migrate\",\"--target\",\"latest\"].");
            return List.of();
        }
        return words.get();
    }

    private Map<String, StoreAccess> stores(Values values) {
        Map<String, StoreAccess> stores = new LinkedHashMap<>();
        stores.put("local", new StoreAccess.Directory("local", storageDir));
        bucket(
                        values,
                        "s3",
                        "S3_",
                        List.of("ENDPOINT", "BUCKET", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"),
                        List.of("REGION", "PREFIX", "KEY_EXPIRES_ON"))
                .ifPresent(store -> stores.put("s3", store));
        bucket(
                        values,
                        "r2",
                        "R2_",
                        List.of("ACCOUNT_ID", "BUCKET", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"),
                        List.of("PREFIX", "KEY_EXPIRES_ON"))
                .ifPresent(store -> stores.put("r2", store));
        return Collections.unmodifiableMap(stores);
    }

    private static Map<String, LocalDate> keysEndOn(Values values) {
        Map<String, LocalDate> ends = new TreeMap<>();
        Map.of("s3", "S3_KEY_EXPIRES_ON", "r2", "R2_KEY_EXPIRES_ON")
                .forEach(
                        (store, name) ->
                                values.text(name)
                                        .flatMap(text -> day(values, name, text))
                                        .ifPresent(day -> ends.put(store, day)));
        return Collections.unmodifiableMap(ends);
    }

    private static Optional<LocalDate> day(Values values, String name, String text) {
        Optional<LocalDate> day = Days.read(text);
        if (day.isEmpty()) {
            values.problem(
                    name + " is " + Values.shape(text) + ", but it is " + Days.EXPECTED + ".",
                    "Write the day on which the access key ends as 2027-03-31, or leave it out.");
        }
        return day;
    }

    private static Optional<StoreAccess> bucket(
            Values values, String store, String prefix, List<String> needed, List<String> more) {
        List<String> missing =
                needed.stream().filter(n -> values.text(prefix + n).isEmpty()).toList();
        if (missing.size() == needed.size()
                && more.stream().allMatch(n -> values.text(prefix + n).isEmpty())) {
            return Optional.empty();
        }
        if (!missing.isEmpty()) {
            values.problem(
                    "Store \""
                            + store
                            + "\" is configured by half: "
                            + String.join(
                                    ", ", missing.stream().map(n -> prefix + n).sorted().toList())
                            + (missing.size() == 1 ? " is" : " are")
                            + " not set.",
                    "Set all of "
                            + String.join(", ", needed.stream().map(n -> prefix + n).toList())
                            + ", or none of the "
                            + prefix
                            + " names.");
            return Optional.empty();
        }
        Optional<URI> endpoint =
                prefix.equals("R2_") ? r2Endpoint(values) : endpoint(values, prefix + "ENDPOINT");
        String path = values.text(prefix + "PREFIX").orElse("");
        if (!path.matches("([A-Za-z0-9_][A-Za-z0-9._-]*/?)*")) {
            values.problem(
                    prefix
                            + "PREFIX has to be segments of letters, digits and . _ - joined by"
                            + " slashes.",
                    "Write it as team-a/backups/.");
            return Optional.empty();
        }
        return endpoint.map(
                uri ->
                        new StoreAccess.Bucket(
                                store,
                                uri,
                                values.text(prefix + "REGION")
                                        .orElse(prefix.equals("R2_") ? "auto" : "us-east-1"),
                                values.text(prefix + "BUCKET").orElseThrow(),
                                path.isEmpty() || path.endsWith("/") ? path : path + "/",
                                values.text(prefix + "ACCESS_KEY_ID").orElseThrow(),
                                Secret.of(values.text(prefix + "SECRET_ACCESS_KEY").orElseThrow()),
                                STORE_DEADLINE));
    }

    private static Optional<URI> r2Endpoint(Values values) {
        String account = values.text("R2_ACCOUNT_ID").orElseThrow();
        if (!account.matches("[0-9a-fA-F]{32}")) {
            values.problem(
                    "R2_ACCOUNT_ID is "
                            + Values.shape(account)
                            + ", but it has 32 hexadecimal digits.",
                    "Copy it from the R2 overview page.");
            return Optional.empty();
        }
        return Optional.of(URI.create("https://" + account + ".r2.cloudflarestorage.com"));
    }

    private static Optional<URI> endpoint(Values values, String name) {
        String text = values.text(name).orElseThrow();
        try {
            URI uri = new URI(text);
            boolean web =
                    uri.getHost() != null
                            && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
            boolean bare =
                    uri.getUserInfo() == null
                            && uri.getQuery() == null
                            && uri.getFragment() == null
                            && Set.of("", "/").contains(String.valueOf(uri.getPath()));
            if (web && bare) {
                if (literalAddress(uri.getHost()).filter(PostgresUrl::forbidden).isPresent()) {
                    values.problem(
                            name + " is a link-local or metadata address.",
                            "Give the address of the object store.");
                    return Optional.empty();
                }
                return Optional.of(
                        new URI(
                                uri.getScheme(),
                                null,
                                uri.getHost(),
                                uri.getPort(),
                                null,
                                null,
                                null));
            }
        } catch (URISyntaxException e) {
            // told below
        }
        values.problem(
                name + " has to be a scheme, a host and a port only.",
                "Write it as https://s3.example.org or http://127.0.0.1:9000.");
        return Optional.empty();
    }

    /** The address that is written out; a name is not resolved. */
    private static Optional<InetAddress> literalAddress(String host) {
        if (!host.matches("[0-9.]+|\\[.*]")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** {@code age1…} or {@code escrow:age1…}; without a word the first is the operator's. */
    private Map<String, RecipientKey.Purpose> recipients(Values values) {
        Map<String, RecipientKey.Purpose> found = new LinkedHashMap<>();
        List<String> words =
                values.text("BACKUP_ENCRYPTION_RECIPIENTS").stream()
                        .flatMap(text -> Arrays.stream(text.split("[,\\s]+")))
                        .filter(word -> !word.isEmpty())
                        .toList();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int colon = word.indexOf(':');
            String key = word.substring(colon + 1);
            if (key.regionMatches(true, 0, "AGE-SECRET-KEY-", 0, 15)) {
                values.problem(
                        "BACKUP_ENCRYPTION_RECIPIENTS holds a secret identity (number "
                                + (i + 1)
                                + ") where a public key belongs.",
                        "Give the public key that age-keygen -y prints for it, and keep the"
                                + " identity offline.");
            } else if (!recipient(key)) {
                values.problem(
                        "BACKUP_ENCRYPTION_RECIPIENTS: number "
                                + (i + 1)
                                + " is no age public key (age1 and 58 more characters).",
                        "Copy it whole from age-keygen's output.");
            }
            found.putIfAbsent(
                    key,
                    colon < 0
                            ? found.isEmpty()
                                    ? RecipientKey.Purpose.OPERATOR
                                    : RecipientKey.Purpose.ESCROW
                            : purpose(values, word.substring(0, colon), i + 1));
        }
        if (found.isEmpty()) {
            warnings.add(
                    "BACKUP_ENCRYPTION_RECIPIENTS is not set: no backup can be made until two age"
                            + " public keys are named there or added under Keys in the console.");
        } else if (found.size() == 1) {
            warnings.add(
                    "BACKUP_ENCRYPTION_RECIPIENTS names one key only: when its identity is lost,"
                            + " every backup is. Add an offline escrow key.");
        }
        return Collections.unmodifiableMap(found);
    }

    private static RecipientKey.Purpose purpose(Values values, String word, int number) {
        for (RecipientKey.Purpose purpose : RecipientKey.Purpose.values()) {
            if (purpose.word().equals(word)) {
                return purpose;
            }
        }
        values.problem(
                "BACKUP_ENCRYPTION_RECIPIENTS: number "
                        + number
                        + " begins with a word that is no purpose.",
                "Write operator:age1…, escrow:age1… or drill:age1…, or the key alone.");
        return RecipientKey.Purpose.OPERATOR;
    }

    private static boolean recipient(String key) {
        try {
            Bech32Address address = Bech32.getDecoder().decode(key);
            return address.getHumanReadablePart().toString().equals("age")
                    && address.getData().length == 32;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** {@code <id> <base64 of 32 bytes>}, several joined by commas or lines. */
    private static Optional<Secret> sealKey(Values values) {
        Optional<String> text = values.text("HOLDFAST_SEAL_KEY");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String lines = text.get().replace(',', '\n').replaceAll("(?m)^[ \\t]+|[ \\t]+$", "");
        if (!lines.lines()
                .filter(line -> !line.isEmpty())
                .allMatch(line -> line.matches("[A-Za-z0-9]{1,16} [A-Za-z0-9+/]{43}="))) {
            values.problem(
                    "HOLDFAST_SEAL_KEY holds something that is no key: each is an id of letters and"
                            + " digits, a blank, and the Base64 of 32 bytes.",
                    "Make one with: echo \"k1 $(openssl rand -base64 32)\". Put a new one in front"
                            + " of the old ones, a comma between.");
            return Optional.empty();
        }
        return Optional.of(Secret.of(lines + "\n"));
    }

    private Optional<Path> identityFile(Values values) {
        Optional<Path> file = values.path("BACKUP_IDENTITY_FILE");
        if (file.isEmpty()) {
            return file;
        }
        String said = "BACKUP_IDENTITY_FILE is " + file.get() + ", but ";
        if (!Files.isReadable(file.get())) {
            values.problem(
                    said + "no such file can be read.", "Correct the path, or remove the setting.");
            return Optional.empty();
        }
        try {
            Set<PosixFilePermission> open = Files.getPosixFilePermissions(file.get());
            open.removeAll(
                    EnumSet.of(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.OWNER_EXECUTE));
            if (!open.isEmpty()) {
                values.problem(
                        said + "others than its owner may open that file.",
                        "Run chmod 600 " + file.get() + ".");
                return Optional.empty();
            }
        } catch (IOException | UnsupportedOperationException e) {
            values.problem(
                    said + "its permissions cannot be read: " + e.getMessage() + ".",
                    "Put it on a local file system.");
            return Optional.empty();
        }
        warnings.add(
                "BACKUP_IDENTITY_FILE is set: this server can read the backups it makes. Unset it"
                        + " where verification by a person's key is enough.");
        return file;
    }

    private static List<String> pgBinDirs(Values values, String text) {
        List<String> dirs =
                Arrays.stream(text.split("[:,]"))
                        .map(String::strip)
                        .filter(dir -> !dir.isEmpty())
                        .toList();
        for (String dir : dirs) {
            if (!dir.startsWith("/")) {
                values.problem(
                        "PG_BIN_DIRS names \"" + dir + "\", which is no absolute directory.",
                        "Write directories from the root, joined by colons, e.g."
                                + " /usr/lib/postgresql/*/bin.");
            }
        }
        return dirs;
    }

    private static Optional<Secret> bootstrapToken(Values values) {
        Optional<String> token = values.text("HOLDFAST_BOOTSTRAP_TOKEN");
        if (token.isPresent() && token.get().length() < 20) {
            values.problem(
                    "HOLDFAST_BOOTSTRAP_TOKEN has "
                            + token.get().length()
                            + " characters, but it makes the first SUPER_GURU and has to have 20"
                            + " or more.",
                    "Make one with: openssl rand -hex 20. Or unset it: Holdfast then prints one"
                            + " into its log.");
            return Optional.empty();
        }
        return token.map(Secret::of);
    }

    /** An authenticator is never reset by one person alone: whoever could would be anybody. */
    private static Set<String> fourEyesOperations(Values values) {
        Set<String> operations = new TreeSet<>(Set.of("totp.reset"));
        for (String operation :
                values.text("FOUR_EYES_OPERATIONS").map(text -> text.split("[,\\s]+")).stream()
                        .flatMap(Arrays::stream)
                        .toList()) {
            if (Approval.OPERATIONS.contains(operation)) {
                operations.add(operation);
            } else {
                values.problem(
                        "FOUR_EYES_OPERATIONS names "
                                + Values.shape(operation)
                                + ", which is no operation.",
                        "Name some of "
                                + Approval.OPERATIONS.stream()
                                        .sorted()
                                        .collect(Collectors.joining(", "))
                                + ", joined by commas.");
            }
        }
        return Collections.unmodifiableSet(operations);
    }

    /** Levenshtein's, for names. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}

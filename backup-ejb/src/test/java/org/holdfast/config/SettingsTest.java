package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.policy.OnCall;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.Retry;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.storage.StoreAccess;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final String KEY =
            "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    private static final String OTHER_KEY =
            "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

    @TempDir private Path temporary;

    @Test
    void nothing_set_gives_the_documented_defaults() {
        Settings settings = read();

        assertThat(settings.dataDir()).isEqualTo(Path.of(".holdfast").toAbsolutePath());
        assertThat(settings.scratchDir()).isEqualTo(settings.dataDir().resolve("scratch"));
        assertThat(settings.storageDir())
                .isEqualTo(Path.of("../backups").toAbsolutePath().normalize());
        assertThat(settings.stores()).containsOnlyKeys("local");
        assertThat(settings.confirmTemplate()).isEqualTo("RESTORE {backupId}");
        assertThat(settings.backupWorkerEnabled()).isTrue();
        assertThat(settings.restoreWorkerEnabled()).isTrue();
        assertThat(settings.restoreWorkerPollMs()).isEqualTo(5000);
        assertThat(settings.allowDbRestore()).isFalse();
        assertThat(settings.allowGlobalsRestore()).isFalse();
        assertThat(settings.allowSourceRestore()).isFalse();
        assertThat(settings.allowCreateInDump()).isFalse();
        assertThat(settings.retentionDays()).isEqualTo(14);
        assertThat(settings.policyFile()).isEmpty();
        assertThat(PolicyDocument.of("{}").policy("default", settings.configuredRetentionDays()))
                .isEqualTo(Policy.standard(14));
        assertThat(settings.pgBinDirs()).containsExactly("/usr/lib/postgresql/*/bin");
        assertThat(settings.recipients()).isEmpty();
        assertThat(settings.warnings())
                .containsExactly(
                        "BACKUP_ENCRYPTION_RECIPIENTS is not set: no backup can be made until two age"
                                + " public keys are named there or added under Keys in the"
                                + " console.");
    }

    @Test
    void operations_that_ask_for_a_second_person_are_named_and_a_reset_always_is_one() {
        assertThat(read().fourEyesOperations()).containsExactly("totp.reset");
        assertThat(
                        read("FOUR_EYES_OPERATIONS", "snapshot.delete, hold.remove")
                                .fourEyesOperations())
                .containsExactlyInAnyOrder("snapshot.delete", "hold.remove", "totp.reset");
        assertThat(problems("FOUR_EYES_OPERATIONS", "snapshot.delete,snapshot.drop"))
                .containsExactly(
                        "FOUR_EYES_OPERATIONS names \"snapshot.drop\", which is no operation. Name"
                                + " some of hold.remove, recipient.change, retention.shorten,"
                                + " snapshot.delete, target.change, totp.reset, joined by commas.");
        assertThat(read().approvalOpen()).isEqualTo(Duration.ofHours(24));
        assertThat(read().breakGlass()).isTrue();
        assertThat(read("BREAK_GLASS", "false").breakGlass()).isFalse();
    }

    @Test
    void every_problem_is_told_at_once_and_no_secret_with_it() {
        List<String> problems =
                problems(
                        "RETENTION_DAYS", "soon",
                        "ALLOW_DB_RESTORE", "yes",
                        "BACKUP_SOURCE_SHOP_URL", "postgres://u:canary-1@h",
                        "S3_SECRET_ACCESS_KEY", "canary-2",
                        "HOLDFAST_BOOTSTRAP_TOKEN", "canary-3",
                        "SLACK_WEBHOOK_URL", "http://canary-4");

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "BACKUP_SOURCE_SHOP_URL: The PostgreSQL URL names no database. Put it"
                                + " behind the host: postgresql://user:password@host:5432/database.",
                        "Store \"s3\" is configured by half: S3_ACCESS_KEY_ID, S3_BUCKET,"
                                + " S3_ENDPOINT are not set. Set all of S3_ENDPOINT, S3_BUCKET,"
                                + " S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, or none of the S3_"
                                + " names.",
                        "ALLOW_DB_RESTORE is \"yes\", but it is a switch. Set it to true or false"
                                + " (or 1 or 0).",
                        "RETENTION_DAYS is \"soon\", but it is a whole number from 1 to 36500."
                                + " Leave it out for 14.",
                        "HOLDFAST_BOOTSTRAP_TOKEN has 8 characters, but it makes the first"
                                + " SUPER_GURU and has to have 20 or more. Make one with: openssl"
                                + " rand -hex 20. Or unset it: Holdfast then prints one into its"
                                + " log.",
                        "SLACK_WEBHOOK_URL has to begin with https:// (http:// is for a server on this"
                                + " machine only). Copy it from Slack's page Incoming Webhooks.");
        assertThat(String.join("\n", problems)).doesNotContain("canary");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "65535, true", "65536, false", "99999, false"})
    void an_address_of_alerts_has_a_port_that_there_is(String port, boolean right) {
        String address = "https://hooks.example:" + port + "/canary";
        if (right) {
            assertThat(read("SLACK_WEBHOOK_URL", address).alerting().slack()).isPresent();
        } else {
            assertThat(
                            problems(
                                    "SLACK_WEBHOOK_URL", address,
                                    "HOLDFAST_CONSOLE_URL", address))
                    .containsExactlyInAnyOrder(
                            "SLACK_WEBHOOK_URL has a port that is not a number from 1 to 65535."
                                    + " Copy it from Slack's page Incoming Webhooks.",
                            "HOLDFAST_CONSOLE_URL has a port that is not a number from 1 to 65535."
                                    + " Write it as people open it:"
                                    + " https://holdfast.example.org.");
        }
    }

    @Test
    void the_list_of_problems_is_one_message() {
        Problems thrown = problem("RETENTION_DAYS", "0", "RESTORE_JOBS", "x");

        assertThat(thrown)
                .hasMessage(
                        "Holdfast does not start, because 2 settings are wrong:\n"
                                + "  - RETENTION_DAYS is \"0\", but it is a whole number from 1 to"
                                + " 36500. Leave it out for 14.\n"
                                + "  - RESTORE_JOBS is \"x\", but it is a whole number from 1 to"
                                + " 64. Leave it out for "
                                + Math.min(8, Runtime.getRuntime().availableProcessors())
                                + ".");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "1, true", "false, false", "0, false"})
    void a_switch_takes_words_and_digits(String value, boolean on) {
        assertThat(read("ALLOW_GLOBALS_RESTORE", value).allowGlobalsRestore()).isEqualTo(on);
    }

    @Test
    void an_empty_value_counts_as_none() {
        assertThat(read("RETENTION_DAYS", " ", "S3_ENDPOINT", "").stores())
                .containsOnlyKeys("local");
    }

    @Nested
    class Names {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "RETENTION_DAY|RETENTION_DAY is no setting. Did you mean RETENTION_DAYS?",
                    "BACKUP_STORAGE_DIRS|BACKUP_STORAGE_DIRS is no setting. Did you mean"
                            + " BACKUP_STORAGE_DIR?",
                    "BACKUP_SOURCE_SHOP_URI|BACKUP_SOURCE_SHOP_URI is no setting: a source is"
                            + " BACKUP_SOURCE_<NAME>_URL. Rename it so that it ends in _URL.",
                    "RESTORE_TARGET_STAGING_ULR|RESTORE_TARGET_STAGING_ULR is no setting: a target"
                            + " is RESTORE_TARGET_<ENV>_ and URL, PRODUCTION, IN_PLACE, FOUR_EYES,"
                            + " APPROVAL_HOURS, KEPT_HOURS, COMMAND or COMMAND_SECONDS. Correct its ending."
                })
        void mistyped_are_told(String name, String sentence) {
            assertThat(problems(name, "x")).containsExactly(sentence);
        }

        @Test
        void of_others_are_left_alone() {
            assertThat(read("HOLDFAST_HTTPS_PORT", "8443", "S3_FORCE_PATH_STYLE", "x", "HOME", "/"))
                    .isNotNull();
        }

        @Test
        void of_other_families_are_not_even_looked_at() {
            assertThat(Settings.concerns("BACKUP_SOURCE_shop_URL")).isFalse();
            assertThat(Settings.concerns("PATH")).isFalse();
            assertThat(Settings.concerns("BACKUP_SOURCE_SHOP_URL")).isTrue();
            assertThat(Settings.concerns("PG_BIN_DIRS")).isTrue();
        }
    }

    @Nested
    class Sources {
        @Test
        void are_named_as_keys_are() {
            Settings settings =
                    read(
                            "BACKUP_SOURCE_ORDERS_PROD_URL",
                            "postgres://u:p@h/orders?sslmode=require");

            assertThat(settings.sources()).containsOnlyKeys("orders-prod");
            assertThat(settings.sources().get("orders-prod").redacted())
                    .isEqualTo("postgresql://u:***@h:5432/orders?sslmode=require");
        }

        @Test
        void of_one_name_are_refused() {
            assertThat(
                            problems(
                                    "BACKUP_SOURCE_A_B_URL", "postgres://u@h/x",
                                    "BACKUP_SOURCE_A-B_URL", "postgres://u@h/y"))
                    .containsExactly("Two settings name source \"a-b\". Keep one of them.");
        }
    }

    @Nested
    class Targets {
        private static final String URL = "postgres://u:p@h/shop";

        @Test
        void are_careful_by_default() {
            Settings.Target target =
                    read("RESTORE_TARGET_STAGING_URL", URL).targets().get("staging");

            assertThat(target.rules().production()).isFalse();
            assertThat(target.rules().inPlaceAllowed()).isFalse();
            assertThat(target.rules().fourEyes()).isFalse();
            assertThat(target.rules().kept()).isEqualTo(Duration.ofHours(72));
            assertThat(target.rules().command()).isEmpty();
            assertThat(target.rules().commandLimit()).isEqualTo(Duration.ofMinutes(10));
        }

        @ParameterizedTest
        @CsvSource({"PROD", "PRODUCTION"})
        void of_a_name_that_means_production_are_production_and_want_four_eyes(String name) {
            Settings settings = read("RESTORE_TARGET_" + name + "_URL", URL);

            assertThat(settings.targets().values())
                    .allMatch(t -> t.rules().production() && t.rules().fourEyes());
        }

        @Test
        void take_their_rules_from_their_companions() {
            Settings.Target target =
                    read(
                                    "RESTORE_TARGET_QA_URL", URL,
                                    "RESTORE_TARGET_QA_PRODUCTION", "1",
                                    "RESTORE_TARGET_QA_FOUR_EYES", "0",
                                    "RESTORE_TARGET_QA_IN_PLACE", "true",
                                    "RESTORE_TARGET_QA_KEPT_HOURS", "1",
                                    "RESTORE_TARGET_QA_COMMAND",
                                            "[\"/bin/migrate\", \"--to\", \"a b\"]",
                                    "RESTORE_TARGET_QA_COMMAND_SECONDS", "30")
                            .targets()
                            .get("qa");

            assertThat(target.rules().production()).isTrue();
            assertThat(target.rules().fourEyes()).isFalse();
            assertThat(target.rules().inPlaceAllowed()).isTrue();
            assertThat(target.rules().kept()).isEqualTo(Duration.ofHours(1));
            assertThat(target.rules().command()).containsExactly("/bin/migrate", "--to", "a b");
            assertThat(target.rules().commandLimit()).isEqualTo(Duration.ofSeconds(30));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {"/bin/migrate --all", "[\"migrate\"]", "[]", "[1]", "[\"/a\\nb\"]"})
        void refuse_a_command_that_could_be_read_in_two_ways(String command) {
            assertThat(
                            problems(
                                    "RESTORE_TARGET_QA_URL", URL,
                                    "RESTORE_TARGET_QA_COMMAND", command))
                    .containsExactly(
                            "RESTORE_TARGET_QA_COMMAND is no command: it has to be a JSON array of"
                                    + " strings, one argument each and without line breaks, the"
                                    + " first an absolute path. Write it as"
                                    + " [\"/usr/local/bin/migrate\",\"--target\",\"latest\"].");
        }

        @Test
        void without_a_url_are_refused() {
            assertThat(problems("RESTORE_TARGET_QA_PRODUCTION", "true"))
                    .containsExactly(
                            "RESTORE_TARGET_QA_URL is not set, but other settings of that target"
                                    + " are. Set it to postgresql://user:password@host:5432/database,"
                                    + " or remove the others.");
        }
    }

    @Nested
    class Stores {
        @Test
        void an_s3_store_needs_four_names_and_has_a_default_region() {
            StoreAccess.Bucket bucket =
                    (StoreAccess.Bucket)
                            read(
                                            "S3_ENDPOINT", "https://s3.example.org/",
                                            "S3_BUCKET", "b",
                                            "S3_ACCESS_KEY_ID", "id",
                                            "S3_SECRET_ACCESS_KEY", "canary",
                                            "S3_PREFIX", "team-a")
                                    .stores()
                                    .get("s3");

            assertThat(bucket.endpoint()).hasToString("https://s3.example.org");
            assertThat(bucket.region()).isEqualTo("us-east-1");
            assertThat(bucket.prefix()).isEqualTo("team-a/");
            assertThat(bucket.secretAccessKey().reveal()).isEqualTo("canary");
            assertThat(bucket.toString()).doesNotContain("canary");
        }

        @Test
        void r2_has_its_endpoint_from_the_account() {
            StoreAccess.Bucket bucket =
                    (StoreAccess.Bucket)
                            read(
                                            "R2_ACCOUNT_ID", "0123456789abcdef0123456789abcdef",
                                            "R2_BUCKET", "b",
                                            "R2_ACCESS_KEY_ID", "id",
                                            "R2_SECRET_ACCESS_KEY", "s")
                                    .stores()
                                    .get("r2");

            assertThat(bucket.endpoint())
                    .hasToString(
                            "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com");
            assertThat(bucket.region()).isEqualTo("auto");
        }

        @Test
        void the_day_on_which_a_key_ends_is_kept_of_each_bucket() {
            Settings settings =
                    read(
                            "S3_ENDPOINT", "https://s3.example.org/",
                            "S3_BUCKET", "b",
                            "S3_ACCESS_KEY_ID", "id",
                            "S3_SECRET_ACCESS_KEY", "s",
                            "S3_KEY_EXPIRES_ON", " 2027-03-31 ",
                            "R2_ACCOUNT_ID", "0123456789abcdef0123456789abcdef",
                            "R2_BUCKET", "b",
                            "R2_ACCESS_KEY_ID", "id",
                            "R2_SECRET_ACCESS_KEY", "s");

            assertThat(settings.keysEndOn("s3")).contains(LocalDate.of(2027, 3, 31));
            assertThat(settings.keysEndOn("r2")).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "2027-02-29, '\"2027-02-29\"'",
            "31.3.2027, '\"31.3.2027\"'",
            "0000-03-31, '\"0000-03-31\"'",
            "+12027-03-31, a value of 12 characters",
            "2027-03-31T00:00:00Z, a value of 20 characters"
        })
        void what_is_no_day_on_which_a_key_ends_is_named_with_its_shape(String day, String shape) {
            assertThat(
                            problems(
                                    "R2_ACCOUNT_ID", "0123456789abcdef0123456789abcdef",
                                    "R2_BUCKET", "b",
                                    "R2_ACCESS_KEY_ID", "id",
                                    "R2_SECRET_ACCESS_KEY", "s",
                                    "R2_KEY_EXPIRES_ON", day))
                    .containsExactly(
                            "R2_KEY_EXPIRES_ON is "
                                    + shape
                                    + ", but it is a day from 2000-01-01 to 9999-12-31. Write the"
                                    + " day on which the access key ends as 2027-03-31, or leave it"
                                    + " out.");
        }

        @Test
        void a_day_without_its_bucket_is_a_store_by_half() {
            assertThat(problems("S3_KEY_EXPIRES_ON", "2027-03-31"))
                    .singleElement()
                    .asString()
                    .startsWith("Store \"s3\" is configured by half: S3_ACCESS_KEY_ID, S3_BUCKET,");
            assertThat(problems("R2_KEY_EXPIRES_ON", "2027-03-31"))
                    .singleElement()
                    .asString()
                    .startsWith("Store \"r2\" is configured by half: R2_ACCESS_KEY_ID,");
        }

        @ParameterizedTest
        @CsvSource({
            "ftp://h",
            "https://h/path",
            "https://user:canary@h",
            "https://h?x=y",
            "h:9000",
            "http://"
        })
        void an_endpoint_is_a_scheme_a_host_and_a_port_only(String endpoint) {
            assertThat(s3(endpoint))
                    .containsExactly(
                            "S3_ENDPOINT has to be a scheme, a host and a port only. Write it as"
                                    + " https://s3.example.org or http://127.0.0.1:9000.");
        }

        @ParameterizedTest
        @CsvSource({"http://169.254.169.254", "http://[fe80::1]:9000", "http://100.100.100.200"})
        void an_endpoint_is_no_metadata_service(String endpoint) {
            assertThat(s3(endpoint))
                    .containsExactly(
                            "S3_ENDPOINT is a link-local or metadata address. Give the address of"
                                    + " the object store.");
        }

        private List<String> s3(String endpoint) {
            return problems(
                    "S3_ENDPOINT", endpoint,
                    "S3_BUCKET", "b",
                    "S3_ACCESS_KEY_ID", "id",
                    "S3_SECRET_ACCESS_KEY", "s");
        }
    }

    @Nested
    class Recipients {
        @Test
        void are_read_between_commas_and_blanks() {
            Settings settings =
                    read("BACKUP_ENCRYPTION_RECIPIENTS", KEY + ", " + OTHER_KEY + " " + KEY);

            assertThat(settings.recipients()).containsExactly(KEY, OTHER_KEY);
            assertThat(settings.warnings()).isEmpty();
        }

        @Test
        void are_the_operators_and_escrows_unless_a_word_says_otherwise() {
            assertThat(
                            read("BACKUP_ENCRYPTION_RECIPIENTS", KEY + "," + OTHER_KEY)
                                    .recipientPurposes())
                    .containsEntry(KEY, RecipientKey.Purpose.OPERATOR)
                    .containsEntry(OTHER_KEY, RecipientKey.Purpose.ESCROW);
            assertThat(
                            read(
                                            "BACKUP_ENCRYPTION_RECIPIENTS",
                                            "escrow:" + KEY + ",drill:" + OTHER_KEY)
                                    .recipientPurposes())
                    .containsEntry(KEY, RecipientKey.Purpose.ESCROW)
                    .containsEntry(OTHER_KEY, RecipientKey.Purpose.DRILL);
            assertThat(problems("BACKUP_ENCRYPTION_RECIPIENTS", "me:" + KEY))
                    .containsExactly(
                            "BACKUP_ENCRYPTION_RECIPIENTS: number 1 begins with a word that is no"
                                    + " purpose. Write operator:age1…, escrow:age1… or drill:age1…,"
                                    + " or the key alone.");
        }

        @Test
        void of_one_key_only_are_warned_of() {
            assertThat(read("BACKUP_ENCRYPTION_RECIPIENTS", KEY).warnings())
                    .containsExactly(
                            "BACKUP_ENCRYPTION_RECIPIENTS names one key only: when its identity is"
                                    + " lost, every backup is. Add an offline escrow key.");
        }

        @Test
        void mistyped_by_one_letter_are_found() {
            assertThat(
                            problems(
                                    "BACKUP_ENCRYPTION_RECIPIENTS",
                                    KEY + "," + OTHER_KEY.replace('l', 'z')))
                    .containsExactly(
                            "BACKUP_ENCRYPTION_RECIPIENTS: number 2 is no age public key (age1 and"
                                    + " 58 more characters). Copy it whole from age-keygen's"
                                    + " output.");
        }

        @Test
        void that_are_secret_identities_are_refused_and_not_repeated() {
            List<String> problems =
                    problems(
                            "BACKUP_ENCRYPTION_RECIPIENTS",
                            "AGE-SECRET-KEY-1CANARYCANARYCANARYCANARY");

            assertThat(problems)
                    .containsExactly(
                            "BACKUP_ENCRYPTION_RECIPIENTS holds a secret identity (number 1) where a"
                                    + " public key belongs. Give the public key that age-keygen -y"
                                    + " prints for it, and keep the identity offline.");
        }
    }

    @Nested
    class TheIdentityFile {
        @Test
        void that_is_closed_is_taken_with_a_warning() throws IOException {
            Path file = file("rw-------");

            Settings settings =
                    read(
                            "BACKUP_IDENTITY_FILE",
                            file.toString(),
                            "BACKUP_ENCRYPTION_RECIPIENTS",
                            KEY + "," + OTHER_KEY);

            assertThat(settings.identityFile()).contains(file);
            assertThat(settings.warnings())
                    .containsExactly(
                            "BACKUP_IDENTITY_FILE is set: this server can read the backups it makes."
                                    + " Unset it where verification by a person's key is enough.");
        }

        @Test
        void that_others_may_read_is_refused() throws IOException {
            Path file = file("rw-r-----");

            assertThat(problems("BACKUP_IDENTITY_FILE", file.toString()))
                    .containsExactly(
                            "BACKUP_IDENTITY_FILE is "
                                    + file
                                    + ", but others than its owner may open that file. Run chmod"
                                    + " 600 "
                                    + file
                                    + ".");
        }

        @Test
        void that_is_not_there_is_refused() {
            Path file = temporary.resolve("none");

            assertThat(problems("BACKUP_IDENTITY_FILE", file.toString()))
                    .containsExactly(
                            "BACKUP_IDENTITY_FILE is "
                                    + file
                                    + ", but no such file can be read. Correct the path, or remove"
                                    + " the setting.");
        }

        private Path file(String mode) throws IOException {
            Path file = Files.createFile(temporary.resolve("identity"));
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        }
    }

    @Nested
    class ThePolicyFile {
        @Test
        void has_the_five_names_and_rules_for_single_sources() {
            String text =
                    """
                    {"rpo_minutes": 30, "rto_minutes": 120, "retention_days": 30,
                     "logical_export_frequency_minutes": 180, "monthly_restore_day": "last_friday",
                     "sources": {"shop": {"row_proof": "hashes", "stores": ["local"],
                                          "retry": {"attempts": 5, "first_pause_seconds": 10}}}}""";
            Policy policy = read("OPS_BACKUP_POLICY_FILE", file(text)).policy();

            assertThat(policy.rpoMinutes()).isEqualTo(30);
            assertThat(policy.rtoMinutes()).isEqualTo(120);
            assertThat(policy.retentionDays()).isEqualTo(30);
            assertThat(policy.logicalExportFrequencyMinutes()).isEqualTo(180);
            assertThat(policy.monthlyRestoreDay()).isEqualTo("last_friday");
            assertThat(policy.of("shop"))
                    .isEqualTo(
                            new Policy.ForSource(
                                    RowProof.HASHES,
                                    List.of("local"),
                                    new Retry(5, Duration.ofSeconds(10))));
            assertThat(policy.version()).isEqualTo("7-3f2a91c0");
        }

        @Test
        void tells_when_each_source_is_backed_up() {
            String text =
                    """
                    {"logical_export_frequency_minutes": 360,
                     "sources": {
                       "orders": {"schedule": "nightly at 01:30", "time_zone": "Europe/Berlin"},
                       "events": {"schedule": "*/30 * * * *", "window": {"from": "20:00", "to": "06:00"}},
                       "archive": {"schedule": "first_sunday"},
                       "scratch": {"schedule": "never"},
                       "shop": {"row_proof": "off"}}}""";
            Policy policy = read("OPS_BACKUP_POLICY_FILE", file(text)).policy();

            assertThat(policy.scheduleOf("orders").words())
                    .isEqualTo("nightly at 01:30 Europe/Berlin");
            assertThat(policy.scheduleOf("events").words())
                    .isEqualTo("*/30 * * * * UTC, only between 20:00 and 06:00 UTC");
            assertThat(policy.scheduleOf("archive").words()).isEqualTo("first sunday at 02:00 UTC");
            assertThat(policy.scheduleOf("scratch").words()).isEqualTo("never");
            assertThat(policy.scheduleOf("shop").words()).isEqualTo("every 6 h");
            assertThat(policy.scheduleOf("unnamed").words()).isEqualTo("every 6 h");
        }

        @Test
        void without_a_schedule_is_nightly() {
            assertThat(read("OPS_BACKUP_POLICY_FILE", file("{}")).policy().schedule())
                    .isEqualTo(Policy.NIGHTLY);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                textBlock =
                        """
                        {"schedule": "sometimes"} | schedule is "sometimes", but it has to be never, nightly
                        {"schedule": "61 * * * *"} | schedule is "61 * * * *", but
                        {"schedule": "nightly at 25:00"} | schedule is "nightly at 25:00", but
                        {"schedule": "0 0 31 2 *"} | schedule is "0 0 31 2 *", but it has to be one that comes at all
                        {"schedule": "nightly", "logical_export_frequency_minutes": 60} | schedule is "nightly", but it has to be given alone
                        {"schedule": "nightly", "time_zone": "Europe/Bonn"} | time_zone is "Europe/Bonn", but it has to be a time zone
                        {"window": {"from": "9", "to": "17:00"}} | window is {"from":"9","to":"17:00"}, but it has to be an object with two different times
                        {"window": {"from": "09:00", "to": "17:00"}} | window is {"from":"09:00","to":"17:00"}, but it has to be one that the schedule (nightly at 02:00 UTC) ever falls into
                        {"sources": {"shop": {"time_zone": "UTC"}}} | sources.shop.time_zone is "UTC", but it has to be beside a schedule of the same source
                        """)
        void with_a_wrong_schedule_is_refused_with_its_path(String text, String problem) {
            String file = file(text);

            assertThat(problems("OPS_BACKUP_POLICY_FILE", file))
                    .singleElement()
                    .asString()
                    .contains(problem);
        }

        @Test
        void may_leave_everything_out_and_then_retention_days_counts() {
            Policy policy =
                    read("OPS_BACKUP_POLICY_FILE", file("{}"), "RETENTION_DAYS", "9").policy();

            assertThat(policy.retentionDays()).isEqualTo(9);
            assertThat(policy.rpoMinutes()).isEqualTo(60);
        }

        @Test
        void tells_how_long_copies_are_kept_in_each_store() {
            String text =
                    """
                    {"retention": {"days": 30, "monthly": 12, "grace_hours": 48,
                                   "stores": {"local": {"days": 5, "daily": 7}}},
                     "sources": {"shop": {"retention": {"keep_verified": 5, "weekly": 8,
                                                        "stores": {"s3": {"days": 90}}}}}}""";
            Policy policy = read("OPS_BACKUP_POLICY_FILE", file(text)).policy();

            assertThat(policy.retentionOf("crm", "local", false).words())
                    .isEqualTo("5 days, 7 daily, 4 weekly, 12 monthly, always the last 3 verified");
            assertThat(policy.retentionOf("shop", "local", false).words())
                    .isEqualTo("5 days, 7 daily, 8 weekly, 12 monthly, always the last 5 verified");
            assertThat(policy.retentionOf("shop", "s3", true).words())
                    .isEqualTo("90 days, 8 weekly, 12 monthly, always the last 5 verified");
            assertThat(policy.graceOf("shop")).isEqualTo(Duration.ofHours(48));
        }

        @Test
        void that_says_nothing_of_retention_keeps_7_days_in_directories_and_30_in_buckets() {
            Policy policy = read("OPS_BACKUP_POLICY_FILE", file("{}")).policy();

            assertThat(policy.retentionOf("shop", "local", false).words())
                    .isEqualTo("7 days, 4 weekly, always the last 3 verified");
            assertThat(policy.retentionOf("shop", "s3", true).days()).isEqualTo(30);
            assertThat(policy.graceOf("shop")).isEqualTo(Duration.ofHours(24));
        }

        @Test
        void that_has_retention_days_keeps_them_in_every_store_without_days_of_its_own() {
            String text =
                    "{\"retention_days\": 90, \"retention\": {\"stores\": {\"local\": {\"days\": 3}}}}";
            Policy policy = read("OPS_BACKUP_POLICY_FILE", file(text)).policy();

            assertThat(policy.retentionOf("shop", "local", false).days()).isEqualTo(3);
            assertThat(policy.retentionOf("shop", "s3", true).days()).isEqualTo(90);
            assertThat(
                            read("RETENTION_DAYS", "9")
                                    .policy()
                                    .retentionOf("shop", "local", false)
                                    .days())
                    .isEqualTo(9);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                textBlock =
                        """
                        {"retention": 7} | retention is 7, but it has to be an object
                        {"retention": {"day": 7}} | retention.day is no known key
                        {"retention": {"weekly": -1}} | retention.weekly is -1, but it has to be a whole number from 0 to 5200
                        {"retention": {"keep_verified": 0}} | retention.keep_verified is 0, but it has to be a whole number from 1 to 1000
                        {"retention": {"stores": {"local": 7}}} | retention.stores.local is 7, but it has to be an object
                        {"retention": {"stores": {"local": {"grace_hours": 1}}}} | retention.stores.local.grace_hours is no known key
                        {"sources": {"shop": {"retention": {"days": "7"}}}} | sources.shop.retention.days is "7", but
                        {"retention_days": 0} | retention_days is 0, but it has to be a whole number from 1 to 36500
                        """)
        void with_a_wrong_retention_is_refused_with_its_path(String text, String problem) {
            String file = file(text);

            assertThat(problems("OPS_BACKUP_POLICY_FILE", file))
                    .singleElement()
                    .asString()
                    .contains(problem);
        }

        @Test
        void with_wrong_values_is_refused_with_the_path_of_each() {
            String file =
                    file(
                            """
                            {"rpo_minutes": "60", "rto_minute": 1, "monthly_restore_day": "sunday",
                             "sources": {"shop": {"row_proof": "all", "stores": [],
                                                  "retry": {"attempts": 99, "pause": 1}},
                                         "crm": 7}}""");
            String before = "Policy file " + file + ": ";

            assertThat(problems("OPS_BACKUP_POLICY_FILE", file))
                    .containsExactlyInAnyOrder(
                            before
                                    + "rto_minute is no known key. Known here are rpo_minutes,"
                                    + " rto_minutes, retention_days,"
                                    + " logical_export_frequency_minutes, monthly_restore_day,"
                                    + " key_rotation_days, freshness_minutes, certificate_days,"
                                    + " credential_days, sources, schedule, time_zone, window, retention,"
                                    + " contacts, escalation.",
                            before
                                    + "rpo_minutes is \"60\", but it has to be a whole number from 1"
                                    + " to 527040. Leave it out for 60.",
                            before
                                    + "monthly_restore_day is \"sunday\", but it has to be a day such"
                                    + " as first_sunday or last_friday. Write first, second, third,"
                                    + " fourth or last, an underscore and a weekday.",
                            before
                                    + "sources.shop.row_proof is \"all\", but it has to be \"off\","
                                    + " \"counts\" or \"hashes\". Use one of these.",
                            before
                                    + "sources.shop.stores is [], but it has to be an array of store"
                                    + " names. Write [\"local\", \"s3\"], or leave it out for all"
                                    + " stores.",
                            before
                                    + "sources.shop.retry.pause is no known key. Known here are"
                                    + " attempts, first_pause_seconds.",
                            before
                                    + "sources.shop.retry.attempts is 99, but it has to be a whole"
                                    + " number from 1 to 10. Leave it out for 3.",
                            before
                                    + "sources.crm is 7, but it has to be an object. Write"
                                    + " {\"row_proof\": \"counts\"}.");
        }

        @Test
        void names_who_is_called_and_who_next() {
            String text =
                    """
                    {"contacts": [{"name": "M. Weiss", "role": "database on call", "phone": "+49 (30) 12-34"},
                                  {"name": "Duty desk", "email": "desk@example.org"}],
                     "escalation": [{"after_minutes": 60, "contact": "Duty desk"},
                                    {"after_minutes": 15, "contact": "M. Weiss"}]}""";
            OnCall onCall = read("OPS_BACKUP_POLICY_FILE", file(text)).policy().onCall();

            assertThat(onCall.contacts())
                    .containsExactly(
                            new OnCall.Contact(
                                    "M. Weiss", "database on call", "+49 (30) 12-34", ""),
                            new OnCall.Contact("Duty desk", "", "", "desk@example.org"));
            assertThat(onCall.contacts().get(0).dialled()).isEqualTo("+49301234");
            assertThat(onCall.escalation())
                    .containsExactly(
                            new OnCall.Step(15, "M. Weiss"), new OnCall.Step(60, "Duty desk"));
        }

        @Test
        void with_contacts_that_nobody_can_reach_is_refused() {
            String file =
                    file(
                            """
                            {"contacts": [{"name": "A", "phone": "call me"}, {"name": "B", "email": "b@x"},
                                          {"name": "B", "phone": "110", "fax": "1"}, "C"],
                             "escalation": [{"after_minutes": -1, "contact": "B"},
                                            {"contact": "D"}]}""");
            String before = "Policy file " + file + ": ";

            assertThat(problems("OPS_BACKUP_POLICY_FILE", file))
                    .containsExactlyInAnyOrder(
                            before
                                    + "contacts[0].phone is \"call me\", but it has to be a telephone"
                                    + " number. Correct it, or leave it out.",
                            before
                                    + "contacts[0] is {\"name\":\"A\",\"phone\":\"call me\"}, but it"
                                    + " has to be an object with a name and a phone or an email."
                                    + " Add what is missing.",
                            before
                                    + "contacts[2].fax is no known key. Known here are name, role,"
                                    + " phone, email.",
                            before
                                    + "contacts[2].name is \"B\", but it has to be a name that no"
                                    + " other contact has. Tell the two apart, or remove one.",
                            before
                                    + "contacts[3] is \"C\", but it has to be an object. Write"
                                    + " {\"name\": \"M. Weiss\", \"phone\": \"+49 30 1234\"}.",
                            before
                                    + "escalation[0].after_minutes is -1, but it has to be a whole"
                                    + " number from 0 to 10080. Leave it out for 0.",
                            before
                                    + "escalation[1].contact is \"D\", but it has to be the name of"
                                    + " one of the contacts. Known are B.");
        }

        @Test
        void that_is_no_json_is_refused() {
            String file = file("rpo_minutes: 60");

            assertThat(problems("OPS_BACKUP_POLICY_FILE", file))
                    .containsExactly(
                            "Policy file "
                                    + file
                                    + ": The policy is no JSON: it cannot be read beyond line 1,"
                                    + " column 1. Look there for a comma, quotation mark or bracket;"
                                    + " jq . tells the same of a file.");
        }

        @Test
        void that_is_wrong_does_not_stop_the_start_by_itself() {
            Settings settings = SettingsTest.read("OPS_BACKUP_POLICY_FILE", file("{]"));

            assertThat(settings.policyFile()).contains(temporary.resolve("policy.json"));
        }

        /** What the file says, as the start reads it. */
        private record Read(Policy policy) {}

        private static Read read(String... namesAndValues) {
            Settings settings = SettingsTest.read(namesAndValues);
            PolicyDocument document =
                    settings.policyFile()
                            .map(PolicyDocument::of)
                            .orElseGet(() -> PolicyDocument.of("{}"));
            return new Read(document.policy("7-3f2a91c0", settings.configuredRetentionDays()));
        }

        private static List<String> problems(String... namesAndValues) {
            Path file = SettingsTest.read(namesAndValues).policyFile().orElseThrow();
            return PolicyDocument.of(file).problemsOf(file);
        }

        private String file(String text) {
            try {
                return Files.writeString(temporary.resolve("policy.json"), text).toString();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void a_phrase_that_would_confirm_every_restore_is_refused() {
        assertThat(problems("BACKUP_RESTORE_CONFIRM_TEMPLATE", "YES"))
                .containsExactly(
                        "BACKUP_RESTORE_CONFIRM_TEMPLATE names neither {backupId} nor {target}, so"
                                + " one phrase would confirm every restore. Write it as RESTORE"
                                + " {backupId}.");
    }

    @Test
    void client_directories_are_absolute() {
        assertThat(read("PG_BIN_DIRS", "/opt/pg16/bin:/usr/lib/postgresql/*/bin").pgBinDirs())
                .containsExactly("/opt/pg16/bin", "/usr/lib/postgresql/*/bin");
        assertThat(problems("PG_BIN_DIRS", "bin"))
                .containsExactly(
                        "PG_BIN_DIRS names \"bin\", which is no absolute directory. Write"
                                + " directories from the root, joined by colons, e.g."
                                + " /usr/lib/postgresql/*/bin.");
    }

    private static Settings read(String... namesAndValues) {
        return Settings.read(map(namesAndValues));
    }

    private static List<String> problems(String... namesAndValues) {
        return problem(namesAndValues).sentences();
    }

    private static Problems problem(String... namesAndValues) {
        return catchThrowableOfType(Problems.class, () -> read(namesAndValues));
    }

    private static Map<String, String> map(String... namesAndValues) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}

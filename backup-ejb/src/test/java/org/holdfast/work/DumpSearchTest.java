package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.holdfast.adapter.file.ForeignDirectory;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.ForeignDump;
import org.holdfast.domain.snapshot.ForeignDump.Against;
import org.holdfast.domain.snapshot.ForeignDump.Checksum;
import org.holdfast.domain.snapshot.ForeignDumps.Found;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.ArchiveBytes;
import org.holdfast.engine.Clients;
import org.holdfast.persistence.CatalogDataSource;
import org.holdfast.pipeline.CountingInput;
import org.holdfast.pipeline.DumpKeys;
import org.holdfast.pipeline.Encrypt;
import org.holdfast.pipeline.Identity;
import org.holdfast.pipeline.Link;
import org.holdfast.testing.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DumpSearchTest {
    private static final Instant NOW = Instant.parse("2026-11-21T20:00:00Z");
    private static final Instant WRITTEN = Instant.parse("2026-11-20T02:10:00Z");
    private static final String SQL =
            """
            --
            -- PostgreSQL database dump
            --

            -- Dumped from database version 15.20
            -- Dumped by pg_dump version 15.20

            SELECT 1;

            --
            -- PostgreSQL database dump complete
            --
            """;

    /** A place in memory that notes what is asked of it. */
    private static final class Place extends ImportPlaces implements ForeignFiles {
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final Map<String, byte[]> contents = new LinkedHashMap<>();
        private final Map<String, StoreFailure> failing = new LinkedHashMap<>();
        private final List<String> looked = new ArrayList<>();
        private ImportPlaces keeper;
        private StoreFailure closed;
        private Runnable slowly = () -> {};
        private long slowFrom = 1 << 20;
        private List<Identity> identities = List.of();
        private final List<String> opened = new ArrayList<>();
        private final List<Duration> patience = new ArrayList<>();
        private boolean whole = true;
        private boolean byName;
        private Consumer<String> lasting = asked -> {};
        private int reads;
        private int listed;
        private CountDownLatch held = new CountDownLatch(0);
        private final CountDownLatch reached = new CountDownLatch(1);

        Place file(String name, String content) {
            return file(name, content.getBytes(StandardCharsets.UTF_8));
        }

        Place file(String name, byte[] content) {
            contents.put(name, content);
            return entry(name, content.length, Kind.FILE);
        }

        /** One that a cut listing does not show. */
        Place beyond(String name, String content) {
            contents.put(name, content.getBytes(StandardCharsets.UTF_8));
            whole = false;
            return this;
        }

        Place entry(String name, long size, Kind kind) {
            entries.put(name, new Entry(name, size, WRITTEN, kind));
            return this;
        }

        @Override
        ForeignFiles open(String name, Duration longest) {
            patience.add(longest);
            return this;
        }

        @Override
        ForeignFiles open(String name) {
            return open(name, Duration.ofDays(1));
        }

        @Override
        DumpKeys keys() {
            return keeper == null
                    ? new DumpKeys(identities, Optional.empty(), Optional.empty(), 10_000)
                    : keeper.keys();
        }

        @Override
        public boolean listsByName() {
            return byName;
        }

        @Override
        public Optional<Entry> find(String name) {
            looked.add(name);
            lasting.accept("find " + name);
            return Optional.ofNullable(contents.get(name))
                    .map(c -> new Entry(name, c.length, WRITTEN, Kind.FILE));
        }

        @Override
        public boolean list(int most, Consumer<Entry> each) throws StoreFailure {
            if (closed != null) {
                throw closed;
            }
            listed++;
            reached.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            entries.values().forEach(each);
            return whole;
        }

        @Override
        public InputStream read(String name) throws StoreFailure {
            opened.add(name);
            if (failing.containsKey(name)) {
                throw failing.get(name);
            }
            lasting.accept("read " + name);
            return new CountingInput(new ByteArrayInputStream(contents.get(name))) {
                @Override
                public int read(byte[] b, int offset, int length) throws IOException {
                    reads++;
                    if (soFar() >= slowFrom) {
                        slowly.run();
                    }
                    return super.read(b, offset, length);
                }
            };
        }

        @Override
        public void close() {}
    }

    private final Place place = new Place();
    @TempDir private Path programs;

    /** With a pg_dump of version 15 and no other. */
    private Toolbox tools() {
        try {
            Path pgDump = programs.resolve("pg_dump");
            if (!Files.exists(pgDump)) {
                Programs.script(pgDump, "echo 'pg_dump (PostgreSQL) 15.20'");
            }
            Clients clients = Clients.in(List.of(programs.toString()));
            return new Toolbox() {
                @Override
                Clients clients() {
                    return clients;
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DumpSearch search(Duration listing) {
        return search(listing, Duration.ofSeconds(30));
    }

    private DumpSearch search(Duration listing, Duration choice) {
        return new DumpSearch(
                place,
                Settings.read(Map.of()),
                tools(),
                Clock.fixed(NOW, ZoneOffset.UTC),
                listing,
                choice);
    }

    private static Refused refusal(Runnable of) {
        try {
            of.run();
        } catch (Refused e) {
            return e;
        }
        throw new AssertionError("Nothing was refused.");
    }

    private Map<String, ForeignDump> listing() {
        Map<String, ForeignDump> dumps = new LinkedHashMap<>();
        search(Duration.ofSeconds(30)).list("scripts").dumps().forEach(d -> dumps.put(d.file(), d));
        return dumps;
    }

    @Test
    void plain_sql_that_was_read_to_its_end_is_the_only_thing_checked_to_it() {
        place.file("shop.sql", SQL);

        ForeignDump dump = listing().get("shop.sql");

        assertThat(dump.against()).isEmpty();
        assertThat(dump.checkedToItsEnd()).isTrue();
    }

    @Test
    void a_dump_that_does_not_tell_its_versions_is_refused() {
        place.file("server.sql", SQL.replace("-- Dumped from database version 15.20\n", ""))
                .file("client.sql", SQL.replace("-- Dumped by pg_dump version 15.20\n", ""));

        assertThat(listing().values())
                .extracting(d -> d.against().orElseThrow())
                .containsExactly(
                        new Against(
                                "IMPORT-VERSION",
                                "The dump does not tell which version of PostgreSQL it is of.",
                                "Make it anew with pg_dump, and leave its first lines as they are."),
                        new Against(
                                "IMPORT-VERSION",
                                "The dump does not tell which version of pg_dump made it.",
                                "Make it anew with pg_dump, and leave its first lines as they are."));
    }

    @Test
    void what_is_no_file_is_called_what_it_is() {
        place.entry("deep", 0, ForeignFiles.Kind.DIRECTORY)
                .entry("pipe.sql", 0, ForeignFiles.Kind.OTHER);

        assertThat(listing().values())
                .extracting(d -> d.against().orElseThrow().what())
                .containsExactly(
                        "It is a directory that was not looked into: Holdfast's user may not, or it"
                                + " lies too deep.",
                        "It is a pipe, a socket or a device, and no file.");
        assertThat(place.opened).isEmpty();
    }

    @Test
    void files_for_which_no_time_is_left_are_said_not_to_have_been_looked_into() {
        place.file("a.sql", SQL).file("b.sql", SQL);

        List<ForeignDump> dumps = search(Duration.ZERO).list("scripts").dumps();

        assertThat(dumps).hasSize(2).allMatch(d -> !d.importable());
        assertThat(dumps)
                .extracting(d -> d.against().orElseThrow().code())
                .containsOnly("IMPORT-TIME");
        assertThat(place.opened).isEmpty();
    }

    @Test
    void one_look_at_a_time() throws Exception {
        place.file("a.sql", SQL);
        place.held = new CountDownLatch(1);
        DumpSearch search = search(Duration.ofMillis(100));
        CompletableFuture<?> first = CompletableFuture.runAsync(() -> search.list("scripts"));
        place.reached.await();

        assertThat(refusal(() -> search.list("scripts")).code()).isEqualTo("IMPORT-BUSY");
        assertThat(refusal(() -> search.choose("scripts", List.of("a.sql"), found -> {})).code())
                .isEqualTo("IMPORT-BUSY");
        assertThat(place.listed).isEqualTo(1);

        place.held.countDown();
        first.get();
        assertThat(search.choose("scripts", List.of("a.sql"), found -> {})).hasSize(1);
    }

    @Test
    void a_place_that_hangs_holds_up_no_other() throws Exception {
        Place hanging = place;
        hanging.held = new CountDownLatch(1);
        Place other = new Place();
        other.file("a.sql", SQL);
        DumpSearch search =
                new DumpSearch(
                        new Places(Map.of("share", hanging, "scripts", other)),
                        Settings.read(
                                Map.of(
                                        "IMPORT_PLACE_SHARE",
                                        "/srv/share",
                                        "IMPORT_PLACE_SCRIPTS",
                                        "/srv/scripts")),
                        tools(),
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30));
        CompletableFuture<?> first = CompletableFuture.runAsync(() -> search.list("share"));
        hanging.reached.await();

        assertThat(search.list("scripts").dumps()).hasSize(1);

        hanging.held.countDown();
        first.get();
    }

    /** Several places by name. */
    private static final class Places extends ImportPlaces {
        private final Map<String, Place> byName;

        Places(Map<String, Place> byName) {
            this.byName = byName;
        }

        @Override
        ForeignFiles open(String name, Duration longest) {
            return byName.get(name);
        }

        @Override
        DumpKeys keys() {
            return new DumpKeys(List.of(), Optional.empty(), Optional.empty(), 10_000);
        }
    }

    @Test
    void several_files_are_chosen_from_one_list() {
        place.file("a.sql", SQL).file("b.sql", SQL).file("c.sql", SQL);

        List<ForeignDump> chosen =
                search(Duration.ofSeconds(30))
                        .choose("scripts", List.of("c.sql", "a.sql"), found -> {});

        assertThat(chosen).extracting(ForeignDump::file).containsExactly("c.sql", "a.sql");
        assertThat(place.listed).isEqualTo(1);
        assertThat(place.opened).containsExactly("c.sql", "a.sql");
    }

    @Test
    void none_is_opened_before_all_of_them_were_allowed() {
        place.file("a.sql", SQL).file("b.sql", SQL);
        List<Found> asked = new ArrayList<>();

        assertThatThrownBy(
                        () ->
                                search(Duration.ofSeconds(30))
                                        .choose(
                                                "scripts",
                                                List.of("a.sql", "b.sql"),
                                                found -> {
                                                    asked.addAll(found);
                                                    throw new Refused("STEP-UP", "Wrong.", "x");
                                                }))
                .hasMessage("Wrong.");

        assertThat(asked)
                .containsExactly(
                        new Found("a.sql", SQL.length(), WRITTEN),
                        new Found("b.sql", SQL.length(), WRITTEN));
        assertThat(place.opened).isEmpty();
    }

    @Test
    void the_first_that_something_speaks_against_ends_the_choice() {
        place.file("a.sql", SQL).file("cut.sql", SQL.substring(0, 100)).file("c.sql", SQL);

        Refused refused =
                refusal(
                        () ->
                                search(Duration.ofSeconds(30))
                                        .choose(
                                                "scripts",
                                                List.of("a.sql", "cut.sql", "c.sql"),
                                                found -> {}));

        assertThat(refused.code()).isEqualTo("SQL-TRUNCATED");
        assertThat(refused).hasMessageStartingWith("cut.sql: The SQL dump does not end");
        assertThat(place.opened).containsExactly("a.sql", "cut.sql");
        assertThat(
                        refusal(
                                        () ->
                                                search(Duration.ofSeconds(30))
                                                        .choose("scripts", List.of("x"), f -> {}))
                                .code())
                .isEqualTo("IMPORT-FILE");
    }

    @Test
    void a_choice_and_an_opening_at_its_end_are_over_well_before_a_wait_for_the_code_s_row() {
        Duration last = DumpSearch.OPENING.multipliedBy(5).dividedBy(4);

        assertThat(ForeignDirectory.OPENING).isLessThan(last);
        assertThat(DumpSearch.CHOICE.plus(last))
                .isLessThan(CatalogDataSource.LONGEST_WAIT.minusSeconds(3));
    }

    @Test
    void a_store_gets_its_own_time_for_the_list_and_little_once_the_code_was_spent() {
        place.file("a.sql", SQL);
        List<Duration> before = new ArrayList<>();

        search(Duration.ofSeconds(30))
                .choose("scripts", List.of("a.sql"), found -> before.addAll(place.patience));

        assertThat(before).hasSize(1).allMatch(d -> d.compareTo(Duration.ofMinutes(1)) > 0);
        assertThat(place.patience).hasSize(2).endsWith(DumpSearch.OPENING);
    }

    @Test
    void nothing_is_asked_of_the_place_any_more_where_one_answer_took_the_time() {
        Duration choice = Duration.ofMillis(200);
        DumpSearch search = search(Duration.ofSeconds(30), choice);
        Map<String, List<String>> openedUntil = new LinkedHashMap<>();
        openedUntil.put("find a.sql.sha256", List.of());
        openedUntil.put("read a.sql.sha256", List.of("a.sql.sha256"));
        openedUntil.put("read b.sql", List.of("b.sql"));
        openedUntil.forEach(
                (slow, opened) -> {
                    place.entries.clear();
                    place.opened.clear();
                    place.file("a.sql", SQL).file("b.sql", SQL);
                    place.beyond("a.sql.sha256", "0".repeat(64) + "  a.sql\n");
                    Runnable over = untilOver(choice);
                    place.lasting =
                            asked -> {
                                if (asked.equals(slow)) {
                                    over.run();
                                }
                            };
                    String file = slow.contains("a.sql") ? "a.sql" : "b.sql";

                    Refused refused =
                            refusal(() -> search.choose("scripts", List.of(file), f -> {}));

                    assertThat(refused.code()).as(slow).isEqualTo("IMPORT-TIME");
                    assertThat(refused).as(slow).hasMessageContaining("was not looked into");
                    assertThat(place.opened).as(slow).isSubsetOf(opened);
                    assertThat(place.reads).as(slow).isZero();
                });
    }

    @Test
    void an_encrypted_file_whose_place_takes_the_time_is_not_called_damaged() throws IOException {
        Identity mine = Identity.generate();
        ByteArrayOutputStream encrypted = new ByteArrayOutputStream();
        try (Link link = new Encrypt(List.of(mine.recipient())).onto(encrypted)) {
            link.write(SQL.repeat(1_000).getBytes(StandardCharsets.UTF_8));
            link.seal();
        }
        place.file("shop.sql.age", encrypted.toByteArray());
        place.identities = List.of(mine);
        Duration choice = Duration.ofSeconds(1);
        DumpSearch search = search(Duration.ofSeconds(30), choice);
        place.slowFrom = 0;
        place.slowly = untilOver(choice.plusMillis(100));

        Refused refused =
                refusal(() -> search.choose("scripts", List.of("shop.sql.age"), found -> {}));

        assertThat(refused.code()).isEqualTo("IMPORT-TIME");
        assertThat(refused).hasMessageContaining("its place did not answer in the time there is");
        assertThat(place.reads).isEqualTo(1);
    }

    @Test
    void a_file_that_a_cut_listing_does_not_show_is_not_said_to_be_gone() {
        place.file("a.sql", SQL);
        DumpSearch search = search(Duration.ofSeconds(30));
        Runnable choice = () -> search.choose("scripts", List.of("z.sql"), found -> {});

        assertThat(refusal(choice).remedy()).contains("removed or renamed");
        place.whole = false;
        assertThat(refusal(choice))
                .hasMessage(
                        "The listing of the place \"scripts\" was cut, and the file \"z.sql\" is not"
                                + " in it.");
        assertThat(refusal(choice).remedy()).doesNotContain("removed");
        assertThat(refusal(choice).code()).isEqualTo("IMPORT-FILE");
    }

    private static final LocalDateTime MADE = LocalDateTime.of(2026, 11, 20, 2, 0);

    /** More than the 1 MiB that is read of every file. */
    private static byte[] longContents(String client) {
        return ArchiveBytes.of(MADE, client, 3000, 1 << 20);
    }

    /** Counts from its first run, which is later than the beginning of the look it is run in. */
    private static Runnable untilOver(Duration time) {
        return new Runnable() {
            private Long begin;

            @Override
            public void run() {
                if (begin == null) {
                    begin = System.nanoTime();
                }
                while (System.nanoTime() - begin < time.toNanos()) {
                    Thread.onSpinWait();
                }
            }
        };
    }

    @Test
    void a_long_table_of_contents_is_read_whole_where_a_file_is_chosen() {
        place.file("shop.dump", longContents("15.20")).file("new.dump", longContents("99.1"));
        DumpSearch search = search(Duration.ofSeconds(30));

        ForeignDump dump = search.choose("scripts", List.of("shop.dump"), found -> {}).get(0);

        assertThat(dump.takenAt()).contains(MADE.toInstant(ZoneOffset.UTC));
        assertThat(dump.server()).contains("15.20");
        assertThat(dump.whole()).as("the rows behind it").isFalse();
        Refused refused = refusal(() -> search.choose("scripts", List.of("new.dump"), found -> {}));
        assertThat(refused.code()).isEqualTo("CLIENT-OLDER");
        assertThat(refused).hasMessageStartingWith("new.dump: The dump was made by pg_dump 99");
    }

    @Test
    void one_that_is_not_read_in_time_is_refused() {
        place.file("shop.dump", longContents("15.20"));
        Duration choice = Duration.ofSeconds(2);
        DumpSearch search = search(Duration.ofSeconds(30), choice);
        place.slowly = untilOver(choice.plusMillis(100));

        Refused refused =
                refusal(() -> search.choose("scripts", List.of("shop.dump"), found -> {}));

        assertThat(place.opened).containsExactly("shop.dump");
        assertThat(refused.code()).isEqualTo("IMPORT-TIME");
        assertThat(refused).hasMessageStartingWith("shop.dump: Its table of contents could not");
    }

    @Test
    void one_that_a_list_has_no_time_for_is_said_to_be_read_later() {
        place.file("shop.dump", longContents("15.20"));
        Duration listing = Duration.ofSeconds(2);
        DumpSearch search = search(listing);
        place.slowly = untilOver(listing.plusMillis(100));

        ForeignDump dump = search.list("scripts").dumps().get(0);

        assertThat(place.opened).containsExactly("shop.dump");
        assertThat(dump.importable()).isTrue();
        assertThat(dump.takenAt()).isEmpty();
        assertThat(dump.notes())
                .containsExactly(
                        "There was no time to read its table of contents for this list; it is read"
                                + " when the file is chosen.");
    }

    /** Its versions are told behind the first 200 KiB. */
    private static String sqlThatBeginsLong() {
        return "--\n-- PostgreSQL database dump\n--\n" + "-- note\n".repeat(25 << 10) + SQL;
    }

    @Test
    void chosen_sql_whose_beginning_is_not_read_in_time_is_refused() {
        place.file("shop.sql", sqlThatBeginsLong());
        place.slowFrom = 100 << 10;
        Duration choice = Duration.ofSeconds(2);
        DumpSearch search = search(Duration.ofSeconds(30), choice);
        place.slowly = untilOver(choice.plusMillis(100));

        Refused refused = refusal(() -> search.choose("scripts", List.of("shop.sql"), found -> {}));

        assertThat(refused.code()).isEqualTo("IMPORT-TIME");
        assertThat(refused).hasMessageStartingWith("shop.sql: Its beginning could not be read");
    }

    @Test
    void sql_that_a_list_has_no_time_for_is_said_to_be_read_later() {
        place.file("shop.sql", sqlThatBeginsLong());
        place.slowFrom = 100 << 10;
        Duration listing = Duration.ofSeconds(2);
        DumpSearch search = search(listing);
        place.slowly = untilOver(listing.plusMillis(100));

        ForeignDump dump = search.list("scripts").dumps().get(0);

        assertThat(dump.importable()).isTrue();
        assertThat(dump.server()).isEmpty();
        assertThat(dump.notes())
                .contains(
                        "There was no time to read its beginning for this list; it is read when the"
                                + " file is chosen.");
    }

    @Test
    void long_sql_is_chosen_where_its_beginning_tells_its_versions_and_only_there() {
        String rows = "SELECT 'rows';\n".repeat(200_000);
        place.file("shop.sql", SQL.replace("SELECT 1;\n", rows));
        place.file("other.sql", SQL.replace("SELECT 1;\n", rows).replace("-- Dumped by", "-- by"));
        DumpSearch search = search(Duration.ofSeconds(30));

        ForeignDump dump = search.choose("scripts", List.of("shop.sql"), found -> {}).get(0);

        assertThat(dump.server()).contains("15.20");
        assertThat(dump.whole()).isFalse();
        Refused refused =
                refusal(() -> search.choose("scripts", List.of("other.sql"), found -> {}));
        assertThat(refused.code()).isEqualTo("IMPORT-VERSION");
        assertThat(refused).hasMessageEndingWith("which version of pg_dump made it.");
    }

    @Test
    void what_to_do_about_a_file_depends_on_what_is_wrong_with_it() {
        Map<StoreFailure.Kind, String> remedies =
                Map.of(
                        StoreFailure.Kind.DENIED, "Let the user that Holdfast runs as read it;",
                        StoreFailure.Kind.MISSING, "the file was removed or renamed.",
                        StoreFailure.Kind.CORRUPT, "Wait until whatever writes it is done,",
                        StoreFailure.Kind.UNREACHABLE, "See what is wrong with its disk, share",
                        StoreFailure.Kind.NO_SPACE, "See what is wrong with its disk, share");
        for (StoreFailure.Kind kind : StoreFailure.Kind.values()) {
            place.file(kind + ".sql", SQL);
            place.failing.put(kind + ".sql", new StoreFailure(kind, "It is " + kind + "."));
        }

        Map<String, ForeignDump> dumps = listing();

        for (StoreFailure.Kind kind : StoreFailure.Kind.values()) {
            Against against = dumps.get(kind + ".sql").against().orElseThrow();
            assertThat(against.code()).isEqualTo("IMPORT-FILE");
            assertThat(against.what()).isEqualTo("It is " + kind + ".");
            assertThat(against.remedy()).contains(remedies.get(kind));
        }
    }

    @Test
    void a_place_that_does_not_answer_is_no_matter_of_who_may_read_it() {
        DumpSearch search = search(Duration.ofSeconds(30));
        List<Runnable> looks =
                List.of(
                        () -> search.list("scripts"),
                        () -> search.choose("scripts", List.of("a.sql"), found -> {}));
        for (Runnable look : looks) {
            place.closed = new StoreFailure(StoreFailure.Kind.UNREACHABLE, "8 hang already.");
            Refused hanging = refusal(look);
            assertThat(hanging.code()).isEqualTo("IMPORT-PLACE");
            assertThat(hanging).hasMessage("The place \"scripts\" cannot be read: 8 hang already.");
            assertThat(hanging.remedy()).startsWith("See what is wrong with its disk");

            place.closed = new StoreFailure(StoreFailure.Kind.MISSING, "x");
            assertThat(refusal(look).remedy()).contains("correct its setting");
        }
    }

    @Test
    void an_identity_file_that_cannot_be_read_is_named_and_the_place_is_not_blamed()
            throws IOException {
        Path file = Files.writeString(programs.resolve("id.age"), "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Settings settings = Settings.read(Map.of("BACKUP_IDENTITY_FILE", file.toString()));
        HeldIdentities identities =
                new HeldIdentities() {
                    @Override
                    List<Identity> ofFile() throws IOException {
                        throw new AccessDeniedException(file.toString());
                    }
                };
        place.keeper = new ImportPlaces(settings, identities);
        place.file("a.sql", SQL);
        DumpSearch search = search(Duration.ofSeconds(30));
        List<Found> asked = new ArrayList<>();

        for (Refused refused :
                List.of(
                        refusal(() -> search.list("scripts")),
                        refusal(() -> search.choose("scripts", List.of("a.sql"), asked::addAll)))) {
            assertThat(refused.code()).isEqualTo("IMPORT-IDENTITY");
            assertThat(refused)
                    .hasMessage(
                            "The file of BACKUP_IDENTITY_FILE, "
                                    + file
                                    + ", cannot be read: Holdfast's user may not.");
        }
        assertThat(asked).as("no code is spent for it").isEmpty();
        assertThat(place.opened).isEmpty();
    }

    @Test
    void a_checksum_that_a_cut_listing_does_not_show_is_obeyed() {
        place.file("a.sql", SQL).file("b.sql", SQL);
        place.beyond("b.sql.sha256", "0".repeat(64) + "  b.sql\n");

        Map<String, ForeignDump> dumps = listing();

        assertThat(dumps.get("a.sql").checksum()).isEqualTo(Checksum.NONE);
        assertThat(dumps.get("b.sql").checksum()).isEqualTo(Checksum.DIFFERS);
        Runnable choice =
                () ->
                        search(Duration.ofSeconds(30))
                                .choose("scripts", List.of("b.sql"), found -> {});
        assertThat(refusal(choice).code()).isEqualTo("IMPORT-CHECKSUM");
        place.looked.clear();
        place.whole = true;
        search(Duration.ofSeconds(30)).choose("scripts", List.of("a.sql"), found -> {});
        assertThat(place.looked).as("a whole listing has it all").isEmpty();
    }

    @Test
    void of_a_place_that_lists_by_name_only_what_may_follow_the_last_name_is_asked_for() {
        String face = "\uD83D\uDE00.sql";
        place.file("a.sql", SQL).file("\uFF5E.sql", SQL).file(face, SQL);
        place.beyond(face + ".sha256", "0".repeat(64) + "  " + face + "\n");
        place.byName = true;

        assertThat(listing().get(face).checksum()).isEqualTo(Checksum.DIFFERS);
        assertThat(place.looked)
                .as("in the order of UTF-8 and not of chars")
                .containsExactly(face + ".sha256");

        place.looked.clear();
        place.file("b.sql", SQL);
        listing();
        assertThat(place.looked).as("it does not list by name after all").hasSize(4);
    }
}

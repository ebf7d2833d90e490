package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
import org.holdfast.domain.snapshot.ForeignDumps.Found;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.persistence.CatalogDataSource;
import org.holdfast.pipeline.DumpKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
        private final Map<String, String> contents = new LinkedHashMap<>();
        private final List<String> opened = new ArrayList<>();
        private final List<Duration> patience = new ArrayList<>();
        private boolean whole = true;
        private Runnable lasting = () -> {};
        private int listed;
        private CountDownLatch held = new CountDownLatch(0);
        private final CountDownLatch reached = new CountDownLatch(1);

        Place file(String name, String content) {
            contents.put(name, content);
            return entry(name, content.length(), Kind.FILE);
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
        DumpKeys keys() {
            return new DumpKeys(List.of(), Optional.empty(), Optional.empty(), 10_000);
        }

        @Override
        public boolean list(int most, Consumer<Entry> each) {
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
        public Optional<Entry> find(String name) {
            return Optional.ofNullable(entries.get(name));
        }

        @Override
        public InputStream read(String name) {
            opened.add(name);
            if (name.endsWith(".sha256")) {
                lasting.run();
            }
            return new ByteArrayInputStream(contents.get(name).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() {}
    }

    private final Place place = new Place();

    private DumpSearch search(Duration listing) {
        return search(listing, Duration.ofSeconds(30));
    }

    private DumpSearch search(Duration listing, Duration choice) {
        return new DumpSearch(
                place, Settings.read(Map.of()), Clock.fixed(NOW, ZoneOffset.UTC), listing, choice);
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
    void no_file_is_opened_any_more_where_its_checksum_took_the_time() {
        place.file("a.sql", SQL).file("a.sql.sha256", "0".repeat(64) + "  a.sql\n");
        Duration choice = Duration.ofMillis(200);
        long begin = System.nanoTime();
        place.lasting =
                () -> {
                    while (System.nanoTime() - begin < choice.multipliedBy(2).toNanos()) {
                        Thread.onSpinWait();
                    }
                };
        DumpSearch search = search(Duration.ofSeconds(30), choice);

        assertThat(refusal(() -> search.choose("scripts", List.of("a.sql"), f -> {})).code())
                .isEqualTo("IMPORT-TIME");
        assertThat(place.opened).doesNotContain("a.sql");
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
}

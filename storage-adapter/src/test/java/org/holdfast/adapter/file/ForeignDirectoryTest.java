package org.holdfast.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.ForeignFiles.Entry;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignDirectoryTest {
    @TempDir private Path home;
    private Path place;
    private ForeignFiles files;

    @BeforeEach
    void fill() throws IOException {
        place = Files.createDirectories(home.resolve("place/daily")).getParent();
        Files.writeString(home.resolve("secret"), "secret");
        Files.createDirectory(home.resolve("place-beside"));
        Files.writeString(home.resolve("place-beside/secret"), "secret");
        Files.writeString(place.resolve("a.dump"), "a");
        Files.writeString(place.resolve("odd näme's \"1\".sql"), "odd");
        Files.writeString(place.resolve("daily/b.dump"), "bb");
        Files.createSymbolicLink(place.resolve("link"), home.resolve("secret"));
        Files.createSymbolicLink(place.resolve("out"), home);
        Files.createSymbolicLink(place.resolve("inside"), place.resolve("a.dump"));
        files = new ForeignDirectory(new StoreAccess.Directory("scripts", place), true);
    }

    private List<Entry> all(int most) throws StoreFailure {
        List<Entry> found = new ArrayList<>();
        files.list(most, found::add);
        return found;
    }

    private String read(String name) throws IOException {
        try (InputStream in = files.read(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void it_shows_files_below_by_name_and_links_as_what_they_are() throws IOException {
        assertThat(all(100))
                .extracting(e -> e.kind() + " " + e.size() + " " + e.name())
                .containsExactly(
                        "FILE 1 a.dump",
                        "FILE 2 daily/b.dump",
                        "LINK 0 inside",
                        "LINK 0 link",
                        "FILE 3 odd näme's \"1\".sql",
                        "LINK 0 out");
    }

    @Test
    void it_says_where_there_are_more_than_were_asked_for() throws IOException {
        assertThat(files.list(2, entry -> {})).isFalse();
        assertThat(files.list(6, entry -> {})).isTrue();
        assertThat(all(2)).hasSize(2);
        assertThat(files.listsByName()).isFalse();
    }

    @Test
    void a_directory_that_is_too_deep_is_one_entry_and_hides_nothing_else() throws IOException {
        Path deep = Files.createDirectories(place.resolve("b/2/3/4/5/6/7/8/9"));
        Files.writeString(deep.resolve("x"), "x");

        List<Entry> found = new ArrayList<>();
        assertThat(files.list(100, found::add)).isFalse();

        assertThat(found)
                .extracting(e -> e.kind() + " " + e.name())
                .contains("DIRECTORY b/2/3/4/5/6/7/8/9", "FILE daily/b.dump", "LINK out");
    }

    @Test
    void directories_are_limited_as_files_are() throws IOException {
        Files.createDirectories(place.resolve("empty/one/two"));

        assertThat(files.list(3, entry -> {})).isFalse();
        assertThat(files.list(6, entry -> {})).isTrue();
        Files.createDirectories(place.resolve("empty/one/two/three/four/five"));
        assertThat(files.list(6, entry -> {})).as("seven directories, six files").isFalse();
    }

    @Test
    void it_goes_on_looking_for_a_while_only() throws IOException {
        ForeignFiles hasty =
                new ForeignDirectory(
                        new StoreAccess.Directory("scripts", place),
                        Optional.empty(),
                        Duration.ZERO);
        assertThat(hasty.list(100, entry -> {})).isFalse();
    }

    @Test
    void it_reads_what_it_shows() throws IOException {
        assertThat(read("daily/b.dump")).isEqualTo("bb");
        assertThat(read("odd näme's \"1\".sql")).isEqualTo("odd");
    }

    @Test
    void one_entry_is_found_by_its_name_as_the_list_shows_it() throws IOException {
        for (Entry entry : all(100)) {
            assertThat(files.find(entry.name())).contains(entry);
        }
        assertThat(files.find("daily").orElseThrow().kind()).isEqualTo(ForeignFiles.Kind.DIRECTORY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-such-file",
                "daily/no-such-file",
                "no-such-directory/x",
                "a.dump/x",
                "out/secret",
                "../secret",
                "",
                "/a.dump"
            })
    void what_the_list_cannot_show_is_not_found(String name) throws IOException {
        assertThat(files.find(name)).isEmpty();
    }

    @Test
    void a_name_that_is_longer_than_any_can_be_is_not_found() throws IOException {
        String longest = "x".repeat(250) + ".dump";
        Files.writeString(place.resolve(longest), "x");

        assertThat(files.find(longest)).isPresent();
        assertThat(files.find(longest + ".sha256")).isEmpty();
    }

    @Test
    void all_of_a_file_is_read_whether_somebody_waits_or_not() throws IOException {
        byte[] bytes = new byte[(1 << 20) + 7];
        new Random(5).nextBytes(bytes);
        Files.write(place.resolve("large"), bytes);
        ForeignFiles patient =
                new ForeignDirectory(new StoreAccess.Directory("scripts", place), false);

        try (InputStream hurried = files.read("large");
                InputStream in = patient.read("large")) {
            assertThat(hurried.readAllBytes()).isEqualTo(bytes);
            assertThat(hurried.read()).isEqualTo(-1);
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    /** As it does once a share is back that others' openings hang in. */
    @Test
    @Timeout(60)
    void where_nobody_waits_a_file_is_looked_up_when_there_is_room_again() throws Exception {
        List<Path> pipes = new ArrayList<>();
        for (int i = 0; i < Opening.MOST_STUCK; i++) {
            Path pipe = home.resolve("pipe" + i);
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
            pipes.add(pipe);
            assertThatThrownBy(
                            () ->
                                    Opening.within(
                                            place,
                                            Duration.ofMillis(50),
                                            () -> Files.newInputStream(pipe)))
                    .hasMessageContaining("did not open within");
        }
        ForeignFiles patient =
                new ForeignDirectory(new StoreAccess.Directory("scripts", place), false);
        FutureTask<Optional<Entry>> found = new FutureTask<>(() -> patient.find("a.dump"));
        FutureTask<InputStream> opened = new FutureTask<>(() -> patient.read("a.dump"));
        for (FutureTask<?> task : List.of(found, opened)) {
            Thread thread = new Thread(task);
            thread.start();
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                assertThat(task.isDone()).isFalse();
                Thread.onSpinWait();
            }
        }
        assertThatThrownBy(() -> files.find("a.dump")).hasMessageContaining("hang already");

        for (Path pipe : pipes) {
            Files.newOutputStream(pipe).close();
        }

        assertThat(found.get()).isPresent();
        try (InputStream in = opened.get()) {
            assertThat(in.readAllBytes()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "link",
                "inside",
                "out/secret",
                "out/place/a.dump",
                "../secret",
                "../place-beside/secret",
                "daily/../../secret",
                "./a.dump",
                "daily",
                "daily/",
                "",
                "/a.dump",
                "a.dump/x",
                "no-such-file"
            })
    void nothing_else_can_be_read(String name) {
        assertThatThrownBy(() -> files.read(name).close()).isInstanceOf(StoreFailure.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_file_that_shrinks_while_it_is_read_is_not_taken_for_whole(boolean waiting)
            throws IOException {
        files = new ForeignDirectory(new StoreAccess.Directory("scripts", place), waiting);
        Path file = Files.write(place.resolve("large"), new byte[1 << 20]);
        try (InputStream in = files.read("large")) {
            in.readNBytes(1000);
            Files.write(file, new byte[2000]);
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(StoreFailure.class)
                    .hasMessageContaining(
                            "ended at byte " + (waiting ? "262,144" : "2,000") + " of 1,048,576");
        }
    }

    @Test
    void a_place_that_is_not_there_is_said_so() {
        ForeignFiles gone =
                new ForeignDirectory(new StoreAccess.Directory("gone", home.resolve("gone")), true);
        assertThatThrownBy(() -> gone.list(1, entry -> {}))
                .isInstanceOf(StoreFailure.class)
                .hasMessageContaining("gone");
        assertThatThrownBy(() -> gone.find("x")).isInstanceOf(StoreFailure.class);
    }
}

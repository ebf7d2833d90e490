package org.holdfast.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On /proc, which has no room at all and is no place to write to. */
class TroubleTest {
    private static final Path NO_ROOM = Path.of("/proc");
    private static final Trouble STORE = Trouble.ofStore("local", NO_ROOM);

    private static InputStream broken() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Input/output error");
            }
        };
    }

    @Test
    void a_read_that_fails_where_no_room_is_left_fails_for_what_the_system_says() {
        for (Trouble trouble : new Trouble[] {STORE, Trouble.ofPlace("scripts", NO_ROOM)}) {
            WholeFile file = new WholeFile("shop.dump", broken(), 10, trouble);

            StoreFailure failure = catchThrowableOfType(StoreFailure.class, file::read);

            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure)
                    .hasMessageEndingWith(
                            "could not read shop.dump at byte 0: Input/output error.");
        }
    }

    @Test
    void a_write_that_fails_where_no_room_is_left_failed_for_want_of_it() {
        IOException told = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");

        StoreFailure failure = STORE.writing("write orders/1", told);

        assertThat(failure.kind()).isEqualTo(Kind.NO_SPACE);
        assertThat(failure).hasMessageEndingWith("Free space there or shorten the retention.");
    }

    @Test
    void what_is_known_already_is_told_as_it_is() {
        StoreFailure known = new StoreFailure(Kind.CORRUPT, "x");

        assertThat(STORE.writing("publish x", known)).isSameAs(known);
        assertThat(STORE.with("read x", known)).isSameAs(known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no space left.dump", "read-only file system", "quota exceeded.sql"})
    void the_name_of_a_file_is_not_taken_for_the_system_s_words(String name) {
        assertThat(STORE.writing("write x", new NoSuchFileException(name)).kind())
                .isEqualTo(Kind.MISSING);
        assertThat(STORE.with("read x", new FileSystemException(name, null, "Stale handle")).kind())
                .isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void the_system_s_own_words_count() {
        assertThat(
                        STORE.writing(
                                        "begin x",
                                        new FileSystemException(
                                                "/a", null, "No space left on device"))
                                .kind())
                .isEqualTo(Kind.NO_SPACE);
        assertThat(
                        STORE.with(
                                        "read x",
                                        new FileSystemException(
                                                "/a", null, "Read-only file system"))
                                .kind())
                .isEqualTo(Kind.DENIED);
    }
}

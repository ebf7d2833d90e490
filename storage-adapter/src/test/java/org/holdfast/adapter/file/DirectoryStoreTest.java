package org.holdfast.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.holdfast.adapter.BlobStoreContract;
import org.holdfast.adapter.OpenStores;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends BlobStoreContract {
    @TempDir Path temp;

    @Override
    protected BlobStore open() {
        return new OpenStores().open(new StoreAccess.Directory("local", temp.resolve("new/store")));
    }

    private Path root() {
        return temp.resolve("new/store");
    }

    @Test
    void an_object_is_a_plain_file_that_only_the_owner_reads() throws IOException {
        put(key("a/b"), bytes(100, 1));
        Path file = root().resolve(under + "a/b");
        assertThat(file).hasBinaryContent(bytes(100, 1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        for (Path up = file.getParent(); !up.equals(temp); up = up.getParent()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(up)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aborted_and_deleted_objects_leave_no_directories() throws IOException {
        store.begin(key("p/q/r")).close();
        put(key("s/t/u"), bytes(1, 1));
        store.delete(key("s/t/u"));
        try (Stream<Path> left = Files.walk(root())) {
            assertThat(left)
                    .containsExactlyInAnyOrder(root(), root().resolve(DirectoryStore.UPLOADS));
        }
    }

    @Test
    void an_object_that_became_shorter_while_it_is_read_is_not_taken_for_whole()
            throws IOException {
        put(key("cut"), bytes(1_000_000, 1));
        try (InputStream in = store.read(key("cut"))) {
            in.readNBytes(1000);
            Files.write(root().resolve(under + "cut"), new byte[2000]);
            StoreFailure failure = catchThrowableOfType(StoreFailure.class, in::readAllBytes);
            assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.CORRUPT);
            assertThat(failure)
                    .hasMessage(
                            "Object "
                                    + key("cut")
                                    + " of store \"local\" ended at byte 2,000 of 1,000,000.");
        }
    }

    @Test
    void what_others_keep_in_the_directory_is_no_object() throws IOException {
        put(key("mine"), bytes(1, 1));
        Path directory = root().resolve(under);
        Files.write(directory.resolve(".hidden"), new byte[1]);
        Files.write(directory.resolve("with space"), new byte[1]);
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("mine"));
        assertThat(listed("")).containsExactly("mine");
        assertThat(store.stat(key("link"))).isEmpty();
        assertThatThrownBy(() -> store.read(key("link"))).isInstanceOf(StoreFailure.class);
    }

    @Test
    void a_directory_with_more_names_than_a_page_is_listed_whole() throws IOException {
        Path directory = Files.createDirectories(root().resolve(under));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < Tree.PAGE * 2 + 5; i++) {
            names.add("n%06d".formatted(i));
            Files.createFile(directory.resolve(names.get(i)));
        }
        assertThat(listed("")).containsExactlyElementsOf(names);
    }

    @Test
    void what_is_no_upload_is_not_told_as_one() throws IOException {
        Path uploads =
                Files.createDirectories(root().resolve(DirectoryStore.UPLOADS + "/" + under));
        Files.createFile(uploads.resolve("note.txt"));
        Files.createFile(uploads.resolve("x." + "a".repeat(36)));
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void an_upload_id_that_is_no_id_reaches_no_file() throws IOException {
        put(key("mine"), bytes(1, 1));
        UnfinishedUpload forged =
                new UnfinishedUpload(key("x"), "/../../" + under + "mine", java.time.Instant.EPOCH);
        assertThatThrownBy(() -> store.abort(forged)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.stat(key("mine"))).isPresent();
    }

    @Test
    void uploads_and_deletions_in_one_directory_do_not_disturb_each_other() throws Exception {
        inParallel(
                Stream.iterate(0, i -> i + 1)
                        .limit(2000)
                        .map(
                                i ->
                                        () -> {
                                            ObjectKey key = key("d/e/" + Ids.next());
                                            put(key, new byte[] {1});
                                            store.delete(key);
                                            return null;
                                        }));
        assertThat(listed("")).isEmpty();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void an_interrupted_writer_is_told_and_leaves_nothing() throws IOException {
        try (Upload upload = store.begin(key("a/interrupted"))) {
            Thread.currentThread().interrupt();
            StoreFailure failure =
                    catchThrowableOfType(
                            StoreFailure.class, () -> upload.body().write(bytes(MANY, 1)));
            assertThat(failure)
                    .hasMessage(
                            "Store \"local\" could not write "
                                    + key("a/interrupted")
                                    + ": the work was interrupted.");
        }
        assertThat(Thread.interrupted()).isTrue();
        try (Stream<Path> left = Files.walk(root())) {
            assertThat(left)
                    .containsExactlyInAnyOrder(root(), root().resolve(DirectoryStore.UPLOADS));
        }
    }

    @Test
    void room_is_told() throws IOException {
        assertThat(store.room().orElseThrow()).isPositive();
    }

    @Test
    void a_place_that_is_no_directory_is_named() throws IOException {
        Path file = Files.createFile(temp.resolve("plain"));
        try (BlobStore wrong = new OpenStores().open(new StoreAccess.Directory("wrong", file))) {
            StoreFailure failure = catchThrowableOfType(StoreFailure.class, wrong::probe);
            assertThat(failure)
                    .hasMessageStartingWith("Store \"wrong\" could not begin holdfast-probe/")
                    .hasMessageEndingWith(": " + file + " is a file and should be a directory.");
        }
    }

    @Test
    void an_upload_that_another_process_swept_away_cannot_be_published() throws IOException {
        try (Upload upload = store.begin(key("swept"))) {
            upload.body().write(1);
            upload.body().close();
            store.abort(unfinished().get(0));
            StoreFailure failure = catchThrowableOfType(StoreFailure.class, upload::publish);
            assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.MISSING);
        }
        assertThat(store.stat(key("swept"))).isEmpty();
    }

    private Finding found(Guard guard) throws IOException {
        return store.inspect().stream().filter(f -> f.guard() == guard).findFirst().orElseThrow();
    }

    @Test
    void a_directory_that_others_may_enter_is_told_and_what_it_cannot_do_is_never_good()
            throws IOException {
        assertThat(found(Guard.PERMISSIONS).verdict()).isEqualTo(Finding.Verdict.FULFILLED);
        Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("rwxr-x---"));
        assertThat(found(Guard.PERMISSIONS).verdict()).isEqualTo(Finding.Verdict.LACKING);
        assertThat(found(Guard.PERMISSIONS).found()).startsWith("rwxr-x---, owner ");
        assertThat(found(Guard.PERMISSIONS).remedy()).isEqualTo("Run: chmod 700 " + root());
        assertThat(found(Guard.VERSIONING)).isInstanceOf(Finding.Unsupported.class);
        assertThat(found(Guard.OBJECT_LOCK)).isInstanceOf(Finding.Unsupported.class);
        assertThat(store.harden(store.inspect())).isEmpty();
        assertThat(found(Guard.PERMISSIONS).found()).startsWith("rwxr-x---");
    }
}

package org.holdfast.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.adapter.testing.SmallDisk;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of 10 MB and an object of 20. */
class FullDiskTest {
    @TempDir Path temp;
    private SmallDisk disk;
    private BlobStore store;

    @BeforeEach
    void mount() throws IOException {
        disk = SmallDisk.mount(Files.createDirectory(temp.resolve("disk")), 10);
        store = new DirectoryStore(new StoreAccess.Directory("local", disk.root()));
    }

    @AfterEach
    void unmount() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    private static StoreFailure fill(Upload upload) {
        return catchThrowableOfType(
                StoreFailure.class,
                () -> {
                    try (OutputStream body = upload.body()) {
                        for (int i = 0; i < 20; i++) {
                            body.write(new byte[1024 * 1024]);
                        }
                    }
                });
    }

    @Test
    void a_full_disk_is_told_as_that_and_nothing_is_left() throws IOException {
        ObjectKey key = new ObjectKey("orders/2026/11/database.dump");
        long before = store.room().orElseThrow();
        try (Upload upload = store.begin(key)) {
            StoreFailure failure = fill(upload);
            assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.NO_SPACE);
            assertThat(failure)
                    .hasMessage(
                            "Store \"local\" could not write "
                                    + key
                                    + ": no space is left in "
                                    + disk.root()
                                    + ". Free space there or shorten the retention.");
        }
        assertThat(store.stat(key)).isEmpty();
        List<UnfinishedUpload> left = new ArrayList<>();
        store.unfinished("", left::add);
        assertThat(left).isEmpty();
        assertThat(store.room().orElseThrow()).isGreaterThan(before - 64 * 1024);
    }

    @Test
    void other_objects_are_untouched_and_the_store_goes_on_when_there_is_room() throws IOException {
        put("one", 3);
        try (Upload upload = store.begin(new ObjectKey("two"))) {
            assertThat(fill(upload).kind()).isEqualTo(StoreFailure.Kind.NO_SPACE);
        }
        put("three", 3);
        assertThat(store.read(new ObjectKey("one")).readAllBytes()).hasSize(3 * 1024 * 1024);
        assertThat(store.read(new ObjectKey("three")).readAllBytes()).hasSize(3 * 1024 * 1024);
    }

    private void put(String key, int mib) throws IOException {
        try (Upload upload = store.begin(new ObjectKey(key))) {
            try (OutputStream body = upload.body()) {
                body.write(new byte[mib * 1024 * 1024]);
            }
            upload.publish();
        }
    }

    @Test
    void a_disk_that_is_full_before_the_first_byte_is_told_by_the_probe() throws IOException {
        disk.fill(0);
        StoreFailure failure = catchThrowableOfType(StoreFailure.class, store::probe);
        assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.NO_SPACE);
    }
}

package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.minio.PutObjectArgs;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.holdfast.adapter.BlobStoreContract;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.S3Server;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.junit.jupiter.api.Test;

/** What every S3 store does beyond the common contract. */
abstract class S3StoreContract extends BlobStoreContract {
    static final String BUCKET = "contract";

    abstract S3Server server();

    @Override
    protected BlobStore open() throws IOException {
        return new OpenStores().open(access(""));
    }

    StoreAccess.Bucket access(String prefix) throws IOException {
        StoreAccess.Bucket bucket = server().bucket("s3", BUCKET);
        return new StoreAccess.Bucket(
                bucket.name(),
                bucket.endpoint(),
                bucket.region(),
                bucket.bucket(),
                prefix,
                bucket.accessKeyId(),
                bucket.secretAccessKey(),
                bucket.deadline());
    }

    @Test
    void a_prefix_makes_a_store_of_its_own() throws IOException {
        ObjectKey key = key("same");
        put(key, bytes(10, 1));
        try (BlobStore team = new OpenStores().open(access("team/"))) {
            assertThat(team.stat(key)).isEmpty();
            team.begin(key).close();
            try (var upload = team.begin(key)) {
                upload.body().write(bytes(MANY, 2));
                List<UnfinishedUpload> begun = new ArrayList<>();
                team.unfinished(under, begun::add);
                assertThat(begun).extracting(UnfinishedUpload::key).containsExactly(key);
                upload.body().close();
                upload.publish();
            }
            List<ObjectKey> listed = new ArrayList<>();
            team.list("", blob -> listed.add(blob.key()));
            assertThat(listed).containsExactly(key);
            team.delete(key);
        }
        assertThat(get(key)).isEqualTo(bytes(10, 1));
    }

    @Test
    void unfinished_uploads_are_told_past_a_page() throws Exception {
        Wire wire = Wire.to(access(""));
        Set<String> names = new TreeSet<>();
        inParallel(
                IntStream.range(0, 1_020)
                        .mapToObj(
                                i -> {
                                    String name = "u-%04d".formatted(i);
                                    names.add(name);
                                    return () -> wire.create(under + name).get();
                                }));
        wire.close();
        List<UnfinishedUpload> found = unfinished();
        assertThat(found)
                .extracting(upload -> upload.key().name())
                .containsExactlyInAnyOrderElementsOf(names);
        inParallel(
                found.stream()
                        .map(
                                upload ->
                                        () -> {
                                            store.abort(upload);
                                            return null;
                                        }));
        assertThat(unfinished()).isEmpty();
    }

    private List<String> foreign(ForeignFiles files, int most, boolean whole) throws StoreFailure {
        List<String> names = new ArrayList<>();
        assertThat(files.list(most, entry -> names.add(entry.name()))).isEqualTo(whole);
        return names;
    }

    @Test
    void a_place_of_foreign_objects_is_listed_for_a_while_only() throws IOException {
        for (String name : List.of("a.dump", "b.dump", "b.dump.sha256", "c.dump")) {
            put(key(name), bytes(name.length(), 1));
        }
        Duration lasting = Duration.ofMinutes(2);
        try (ForeignFiles hasty = new ForeignBucket(access(under), Duration.ZERO, 2);
                ForeignFiles patient = new ForeignBucket(access(under), lasting, 2)) {
            assertThat(foreign(hasty, 10, false)).containsExactly("a.dump", "b.dump");
            assertThat(foreign(patient, 10, true))
                    .containsExactly("a.dump", "b.dump", "b.dump.sha256", "c.dump");
            assertThat(foreign(patient, 4, true)).hasSize(4);
            assertThat(foreign(patient, 3, false)).hasSize(3);
            assertThat(patient.listsByName()).isTrue();
        }
    }

    @Test
    void one_foreign_object_is_found_by_its_name() throws IOException {
        put(key("daily/b.dump"), bytes(7, 1));
        put(key("daily/b.dump.sha256"), bytes(8, 1));
        try (ForeignFiles place = new OpenStores().foreign(access(under), true)) {
            List<ForeignFiles.Entry> listed = new ArrayList<>();
            place.list(10, listed::add);

            for (ForeignFiles.Entry entry : listed) {
                assertThat(place.find(entry.name())).contains(entry);
            }
            for (String none :
                    List.of("daily/b", "daily/b.dump.", "daily", "daily/", "", "../x", "x")) {
                assertThat(place.find(none)).as(none).isEmpty();
            }
            assertThat(place.find("x".repeat(1025))).isEmpty();
        }
    }

    /** XML 1.0 cannot hold the first two, and would make a line's end of the third. */
    @Test
    void foreign_objects_whose_names_hold_anything_are_listed_found_and_read() throws Exception {
        List<String> names =
                List.of("a\u0001.dump", "a\u001b[1m.dump", "b\rc.dump", "d e+f%41&.dump", "ü.dump");
        Wire wire = Wire.to(access(""));
        try {
            for (String name : names) {
                wire.putObject(
                                PutObjectArgs.builder()
                                        .bucket(BUCKET)
                                        .object(under + name)
                                        .data(new byte[] {7}, 1)
                                        .build())
                        .get();
            }
        } finally {
            wire.close();
        }
        put(key("z.dump"), bytes(1, 1));
        try (ForeignFiles place = new OpenStores().foreign(access(under), true)) {
            assertThat(foreign(place, 10, true)).containsAll(names).contains("z.dump").hasSize(6);
            for (String name : names) {
                assertThat(place.find(name)).as(name).isPresent();
                try (InputStream read = place.read(name)) {
                    assertThat(read.readAllBytes()).as(name).containsExactly(7);
                }
            }
        }
        List<ObjectKey> listed = new ArrayList<>();
        store.list(under, blob -> listed.add(blob.key()));
        assertThat(listed).containsExactly(key("z.dump"));
    }

    /** Objects that only stand for directories; a bucket of an old system may have millions. */
    @Test
    void objects_that_are_no_files_are_limited_as_files_are() throws Exception {
        Wire wire = Wire.to(access(""));
        try {
            for (int i = 0; i < 3; i++) {
                wire.putObject(
                                PutObjectArgs.builder()
                                        .bucket(BUCKET)
                                        .object(under + "d" + i + "/")
                                        .data(new byte[0], 0)
                                        .build())
                        .get();
            }
        } finally {
            wire.close();
        }
        put(key("e.dump"), bytes(1, 1));
        try (ForeignFiles place = new ForeignBucket(access(under), Duration.ofMinutes(2), 1)) {
            assertThat(foreign(place, 2, false)).isEmpty();
            assertThat(foreign(place, 3, true)).containsExactly("e.dump");
        }
    }
}

package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.holdfast.adapter.BlobStoreContract;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.S3Server;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreAccess;
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
}

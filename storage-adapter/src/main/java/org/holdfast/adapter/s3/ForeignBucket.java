package org.holdfast.adapter.s3;

import io.minio.ListObjectsV2Args;
import io.minio.messages.ListBucketResultV2;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;

/** Objects that scripts left in a bucket below the access's prefix. */
public final class ForeignBucket implements ForeignFiles {
    private final StoreAccess.Bucket access;
    private final Wire wire;
    private final Trouble trouble;
    private final Patience patience;

    /**
     * @throws org.holdfast.domain.shared.Refused STORE-ENDPOINT
     */
    public ForeignBucket(StoreAccess.Bucket access) {
        this.access = access;
        this.wire = Wire.to(access);
        this.trouble = new Trouble(access);
        this.patience = new Patience(trouble, access.deadline());
    }

    @Override
    public boolean list(int most, Consumer<Entry> each) throws StoreFailure {
        int left = most;
        String token = null;
        do {
            String from = token;
            ListBucketResultV2 page =
                    patience.call(
                                    "list \"" + access.prefix() + "\"",
                                    () ->
                                            wire.listObjectsV2(
                                                    ListObjectsV2Args.builder()
                                                            .bucket(access.bucket())
                                                            .prefix(access.prefix())
                                                            .continuationToken(from)
                                                            .build()))
                            .result();
            for (var item : page.contents()) {
                String key = item.objectName();
                // An object whose name ends in a slash only stands for a directory.
                if (!key.startsWith(access.prefix())
                        || key.endsWith("/")
                        || key.length() == access.prefix().length()) {
                    continue;
                }
                if (left-- == 0) {
                    return false;
                }
                each.accept(
                        new Entry(
                                key.substring(access.prefix().length()),
                                item.size(),
                                item.lastModified() == null
                                        ? Instant.EPOCH
                                        : item.lastModified()
                                                .toInstant()
                                                .truncatedTo(ChronoUnit.SECONDS),
                                ForeignFiles.Kind.FILE));
            }
            token = page.isTruncated() ? page.nextContinuationToken() : null;
        } while (token != null);
        return true;
    }

    @Override
    public InputStream read(String file) throws StoreFailure {
        if (file.isEmpty() || file.startsWith("/") || ("/" + file + "/").contains("/../")) {
            throw new StoreFailure(
                    StoreFailure.Kind.MISSING,
                    "Place \"" + access.name() + "\" has no file \"" + file + "\".");
        }
        return WholeObject.open(wire, patience, trouble, file, access.prefix() + file);
    }

    @Override
    public void close() {
        wire.close();
    }
}

package org.holdfast.adapter.s3;

import io.minio.ListObjectsV2Args;
import io.minio.messages.Item;
import io.minio.messages.ListBucketResultV2;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.storage.StoreFailure;

/** The objects of a bucket whose keys begin with a prefix, page by page, in the store's order. */
final class Pages {
    /** Keys; no store gives more at once. */
    static final int MOST = 1000;

    private final Wire wire;
    private final Patience patience;
    private final String bucket;
    private final String prefix;
    private final String doing;
    private final int size;
    private String token;
    private boolean more = true;

    /**
     * @param doing what is done, for the words of a failure
     * @param size keys of a page at most
     */
    Pages(Wire wire, Patience patience, String bucket, String prefix, String doing, int size) {
        this.wire = wire;
        this.patience = patience;
        this.bucket = bucket;
        this.prefix = prefix;
        this.doing = doing;
        this.size = size;
    }

    /** The next page; only where there is {@link #hasMore}. */
    List<? extends Item> next() throws StoreFailure {
        String from = token;
        ListBucketResultV2 page =
                patience.call(
                                doing,
                                () ->
                                        wire.listObjectsV2(
                                                ListObjectsV2Args.builder()
                                                        .bucket(bucket)
                                                        .prefix(prefix)
                                                        // XML cannot hold every key.
                                                        .encodingType("url")
                                                        .maxKeys(size)
                                                        .continuationToken(from)
                                                        .build()))
                        .result();
        more = page.isTruncated();
        // The same one again would begin this page again, for ever.
        token =
                Optional.ofNullable(page.nextContinuationToken())
                        .filter(next -> !next.isEmpty() && !next.equals(from))
                        .orElse(null);
        List<? extends Item> items = page.contents();
        items.forEach(item -> item.setEncodingType(page.encodingType()));
        return items;
    }

    /** Whether the store says that what it listed so far is not all. */
    boolean hasMore() {
        return more;
    }

    /** Whether there is more, and the store has told how to go on. */
    boolean canGoOn() {
        return more && token != null;
    }
}

package org.holdfast.adapter.s3;

import io.minio.AbortMultipartUploadArgs;
import io.minio.HeadBucketArgs;
import io.minio.HeadObjectArgs;
import io.minio.HeadObjectResponse;
import io.minio.ListMultipartUploadsArgs;
import io.minio.RemoveObjectArgs;
import io.minio.messages.Item;
import io.minio.messages.ListMultipartUploadsResult;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;

/** Objects of a bucket, each at the access's prefix followed by its key. */
public final class S3Store implements BlobStore {
    /** Cleaning up must not hold a failed run for the whole deadline: the sweep comes later. */
    private static final Duration CLEANING = Duration.ofSeconds(15);

    /** A person waits for a probe. */
    private static final Duration PROBING = Duration.ofSeconds(10);

    private final StoreAccess.Bucket access;
    private final Duration cleaning;
    private final Wire wire;
    private final Trouble trouble;
    private final Patience patience;
    private final PartSizes sizes;
    private final ExecutorService senders;
    private volatile boolean bucketSeen;

    /**
     * @throws org.holdfast.domain.shared.Refused STORE-ENDPOINT: no bare http(s) address, or a
     *     link-local or metadata one
     */
    public S3Store(StoreAccess.Bucket access) {
        this(access, CLEANING);
    }

    private S3Store(StoreAccess.Bucket access, Duration cleaning) {
        this.access = access;
        this.cleaning = cleaning;
        this.wire = Wire.to(access);
        this.trouble = new Trouble(access);
        this.patience = new Patience(trouble, access.deadline());
        this.sizes = PartSizes.forHost(access.endpoint().getHost());
        this.senders =
                Executors.newCachedThreadPool(
                        task -> Wire.daemon(task, "s3-parts-" + access.name()));
    }

    @Override
    public String name() {
        return access.name();
    }

    String object(ObjectKey key) {
        return access.prefix() + key;
    }

    @Override
    public Upload begin(ObjectKey key) {
        return new S3Upload(
                key, object(key), this, wire, patience, trouble, sizes, senders, cleaning);
    }

    @Override
    public InputStream read(ObjectKey key) throws StoreFailure {
        return WholeObject.open(wire, patience, trouble, key, object(key));
    }

    @Override
    public Optional<Blob> stat(ObjectKey key) throws StoreFailure {
        String doing = "look up " + key;
        Patience.Tries tries = patience.tries(doing);
        while (true) {
            try {
                HeadObjectResponse head =
                        Patience.await(
                                doing,
                                wire.headObject(
                                        HeadObjectArgs.builder()
                                                .bucket(access.bucket())
                                                .object(object(key))
                                                .build()));
                return Optional.of(
                        new Blob(
                                key,
                                head.size(),
                                head.lastModified().toInstant(),
                                version(head.versionId())));
            } catch (ExecutionException e) {
                Throwable cause = Trouble.cause(e);
                if (cause instanceof Answered answer && answer.status() == 404) {
                    requireBucket();
                    return Optional.empty();
                }
                tries.failed(cause);
            }
        }
    }

    private static String version(String id) {
        return id == null || id.equals("null") ? "" : id;
    }

    /**
     * HEAD has no body, so a missing bucket looks like a missing object: they must not be mixed.
     */
    private void requireBucket() throws StoreFailure {
        if (bucketSeen) {
            return;
        }
        String doing = "look up bucket " + access.bucket();
        Patience.Tries tries = patience.tries(doing);
        while (!bucketSeen) {
            try {
                Patience.await(
                        doing,
                        wire.headBucket(HeadBucketArgs.builder().bucket(access.bucket()).build()));
                bucketSeen = true;
            } catch (ExecutionException e) {
                Throwable cause = Trouble.cause(e);
                if (cause instanceof Answered answer && answer.status() == 404) {
                    throw trouble.with(doing, new Answered(404, "NoSuchBucket", ""));
                }
                tries.failed(cause);
            }
        }
    }

    @Override
    public void list(String prefix, Consumer<Blob> each) throws StoreFailure {
        String doing = "list \"" + prefix + "\"";
        Pages pages =
                new Pages(
                        wire,
                        patience,
                        access.bucket(),
                        access.prefix() + prefix,
                        doing,
                        Pages.MOST);
        while (pages.hasMore()) {
            for (Item item : pages.next()) {
                key(item.objectName())
                        .map(key -> new Blob(key, item.size(), instant(item.lastModified()), ""))
                        .ifPresent(each);
            }
            // Who takes a part of the list for all of it deletes, or misses, what it did not show.
            if (pages.hasMore() && !pages.canGoOn()) {
                throw trouble.cutList(doing);
            }
        }
    }

    private static Instant instant(java.time.ZonedDateTime time) {
        return time == null ? Instant.EPOCH : time.toInstant();
    }

    /** The key of an object, empty for what somebody else keeps in the bucket. */
    private Optional<ObjectKey> key(String object) {
        if (!object.startsWith(access.prefix())) {
            return Optional.empty();
        }
        String key = object.substring(access.prefix().length());
        return ObjectKey.allows(key) ? Optional.of(new ObjectKey(key)) : Optional.empty();
    }

    @Override
    public void delete(ObjectKey key) throws StoreFailure {
        delete(key, patience);
    }

    void delete(ObjectKey key, Patience patience) throws StoreFailure {
        remove(
                "delete " + key,
                patience,
                () ->
                        wire.removeObject(
                                RemoveObjectArgs.builder()
                                        .bucket(access.bucket())
                                        .object(object(key))
                                        .build()));
    }

    /** Tries a request until what it removes is gone; that it is gone already is no failure. */
    private static void remove(
            String doing, Patience patience, Supplier<CompletableFuture<?>> request)
            throws StoreFailure {
        Patience.Tries tries = patience.tries(doing);
        while (true) {
            try {
                Patience.await(doing, request.get());
                return;
            } catch (ExecutionException e) {
                Throwable cause = Trouble.cause(e);
                if (cause instanceof Answered answer
                        && answer.status() == 404
                        && !answer.is("NoSuchBucket")) {
                    return;
                }
                tries.failed(cause);
            }
        }
    }

    @Override
    public void unfinished(String prefix, Consumer<UnfinishedUpload> each) throws StoreFailure {
        unfinished(prefix, each, patience);
    }

    void unfinished(String prefix, Consumer<UnfinishedUpload> each, Patience patience)
            throws StoreFailure {
        String keyMarker = null;
        String idMarker = null;
        do {
            ListMultipartUploadsArgs.Builder args =
                    ListMultipartUploadsArgs.builder()
                            .bucket(access.bucket())
                            .prefix(access.prefix() + prefix);
            if (keyMarker != null) {
                args.keyMarker(keyMarker).uploadIdMarker(idMarker);
            }
            ListMultipartUploadsResult page =
                    patience.call(
                                    "list unfinished uploads",
                                    () -> wire.listMultipartUploads(args.build()))
                            .result();
            for (ListMultipartUploadsResult.Upload upload : page.uploads()) {
                key(upload.objectName())
                        .filter(key -> key.value().startsWith(prefix))
                        .ifPresent(
                                key ->
                                        each.accept(
                                                new UnfinishedUpload(
                                                        key,
                                                        upload.uploadId(),
                                                        instant(upload.initiated()))));
            }
            keyMarker = page.isTruncated() ? page.nextKeyMarker() : null;
            idMarker = page.nextUploadIdMarker();
        } while (keyMarker != null && !keyMarker.isEmpty());
    }

    @Override
    public void abort(UnfinishedUpload upload) throws StoreFailure {
        abort(upload.key(), upload.id(), patience);
    }

    void abort(ObjectKey key, String uploadId, Patience patience) throws StoreFailure {
        remove(
                "abort the upload of " + key,
                patience,
                () ->
                        wire.abortMultipartUpload(
                                AbortMultipartUploadArgs.builder()
                                        .bucket(access.bucket())
                                        .object(object(key))
                                        .uploadId(uploadId)
                                        .build()));
    }

    /** As for every store, and told within about ten seconds whatever the deadline is. */
    @Override
    public void probe() throws StoreFailure {
        if (access.deadline().compareTo(PROBING) <= 0) {
            BlobStore.super.probe();
            return;
        }
        try (S3Store store = hasty()) {
            store.probe();
        }
    }

    private S3Store hasty() {
        return new S3Store(
                new StoreAccess.Bucket(
                        access.name(),
                        access.endpoint(),
                        access.region(),
                        access.bucket(),
                        access.prefix(),
                        access.accessKeyId(),
                        access.secretAccessKey(),
                        PROBING),
                Duration.ofSeconds(1));
    }

    @Override
    public boolean locks() throws StoreFailure {
        return guards().locks();
    }

    @Override
    public Optional<ObjectLock> lockOf(ObjectKey key) throws StoreFailure {
        return locksOfObjects().of(key, object(key));
    }

    @Override
    public ObjectLock lock(ObjectKey key, ObjectLock wanted) throws StoreFailure {
        return locksOfObjects().set(key, object(key), wanted);
    }

    private Locks locksOfObjects() {
        return new Locks(wire, patience, trouble);
    }

    @Override
    public List<Finding> inspect() throws StoreFailure {
        try (S3Store store = hasty()) {
            return store.guards().inspect();
        }
    }

    @Override
    public List<Setting> harden(List<Finding> findings) {
        try (S3Store store = hasty()) {
            return store.guards().harden(findings);
        }
    }

    private Guards guards() {
        return new Guards(wire, patience, trouble, access, this::probe);
    }

    /** S3 does not tell. */
    @Override
    public OptionalLong room() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        senders.shutdown();
        wire.close();
    }
}

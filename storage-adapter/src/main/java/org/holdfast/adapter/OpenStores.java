package org.holdfast.adapter;

import jakarta.enterprise.context.ApplicationScoped;
import org.holdfast.adapter.file.DirectoryStore;
import org.holdfast.adapter.file.ForeignDirectory;
import org.holdfast.adapter.s3.ForeignBucket;
import org.holdfast.adapter.s3.S3Store;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.BlobStores;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.ForeignStores;
import org.holdfast.domain.storage.StoreAccess;

/** Opens the backend a {@link StoreAccess} asks for. */
@ApplicationScoped
public class OpenStores implements BlobStores, ForeignStores {

    /**
     * @throws org.holdfast.domain.shared.Refused where the address is one that Holdfast does not
     *     speak to (no http(s), link-local, metadata service)
     */
    @Override
    public BlobStore open(StoreAccess access) {
        if (access instanceof StoreAccess.Directory directory) {
            return new DirectoryStore(directory);
        }
        if (access instanceof StoreAccess.Bucket bucket) {
            return new S3Store(bucket);
        }
        throw new IllegalArgumentException("There is no backend for " + access.getClass());
    }

    @Override
    public ForeignFiles foreign(StoreAccess access, boolean waiting) {
        if (access instanceof StoreAccess.Directory directory) {
            return new ForeignDirectory(directory, waiting);
        }
        if (access instanceof StoreAccess.Bucket bucket) {
            return new ForeignBucket(bucket);
        }
        throw new IllegalArgumentException("There is no backend for " + access.getClass());
    }
}

package org.holdfast.adapter.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.storage.Blob;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.ObjectLock;
import org.holdfast.domain.storage.Setting;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;
import org.holdfast.domain.storage.UnfinishedUpload;
import org.holdfast.domain.storage.Upload;

/**
 * Objects as files below one directory, each at the path its key spells. The directory is made at
 * its first use. Versions are not kept: {@link Blob#version()} is empty.
 */
public final class DirectoryStore implements BlobStore {
    static final String UPLOADS = ".uploads";

    /** A key and the id of its upload. */
    private static final Pattern UPLOAD =
            Pattern.compile("(.+)\\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

    private final String name;
    private final Tree objects;
    private final Tree uploads;
    private final Trouble trouble;

    public DirectoryStore(StoreAccess.Directory access) {
        this.name = access.name();
        Path root = access.directory().toAbsolutePath().normalize();
        this.objects = new Tree(root);
        this.uploads = new Tree(root.resolve(UPLOADS));
        this.trouble = Trouble.ofStore(name, root);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Upload begin(ObjectKey key) throws StoreFailure {
        // An upload's file carries its key in its path and its id as a suffix, so that what a
        // killed process leaves can be told and removed.
        String id = UUID.randomUUID().toString();
        try {
            objects.make();
            return FileUpload.begin(key, key + "." + id, objects, uploads, trouble);
        } catch (IOException e) {
            throw trouble.writing("begin " + key, e);
        }
    }

    @Override
    public InputStream read(ObjectKey key) throws StoreFailure {
        try {
            objects.make();
            return WholeFile.of(key, objects.path(key.value()), trouble);
        } catch (NoSuchFileException e) {
            throw new StoreFailure(
                    Kind.MISSING, "Store \"" + name + "\" has no object " + key + ".", e);
        } catch (IOException e) {
            throw trouble.with("read " + key, e);
        }
    }

    @Override
    public Optional<Blob> stat(ObjectKey key) throws StoreFailure {
        try {
            objects.make();
            BasicFileAttributes attributes = Tree.attributes(objects.path(key.value()));
            return attributes.isRegularFile()
                    ? Optional.of(blob(key, attributes))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (objects.isBelowAFile(objects.path(key.value()))) {
                return Optional.empty();
            }
            throw trouble.with("look up " + key, e);
        }
    }

    static Blob blob(ObjectKey key, BasicFileAttributes attributes) {
        return new Blob(key, attributes.size(), attributes.lastModifiedTime().toInstant(), "");
    }

    @Override
    public void list(String prefix, Consumer<Blob> each) throws StoreFailure {
        try {
            objects.make();
            objects.walk(
                    prefix,
                    (key, path, attributes) -> {
                        if (ObjectKey.allows(key)) {
                            each.accept(blob(new ObjectKey(key), attributes));
                        }
                    });
        } catch (IOException e) {
            throw trouble.with("list \"" + prefix + "\"", e);
        }
    }

    @Override
    public void delete(ObjectKey key) throws StoreFailure {
        try {
            objects.make();
            objects.remove(objects.path(key.value()));
        } catch (IOException e) {
            throw trouble.with("delete " + key, e);
        }
    }

    @Override
    public void unfinished(String prefix, Consumer<UnfinishedUpload> each) throws StoreFailure {
        try {
            objects.make();
            uploads.walk(
                    prefix,
                    (path, file, attributes) -> {
                        Matcher upload = UPLOAD.matcher(path);
                        if (!upload.matches()) {
                            return;
                        }
                        String key = upload.group(1);
                        if (key.startsWith(prefix) && ObjectKey.allows(key)) {
                            Instant begun = attributes.lastModifiedTime().toInstant();
                            each.accept(
                                    new UnfinishedUpload(
                                            new ObjectKey(key), upload.group(2), begun));
                        }
                    });
        } catch (IOException e) {
            throw trouble.with("list unfinished uploads", e);
        }
    }

    @Override
    public void abort(UnfinishedUpload upload) throws StoreFailure {
        try {
            // The id becomes part of a path: whatever is no UUID is not an upload of this store.
            uploads.remove(uploads.path(upload.key() + "." + UUID.fromString(upload.id())));
        } catch (IOException e) {
            throw trouble.with("abort the upload of " + upload.key(), e);
        }
    }

    @Override
    public boolean locks() {
        return false;
    }

    @Override
    public Optional<ObjectLock> lockOf(ObjectKey key) {
        return Optional.empty();
    }

    @Override
    public ObjectLock lock(ObjectKey key, ObjectLock wanted) throws StoreFailure {
        throw new StoreFailure(
                Kind.DENIED, "Store \"" + name + "\" is a directory: it has no locks.");
    }

    @Override
    public List<Finding> inspect() throws StoreFailure {
        try {
            objects.make();
            return Surroundings.of(objects.root());
        } catch (IOException e) {
            throw trouble.with("look at its directory", e);
        }
    }

    /** A directory's mode is its owner's to change. */
    @Override
    public List<Setting> harden(List<Finding> findings) {
        return List.of();
    }

    @Override
    public OptionalLong room() throws StoreFailure {
        try {
            objects.make();
            return OptionalLong.of(objects.root().toFile().getUsableSpace());
        } catch (IOException e) {
            throw trouble.with("tell its free space", e);
        }
    }

    @Override
    public void close() {
        // Holds nothing open between calls.
    }
}

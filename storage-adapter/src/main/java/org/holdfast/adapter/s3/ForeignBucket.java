package org.holdfast.adapter.s3;

import io.minio.messages.Item;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;

/** Objects that scripts left in a bucket below the access's prefix. */
public final class ForeignBucket implements ForeignFiles {
    private static final Duration LISTING = Duration.ofSeconds(10);

    /** Bytes in UTF-8, of S3 and of all that follow it. */
    private static final int LONGEST_KEY = 1024;

    private final Duration longest;
    private final int pageSize;
    private final StoreAccess.Bucket access;
    private final Wire wire;
    private final Trouble trouble;
    private final Patience patience;

    /**
     * @throws org.holdfast.domain.shared.Refused STORE-ENDPOINT
     */
    public ForeignBucket(StoreAccess.Bucket access) {
        this(access, LISTING, Pages.MOST);
    }

    /**
     * @param longest that {@link #list} asks for another page
     * @param pageSize keys
     */
    ForeignBucket(StoreAccess.Bucket access, Duration longest, int pageSize) {
        this.longest = longest;
        this.pageSize = pageSize;
        this.access = access;
        this.wire = Wire.to(access);
        this.trouble = new Trouble(access);
        this.patience = new Patience(trouble, access.deadline());
    }

    @Override
    public boolean list(int most, Consumer<Entry> each) throws StoreFailure {
        long until = System.nanoTime() + longest.toNanos();
        int left = most;
        int others = most;
        Pages pages = pages(access.prefix(), pageSize);
        while (true) {
            for (var item : pages.next()) {
                if (!isFile(item.objectName())) {
                    // Nobody pages through them without end for the few files among them.
                    if (others-- == 0) {
                        return false;
                    }
                    continue;
                }
                if (left-- == 0) {
                    return false;
                }
                each.accept(entry(item));
            }
            if (!pages.hasMore()) {
                return true;
            }
            if (!pages.canGoOn() || System.nanoTime() - until > 0) {
                return false;
            }
        }
    }

    private Pages pages(String prefix, int size) {
        return new Pages(wire, patience, access.bucket(), prefix, "list \"" + prefix + "\"", size);
    }

    /** An object whose name ends in a slash only stands for a directory. */
    private boolean isFile(String key) {
        return key.startsWith(access.prefix())
                && !key.endsWith("/")
                && key.length() > access.prefix().length();
    }

    private Entry entry(Item item) {
        return new Entry(
                item.objectName().substring(access.prefix().length()),
                item.size(),
                item.lastModified() == null
                        ? Instant.EPOCH
                        : item.lastModified().toInstant().truncatedTo(ChronoUnit.SECONDS),
                ForeignFiles.Kind.FILE);
    }

    /** S3 does so, but for its directory buckets. */
    @Override
    public boolean listsByName() {
        return true;
    }

    @Override
    public Optional<Entry> find(String file) throws StoreFailure {
        String key = access.prefix() + file;
        if (isOutside(file)
                || !isFile(key)
                || key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            return Optional.empty();
        }
        // Listed and not looked up, so that it has the time that a listing shows. Keys come in
        // their order: of those that begin so, it is the first.
        String told = tellable(key);
        Pages pages = pages(told, told.equals(key) ? 1 : Pages.MOST);
        do {
            Optional<Entry> found =
                    pages.next().stream()
                            .filter(item -> item.objectName().equals(key))
                            .findFirst()
                            .map(this::entry);
            if (found.isPresent() || told.equals(key)) {
                return found;
            }
        } while (pages.canGoOn());
        if (pages.hasMore()) {
            throw trouble.cutList("list \"" + told + "\"");
        }
        return Optional.empty();
    }

    /**
     * The beginning of a key that can be asked for: a store answers with it, and some (Ceph) write
     * it as it is, whatever encoding was asked for. What XML cannot hold comes first in the order.
     */
    private static String tellable(String key) {
        int end = 0;
        while (end < key.length() && isTellable(key.charAt(end))) {
            end++;
        }
        return key.substring(0, end);
    }

    /** Extensible Markup Language 1.0, 2.2 Characters; halves of a pair come in pairs. */
    private static boolean isTellable(char c) {
        return c >= ' ' && c < 0xFFFE || c == '\t' || c == '\n' || c == '\r';
    }

    private static boolean isOutside(String file) {
        return file.isEmpty() || file.startsWith("/") || ("/" + file + "/").contains("/../");
    }

    @Override
    public InputStream read(String file) throws StoreFailure {
        if (isOutside(file)) {
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

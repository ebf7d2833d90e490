package org.holdfast.adapter.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;

/** Turns what a file system says into what a caller decides by. */
final class Trouble {
    /** Less room than this after a failed write means that it failed for want of room. */
    private static final long FULL = 64 * 1024;

    private final String holder;
    private final String item;
    private final String name;
    private final Path root;

    private Trouble(String holder, String item, String name, Path root) {
        this.holder = holder;
        this.item = item;
        this.name = name;
        this.root = root;
    }

    static Trouble ofStore(String name, Path root) {
        return new Trouble("Store", "Object", name, root);
    }

    /** Of a place that dumps are imported from. */
    static Trouble ofPlace(String name, Path root) {
        return new Trouble("Place", "File", name, root);
    }

    /**
     * Of anything that needs no room. The file system is not looked at: it may be what hangs, and
     * how full it is says nothing of a read.
     *
     * @param doing what was tried, to follow "could not", e.g. {@code read orders/1}
     */
    StoreFailure with(String doing, IOException e) {
        return failure(doing, e, false);
    }

    /**
     * Of what needs room.
     *
     * @param doing e.g. {@code write orders/1}
     */
    StoreFailure writing(String doing, IOException e) {
        return failure(doing, e, !(e instanceof StoreFailure) && isFull(e));
    }

    private StoreFailure failure(String doing, IOException e, boolean full) {
        if (e instanceof StoreFailure known) {
            return known;
        }
        if (full) {
            return new StoreFailure(
                    Kind.NO_SPACE,
                    said(doing, "no space is left in " + root)
                            + " Free space there or shorten the retention.",
                    e);
        }
        if (e instanceof AccessDeniedException || says(e, "read-only file system")) {
            return new StoreFailure(
                    Kind.DENIED,
                    said(doing, reason(e) + " is not allowed to the user the server runs as")
                            + " Check owner and mode of "
                            + root
                            + ".",
                    e);
        }
        if (e instanceof ClosedByInterruptException) {
            return new StoreFailure(Kind.UNREACHABLE, said(doing, "the work was interrupted"), e);
        }
        if (e instanceof NoSuchFileException missing) {
            return new StoreFailure(
                    Kind.MISSING, said(doing, missing.getFile() + " is not there"), e);
        }
        return new StoreFailure(Kind.UNREACHABLE, said(doing, reason(e)), e);
    }

    /**
     * @param what key or file
     */
    StoreFailure ended(Object what, long at, long size) {
        return new StoreFailure(
                Kind.CORRUPT,
                "%s %s of %s \"%s\" ended at byte %,d of %,d."
                        .formatted(item, what, holder.toLowerCase(Locale.ROOT), name, at, size));
    }

    private String said(String doing, String why) {
        return holder + " \"" + name + "\" could not " + doing + ": " + why + ".";
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile();
        }
        if (e instanceof FileAlreadyExistsException file) {
            return file.getFile() + " is a file and should be a directory";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getFile() + ": " + system.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private boolean isFull(IOException e) {
        if (says(e, "no space left") || says(e, "quota exceeded")) {
            return true;
        }
        // The words of strerror(3) depend on the server's locale; the free space does not.
        return !(e instanceof FileSystemException)
                && Files.isDirectory(root)
                && root.toFile().getUsableSpace() < FULL;
    }

    /** The name of a file may say anything, and is no word of the system's. */
    private static boolean says(IOException e, String words) {
        String said = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return said != null && said.toLowerCase(Locale.ROOT).contains(words);
    }
}

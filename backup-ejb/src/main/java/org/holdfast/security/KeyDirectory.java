package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.holdfast.config.Settings;

/**
 * {@code <data directory>/keys}, mode 0700, its files 0600. A key is made once and never written
 * over. Servers that share a catalog share this directory's files.
 */
@ApplicationScoped
public class KeyDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private Path directory;

    protected KeyDirectory() {}

    @Inject
    public KeyDirectory(Settings settings) {
        this(settings.dataDir());
    }

    KeyDirectory(Path dataDir) {
        this.directory = dataDir.resolve("keys");
    }

    /** A key file's text, and whether it was made just now. */
    record Kept(String text, boolean made) {}

    /**
     * The text of a key file, made by {@code first} where there is none. Of several processes that
     * start at once one makes it and all read the same.
     *
     * @throws IllegalStateException where others than the owner may open it
     */
    Kept keep(String name, Supplier<String> first) {
        Path file = directory.resolve(name);
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            boolean made = !Files.exists(file) && publish(file, first.get());
            requireClosed(file);
            return new Kept(Files.readString(file), made);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The key file " + file + " can be neither read nor made.", e);
        }
    }

    /** Writes what anybody may read and what can be made anew at any time. */
    void publish(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return directory;
    }

    /** A hard link appears whole or not at all, and never over another. */
    private boolean publish(Path file, String text) throws IOException {
        Path whole =
                Files.createTempFile(
                        directory,
                        "new-",
                        ".key",
                        PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            Files.writeString(whole, text);
            try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.createLink(file, whole);
            return true;
        } catch (FileAlreadyExistsException another) {
            return false;
        } finally {
            Files.delete(whole);
        }
    }

    private static void requireClosed(Path file) throws IOException {
        Set<PosixFilePermission> open = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        open.removeAll(OWNER_ONLY);
        if (!open.isEmpty()) {
            throw new IllegalStateException(
                    "Others than its owner may open the key file "
                            + file
                            + ". Run chmod 600 "
                            + file
                            + " and find out who read it.");
        }
    }
}

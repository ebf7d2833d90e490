package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Secret;

/**
 * {@code <data directory>/keys}, mode 0700, its files 0600. A key is made once; only a rotation
 * puts another in its place, whole and at once. Servers that share a catalog share this directory.
 * Where the configuration gives the sealing key ({@code HOLDFAST_SEAL_KEY}: environment,
 * properties, or the server's secrets directory), no file of it is read or made.
 */
@ApplicationScoped
public class KeyDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private Path directory;
    private Optional<Secret> sealKey = Optional.empty();

    protected KeyDirectory() {}

    @Inject
    public KeyDirectory(Settings settings) {
        this(settings.dataDir(), settings.sealKey());
    }

    KeyDirectory(Path dataDir, Optional<Secret> sealKey) {
        this(dataDir);
        this.sealKey = sealKey;
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

    /** The sealing keys that the configuration gives. */
    Optional<Secret> configuredSealKey() {
        return sealKey;
    }

    /**
     * What changes when another file takes the name; a server looks at it to notice a rotation that
     * another server or an earlier call made.
     */
    String stamp(String name) {
        try {
            BasicFileAttributes file =
                    Files.readAttributes(directory.resolve(name), BasicFileAttributes.class);
            return file.fileKey() + " " + file.lastModifiedTime().toMillis() + " " + file.size();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The key file " + directory.resolve(name) + " cannot be read.", e);
        }
    }

    /** Puts another text in a key file's place: every reader sees the old or the new one, whole. */
    void replace(String name, String text) {
        try {
            Path whole = written(text);
            Files.move(whole, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            force(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The key file "
                            + directory.resolve(name)
                            + " could not be replaced; it is as it was.",
                    e);
        }
    }

    /** Texts of the files whose names begin and end so, in the order of their names. */
    List<String> texts(String begin, String end) {
        try (var files = Files.list(directory)) {
            List<String> texts = new ArrayList<>();
            for (Path file :
                    files.filter(f -> f.getFileName().toString().startsWith(begin))
                            .filter(f -> f.getFileName().toString().endsWith(end))
                            .sorted()
                            .toList()) {
                texts.add(Files.readString(file));
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException("The directory " + directory + " cannot be read.", e);
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    Path directory() {
        return directory;
    }

    /** A hard link appears whole or not at all, and never over another. */
    private boolean publish(Path file, String text) throws IOException {
        Path whole = written(text);
        try {
            Files.createLink(file, whole);
            return true;
        } catch (FileAlreadyExistsException another) {
            return false;
        } finally {
            Files.delete(whole);
        }
    }

    private Path written(String text) throws IOException {
        Path whole =
                Files.createTempFile(
                        directory,
                        "new-",
                        ".key",
                        PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        Files.writeString(whole, text);
        try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return whole;
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

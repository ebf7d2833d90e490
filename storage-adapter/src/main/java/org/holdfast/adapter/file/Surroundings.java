package org.holdfast.adapter.file;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;

/** What a directory and the file system below it are, as far as Java can see. */
final class Surroundings {
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final String ONLY_ITS_USER = "Only the user of the server may enter it";
    private static final String OUTLIVES = "Outlives a restart of the machine";
    private static final String NO_PROTECTION =
            "A directory cannot do it: keep a second copy in a bucket that does.";

    private Surroundings() {}

    static List<Finding> of(Path root) throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(permissions(root));
        FileStore files = Files.getFileStore(root);
        findings.add(fileSystem(root, files));
        findings.add(
                new Finding.Told(
                        Guard.ROOM,
                        "%s free of %s"
                                .formatted(
                                        gib(files.getUsableSpace()), gib(files.getTotalSpace()))));
        findings.add(
                new Finding.Unsupported(
                        Guard.VERSIONING,
                        "What is deleted or overwritten can be had back",
                        "A directory keeps no versions",
                        NO_PROTECTION));
        findings.add(
                new Finding.Unsupported(
                        Guard.OBJECT_LOCK,
                        "Until its time is over nobody removes a copy",
                        "A directory has no locks",
                        NO_PROTECTION));
        return findings;
    }

    private static Finding permissions(Path root) throws IOException {
        if (!root.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new Finding.Unsupported(
                    Guard.PERMISSIONS,
                    ONLY_ITS_USER,
                    "The file system has no POSIX permissions",
                    "Look at the directory's access list yourself.");
        }
        PosixFileAttributes attributes = Files.readAttributes(root, PosixFileAttributes.class);
        Set<PosixFilePermission> permissions = attributes.permissions();
        String found =
                PosixFilePermissions.toString(permissions)
                        + ", owner "
                        + attributes.owner().getName();
        boolean closed = permissions.stream().allMatch(p -> p.name().startsWith("OWNER_"));
        return closed
                ? new Finding.Fulfilled(Guard.PERMISSIONS, ONLY_ITS_USER, found)
                : new Finding.Lacking(
                        Guard.PERMISSIONS, ONLY_ITS_USER, found, "Run: chmod 700 " + root, false);
    }

    private static Finding fileSystem(Path root, FileStore files) throws IOException {
        boolean ofTheSystem = files.equals(Files.getFileStore(root.getRoot()));
        String found =
                files.type()
                        + " on "
                        + files.name()
                        + (ofTheSystem ? ", the same as that of /" : ", not that of /");
        return IN_MEMORY.contains(files.type())
                ? new Finding.Lacking(
                        Guard.FILE_SYSTEM,
                        OUTLIVES,
                        found + ": in memory",
                        "Move the store to a disk: with the next restart everything in it is gone.",
                        false)
                : new Finding.Told(Guard.FILE_SYSTEM, found);
    }

    private static String gib(long bytes) {
        return "%.1f GiB".formatted(bytes / (double) (1L << 30));
    }
}

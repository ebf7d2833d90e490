package org.holdfast.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.shared.Refused;

/**
 * The account of the operating system under which throw-away clusters run: Holdfast's own, and
 * where that is root, which PostgreSQL refuses, another.
 */
public final class Account {
    private static final List<Path> SETPRIV =
            List.of(Path.of("/usr/bin/setpriv"), Path.of("/bin/setpriv"));

    private final Optional<String> other;

    private Account(Optional<String> other) {
        this.other = other;
    }

    /**
     * @param otherThanRoot the account's name where Holdfast is root
     */
    public static Account forServers(String otherThanRoot) {
        return new Account(
                "root".equals(System.getProperty("user.name"))
                        ? Optional.of(otherThanRoot)
                        : Optional.empty());
    }

    /** The account's name; empty where it is Holdfast's own. */
    public Optional<String> name() {
        return other;
    }

    /** A launch that runs under this account. */
    Launch as(Launch launch) {
        if (other.isEmpty()) {
            return launch;
        }
        Path setpriv =
                SETPRIV.stream()
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                "DRILL-ACCOUNT",
                                                "Holdfast runs as root, and there is no setpriv to"
                                                        + " start a server as "
                                                        + other.get()
                                                        + ".",
                                                "Install util-linux, or run Holdfast under an"
                                                        + " account of its own."));
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--reuid=" + other.get(),
                                "--regid=" + other.get(),
                                "--init-groups",
                                launch.program().toString()));
        arguments.addAll(launch.arguments());
        return new Launch(
                launch.name(),
                setpriv,
                arguments,
                launch.environment(),
                launch.reads(),
                launch.output(),
                launch.silence(),
                launch.redaction());
    }

    /** Gives a file or directory to the account. */
    void own(Path path) throws IOException {
        if (other.isEmpty()) {
            return;
        }
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setOwner(principal());
    }

    private UserPrincipal principal() throws IOException {
        try {
            return Path.of("/")
                    .getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(other.get());
        } catch (java.nio.file.attribute.UserPrincipalNotFoundException e) {
            throw new Refused(
                    "DRILL-ACCOUNT",
                    "Holdfast runs as root, and there is no account "
                            + other.get()
                            + " to start a server as.",
                    "Install postgresql-common, which makes it, or name another in"
                            + " HOLDFAST_DRILL_USER.");
        }
    }

    /** Whether the account can reach what lies below a directory. */
    boolean reaches(Path directory) throws IOException {
        if (other.isEmpty()) {
            return true;
        }
        UserPrincipal account = principal();
        for (Path at = directory.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            PosixFileAttributes attributes = Files.readAttributes(at, PosixFileAttributes.class);
            boolean open =
                    attributes.permissions().contains(PosixFilePermission.OTHERS_EXECUTE)
                            || attributes.owner().equals(account)
                                    && attributes
                                            .permissions()
                                            .contains(PosixFilePermission.OWNER_EXECUTE);
            if (!open) {
                return false;
            }
        }
        return true;
    }
}

package org.holdfast.engine;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.holdfast.domain.shared.Refused;

/**
 * The account of the operating system under which throw-away clusters run: Holdfast's own, and
 * where that is root, which PostgreSQL refuses, another. What is restored can carry code, which
 * then has this account's rights: it is best one that owns nothing else.
 */
public final class Account {
    /** Of whoever names no other; it is made where it can be. */
    private static final String OWN = "holdfast-drill";

    /** Where {@link #OWN} cannot be made: Debian's, which often owns other servers. */
    private static final String DEBIANS = "postgres";

    private static final Logger LOG = Logger.getLogger(Account.class.getName());
    private static final int AT_ONCE = 500;
    private static final Duration REMOVING = Duration.ofMinutes(30);
    private static final int STICKY = 01000;
    private static final Path USERADD = Path.of("/usr/sbin/useradd");
    private static final List<Path> SETPRIV =
            List.of(Path.of("/usr/bin/setpriv"), Path.of("/bin/setpriv"));

    private final Optional<String> other;

    private Account(Optional<String> other) {
        this.other = other;
    }

    /**
     * @param otherThanRoot the account's name where Holdfast is root; empty: {@code
     *     holdfast-drill}, which is made, or postgres where it cannot be
     */
    public static Account forServers(Optional<String> otherThanRoot) {
        return new Account(
                isRoot() ? Optional.of(otherThanRoot.orElseGet(Account::own)) : Optional.empty());
    }

    private static boolean isRoot() {
        return "root".equals(me());
    }

    private static String me() {
        return System.getProperty("user.name");
    }

    private static synchronized String own() {
        if (exists(OWN)) {
            return OWN;
        }
        if (make() && exists(OWN)) {
            LOG.info("Made the system account " + OWN + ", under which the servers of drills run.");
            return OWN;
        }
        return DEBIANS;
    }

    private static boolean exists(String name) {
        try {
            lookUp(name);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean make() {
        if (!Files.isExecutable(USERADD)) {
            return false;
        }
        ProcessBuilder builder =
                new ProcessBuilder(
                                USERADD.toString(),
                                "--system",
                                "--user-group",
                                "--no-create-home",
                                "--home-dir=/nonexistent",
                                "--shell=/usr/sbin/nologin",
                                OWN)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            LOG.log(Level.FINE, "No account was made.", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The one that wrote what is in a directory, and may remove it. */
    static Account owning(Path directory) throws IOException {
        String owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).getName();
        return new Account(isRoot() && !owner.equals(me()) ? Optional.of(owner) : Optional.empty());
    }

    /** The account's name; empty where it is Holdfast's own. */
    public Optional<String> name() {
        return other;
    }

    /** The account's name, whoever it is. */
    public String words() {
        return other.orElseGet(Account::me);
    }

    /**
     * Data directories of other PostgreSQL servers that run under this account: restored code could
     * reach into them. As far as the operating system tells; no file of theirs is read.
     *
     * @param besides servers below it do not count
     */
    public List<Path> otherServers(Path besides) {
        return ProcessHandle.allProcesses()
                .filter(this::runs)
                .flatMap(process -> cwd(process).stream())
                .distinct()
                .filter(cwd -> !cwd.startsWith(besides) && isServed(cwd))
                .sorted()
                .toList();
    }

    private static boolean isServed(Path data) {
        return Stream.of("PG_VERSION", "postmaster.pid")
                .allMatch(
                        name -> Files.isRegularFile(data.resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    /** Processes of this account whose working directory is exactly this. */
    List<ProcessHandle> workingIn(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(this::runs)
                .filter(process -> cwd(process).filter(directory::equals).isPresent())
                .toList();
    }

    private boolean runs(ProcessHandle process) {
        return process.info().user().filter(words()::equals).isPresent();
    }

    /** As the kernel tells it: nothing on the way there is looked at. */
    private static Optional<Path> cwd(ProcessHandle process) {
        try {
            return Optional.of(
                    Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Removes a tree that this account's programs wrote into, as this account: whatever restored
     * code laid in the way, root walks over none of it. What is not there is no error.
     *
     * @param base where the tree is, which only Holdfast may write into
     */
    void remove(Path tree, Path base) throws IOException {
        if (other.isEmpty()) {
            WorkDir.delete(tree);
            return;
        }
        if (!Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(tree);
            return;
        }
        List<String> inside = inside(tree);
        for (int i = 0; i < inside.size(); i += AT_ONCE) {
            List<String> some = inside.subList(i, Math.min(i + AT_ONCE, inside.size()));
            try {
                run(base, "rm", List.of("-rf"), some);
            } catch (ChildFailed e) {
                openUp(some, base);
                run(base, "rm", List.of("-rf"), some);
            }
        }
        Files.deleteIfExists(tree);
    }

    /** A directory without rights keeps its own owner from removing what is in it. */
    private void openUp(List<String> paths, Path base) throws IOException {
        try {
            run(base, "chmod", List.of("-R", "u+rwX"), paths);
        } catch (ChildFailed e) {
            LOG.log(Level.FINE, "Whether it was enough, the removal says.", e);
        }
    }

    /** What is in a directory, which may have become a link since somebody looked. */
    private static List<String> inside(Path tree) throws IOException {
        List<String> inside = new ArrayList<>();
        try (DirectoryStream<Path> above = Files.newDirectoryStream(tree.getParent());
                DirectoryStream<Path> listed =
                        ((SecureDirectoryStream<Path>) above)
                                .newDirectoryStream(
                                        tree.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
            for (Path each : listed) {
                inside.add(tree.resolve(each.getFileName()).toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return inside;
    }

    private void run(Path base, String program, List<String> options, List<String> paths)
            throws IOException {
        List<String> arguments = new ArrayList<>(options);
        arguments.add("--");
        arguments.addAll(paths);
        run(
                base,
                launch(Path.of("/bin", program), arguments, false, Launch.Output.DISCARD),
                REMOVING,
                new Cancel(),
                ChildProcess::requireSuccess);
    }

    /** What is said to a program and heard from it. */
    interface Talk {
        void with(ChildProcess child) throws IOException;
    }

    /** A program with next to no environment. */
    static Launch launch(
            Path program, List<String> arguments, boolean reads, Launch.Output output) {
        return new Launch(
                program.getFileName().toString(),
                program,
                arguments,
                Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C", "TZ", "UTC"),
                reads,
                output,
                null,
                Redaction.of());
    }

    /**
     * Runs a program under this account, from a directory that the account can write nothing into.
     *
     * @param base where that directory is made, which only Holdfast may write into
     * @param limit restored code can halt a program of its own account: it is killed after this
     * @throws ChildFailed it ended badly or was killed
     */
    void run(Path base, Launch launch, Duration limit, Cancel cancel, Talk talk)
            throws IOException {
        try (WorkDir dir = WorkDir.below(base)) {
            if (other.isPresent()) {
                dir.letPass();
            }
            try (ChildProcess child = ChildProcess.start(as(launch), dir, cancel);
                    ChildProcess.Deadline deadline = child.endAfter(limit)) {
                try {
                    talk.with(child);
                } catch (ChildFailed e) {
                    throw deadline.passed()
                            ? new ChildFailed(
                                    launch.name(),
                                    -1,
                                    "did not end within " + limit.toSeconds() + " s and was killed",
                                    child.lastWords())
                            : e;
                }
            }
        }
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
            return lookUp(other.get());
        } catch (java.nio.file.attribute.UserPrincipalNotFoundException e) {
            throw new Refused(
                    "DRILL-ACCOUNT",
                    "Holdfast runs as root, and there is no account "
                            + other.get()
                            + " to start a server as.",
                    "Make it: useradd --system --user-group "
                            + other.get()
                            + "; or name another in HOLDFAST_DRILL_USER.");
        }
    }

    private static UserPrincipal lookUp(String name) throws IOException {
        return Path.of("/")
                .getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(name);
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

    /**
     * Whether the account could put something else in the place of what lies in a directory, or of
     * the directory.
     */
    boolean mayReplace(Path directory) throws IOException {
        if (other.isEmpty()) {
            return false;
        }
        UserPrincipal account = principal();
        Path real = directory.toRealPath();
        for (Path at = real; at != null; at = at.getParent()) {
            PosixFileAttributes attributes = Files.readAttributes(at, PosixFileAttributes.class);
            boolean writes =
                    attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)
                            || attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                                    && attributes.group().getName().equals(other.get());
            boolean keeps = at != real && ((int) Files.getAttribute(at, "unix:mode") & STICKY) != 0;
            if (attributes.owner().equals(account) || writes && !keeps) {
                return true;
            }
        }
        return false;
    }
}

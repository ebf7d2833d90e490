package org.holdfast.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Payara Micro as its own launcher lays it on disk, once for all servers of a build, with the
 * classes of one that ended as an archive (JEP 350): so a start takes two thirds of the processor
 * time. What is started is the same; only its one jar is not unpacked anew each time.
 */
final class UnpackedPayara {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

    private final Path dir;

    private UnpackedPayara(Path dir) {
        this.dir = dir;
    }

    /**
     * @param jar of Payara Micro
     * @param parent of this build; several processes may ask at once
     */
    static UnpackedPayara of(Path jar, Path parent) throws IOException {
        UnpackedPayara unpacked =
                new UnpackedPayara(parent.toAbsolutePath().resolve(versions(jar)));
        synchronized (UnpackedPayara.class) {
            try (FileChannel lock = lockFile(Files.createDirectories(unpacked.dir));
                    FileLock held = lock.lock()) {
                if (!Files.exists(unpacked.starter())) {
                    run(
                            JAVA.resolve("java").toString(),
                            "-jar",
                            jar.toString(),
                            "--rootdir",
                            unpacked.dir.toString(),
                            "--outputlauncher");
                    unpacked.writeStarter();
                }
            }
        }
        return unpacked;
    }

    /** Another Payara or another Java is unpacked beside: builds do not always begin clean. */
    private static String versions(Path jar) throws IOException {
        return Files.size(jar)
                + "-"
                + Files.getLastModifiedTime(jar).toMillis()
                + "-"
                + Runtime.version();
    }

    /** Who may learn for all that start later. */
    Optional<Learner> learner() throws IOException {
        return Learner.of(archive());
    }

    /**
     * What stands between the options of the JVM and those of Payara Micro.
     *
     * @param root of one server, made anew
     * @param learner whose server this is
     */
    List<String> command(Path root, Optional<Learner> learner) throws IOException {
        for (String part : List.of("config", "docroot", "lib")) {
            copy(dir.resolve(part), root.resolve(part));
        }
        List<String> command = new ArrayList<>();
        if (learner.isPresent()) {
            command.add("-XX:ArchiveClassesAtExit=" + learner.get().making());
        } else if (Files.exists(archive())) {
            command.add("-XX:SharedArchiveFile=" + archive());
        }
        command.add("-Dfish.payara.micro.BootJar=" + launcher().toUri());
        command.add("-jar");
        command.add(starter().toString());
        command.add("--rootdir");
        command.add(root.toString());
        return command;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path there = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(there);
                } else {
                    Files.copy(file, there);
                }
            }
        }
    }

    /**
     * The launcher of its own takes the directory it lies in for the server's: this one does not.
     */
    private void writeStarter() throws IOException {
        Path made = dir.resolve("start.making");
        try (JarFile launcher = new JarFile(launcher().toFile())) {
            Manifest manifest = launcher.getManifest();
            Attributes main = manifest.getMainAttributes();
            main.put(Attributes.Name.MAIN_CLASS, main.getValue("Start-Class"));
            main.put(
                    Attributes.Name.CLASS_PATH,
                    launcher().getFileName() + " " + main.getValue(Attributes.Name.CLASS_PATH));
            try (OutputStream out = Files.newOutputStream(made)) {
                new JarOutputStream(out, manifest).close();
            }
        }
        Files.move(made, starter(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void run(String... command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed.");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static FileChannel lockFile(Path dir) throws IOException {
        return FileChannel.open(
                dir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private Path launcher() {
        return dir.resolve("launch-micro.jar");
    }

    private Path starter() {
        return dir.resolve("start.jar");
    }

    private Path archive() {
        return dir.resolve("classes.jsa");
    }
}

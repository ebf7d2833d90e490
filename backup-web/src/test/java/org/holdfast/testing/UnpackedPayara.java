package org.holdfast.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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
     * @param dir of this build; several processes may ask at once
     */
    static UnpackedPayara of(Path jar, Path dir) throws IOException {
        UnpackedPayara unpacked = new UnpackedPayara(dir.toAbsolutePath());
        synchronized (UnpackedPayara.class) {
            try (FileChannel lock = lockFile(Files.createDirectories(dir));
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

    /**
     * What stands between the options of the JVM and those of Payara Micro.
     *
     * @param root of one server, made anew
     * @param learns whether this server keeps its classes when it ends
     */
    List<String> command(Path root, boolean learns) throws IOException {
        for (String part : List.of("config", "docroot", "lib")) {
            copy(dir.resolve(part), root.resolve(part));
        }
        List<String> command = new ArrayList<>();
        if (Files.exists(archive())) {
            command.add("-XX:SharedArchiveFile=" + archive());
        } else if (learns) {
            command.add("-XX:ArchiveClassesAtExit=" + making());
        }
        command.add("-Dfish.payara.micro.BootJar=" + launcher().toUri());
        command.add("-jar");
        command.add(starter().toString());
        command.add("--rootdir");
        command.add(root.toString());
        return command;
    }

    /** Whether whoever asks shall learn: the first one, until it gives up. */
    boolean mayLearn() throws IOException {
        try {
            Files.createFile(learning());
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /**
     * The server that learnt has ended. Not in the middle of its life (jcmd's dynamic_dump): the
     * JVM then fell over its own lambdas.
     */
    void learnt() {
        try {
            Files.move(making(), archive(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            gaveUp();
        }
    }

    /** The next server may learn. */
    void gaveUp() {
        try {
            Files.deleteIfExists(learning());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path there = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(there);
                } else {
                    Files.copy(file, there, StandardCopyOption.REPLACE_EXISTING);
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

    private Path making() {
        return dir.resolve("classes.making");
    }

    private Path learning() {
        return dir.resolve("learning");
    }
}

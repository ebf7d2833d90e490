package org.holdfast.adapter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real file system of a few megabytes: a tmpfs, mounted for one test. Only root can mount. */
public final class SmallDisk implements AutoCloseable {
    private final Path root;

    private SmallDisk(Path root) {
        this.root = root;
    }

    /**
     * Mounts it, or skips the test with the reason where that is not allowed.
     *
     * @param at an existing, empty directory
     */
    public static SmallDisk mount(Path at, int mib) throws IOException {
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + mib + "m", "tmpfs", at.toString()),
                "A full disk needs a small tmpfs, and mounting one needs root.");
        return new SmallDisk(at);
    }

    public Path root() {
        return root;
    }

    /** Takes all but so many bytes, as other files would. */
    public void fill(long leave) throws IOException {
        long take = Files.getFileStore(root).getUsableSpace() - leave;
        Path file = root.resolve(".others");
        byte[] block = new byte[64 * 1024];
        try (var out = Files.newOutputStream(file)) {
            for (long left = take; left > 0; left -= block.length) {
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (!run("umount", root.toString())) {
            run("umount", "-l", root.toString());
        }
    }

    private static boolean run(String... command) throws IOException {
        Process process =
                new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

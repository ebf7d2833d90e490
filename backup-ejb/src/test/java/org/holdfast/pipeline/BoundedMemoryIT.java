package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.testing.DumpLike;
import org.holdfast.testing.InMemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream many times larger than the memory of the JVM it runs in. */
@Timeout(300)
class BoundedMemoryIT {
    /**
     * Runs in a JVM of its own: sends {@code MiB} of rows to two stores and prints its peak RSS.
     */
    public static final class Sender {
        public static void main(String[] arguments) throws Exception {
            long size = Long.parseLong(arguments[0]) << 20;
            byte[] rows = DumpLike.bytes(8 << 20, 1);
            InputStream source =
                    new InputStream() {
                        private long at;

                        @Override
                        public int read() {
                            throw new UnsupportedOperationException();
                        }

                        @Override
                        public int read(byte[] b, int offset, int length) {
                            if (at == size) {
                                return -1;
                            }
                            int from = (int) (at % rows.length);
                            int count =
                                    (int) Math.min(Math.min(length, rows.length - from), size - at);
                            System.arraycopy(rows, from, b, offset, count);
                            at += count;
                            return count;
                        }
                    };
            try (Outgoing out =
                    Outgoing.begin(
                            List.of(
                                    new InMemoryStore("a").discarding(),
                                    new InMemoryStore("b").discarding()),
                            new ObjectKey("shop/database.dump.zst.age"),
                            List.of(Identity.generate().recipient()),
                            Outgoing.Tuning.standard().withStall(Duration.ofSeconds(60)),
                            Tools.THREADS)) {
                out.transfer(source, Progress.NONE, () -> false);
                if (out.seal().rawBytes() != size) {
                    throw new AssertionError("not all was sent");
                }
                out.publish();
            }
            String peak =
                    Files.readAllLines(Path.of("/proc/self/status")).stream()
                            .filter(line -> line.startsWith("VmHWM:"))
                            .findFirst()
                            .orElseThrow();
            System.out.print(peak.replaceAll("[^0-9]", ""));
        }
    }

    @Test
    void sixteen_times_the_stream_costs_no_more_memory() {
        long small = peakKib(64);
        long large = peakKib(1024);
        assertThat(large - small).as("KiB of peak RSS more").isLessThan(32 << 10);
    }

    private static long peakKib(int mebibytes) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        byte[] out =
                Tools.runWell(
                        new byte[0],
                        java.toString(),
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=8m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sender.class.getName(),
                        Integer.toString(mebibytes));
        return Long.parseLong(new String(out, StandardCharsets.US_ASCII));
    }
}

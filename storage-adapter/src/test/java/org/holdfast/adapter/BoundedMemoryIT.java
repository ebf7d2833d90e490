package org.holdfast.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.holdfast.adapter.testing.S3ProxyServer;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.domain.storage.StoreAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An object many times the heap goes out and comes back in a JVM of 64 MiB. */
@Timeout(300)
class BoundedMemoryIT {
    private static final long SIZE = 400L * 1024 * 1024 + 1;

    @TempDir Path work;

    @Test
    void through_s3() throws Exception {
        try (S3ProxyServer server = S3ProxyServer.start(work)) {
            server.makeBucket("big");
            run("s3", server.endpoint().toString(), server.accessKey(), server.secretKey());
        }
    }

    @Test
    void through_a_directory() throws Exception {
        run("file", work.toString());
    }

    private void run(String... arguments) throws Exception {
        Path said = work.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile());
        builder.command().addAll(java.util.List.of(arguments));
        Process process = builder.start();
        assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(said)).endsWith("whole\n");
        assertThat(process.exitValue()).isZero();
    }

    /** What runs in the small JVM. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            StoreAccess access =
                    args[0].equals("s3")
                            ? new StoreAccess.Bucket(
                                    "big",
                                    java.net.URI.create(args[1]),
                                    "us-east-1",
                                    "big",
                                    "",
                                    args[2],
                                    Secret.of(args[3]),
                                    java.time.Duration.ofSeconds(60))
                            : new StoreAccess.Directory("big", Path.of(args[1], "store"));
            ObjectKey key = new ObjectKey("big");
            try (BlobStore store = new OpenStores().open(access)) {
                Sha256 sent = BlobStoreContract.stream(store, key, SIZE);
                MessageDigest digest = Sha256.digest();
                try (InputStream in = new DigestInputStream(store.read(key), digest)) {
                    in.transferTo(java.io.OutputStream.nullOutputStream());
                }
                System.out.println(
                        Sha256.ofDigest(digest.digest()).equals(sent) ? "whole" : "torn");
            }
        }
    }
}

package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.holdfast.testing.Ended;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What functions of {@code deploy/lib} tell people and scripts, called by themselves. */
class DeployWordsTest {
    private static final Path LIB = Path.of("..", "deploy", "lib").toAbsolutePath();

    @TempDir private Path dir;

    private Ended call(String... words) throws Exception {
        String sourced =
                "set -euo pipefail; DATA_DIR=$PWD; for part in common process postgres server demo;"
                        + " do . \""
                        + LIB
                        + "/$part.sh\"; done; \"$@\"";
        String[] command = new String[words.length + 4];
        System.arraycopy(new String[] {"bash", "-c", sourced, "deploy"}, 0, command, 0, 4);
        System.arraycopy(words, 0, command, 4, words.length);
        return Ended.of(
                dir,
                Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "HOLDFAST_HTTPS_PORT", "9443"),
                Duration.ofMinutes(1),
                command);
    }

    @Test
    void a_port_that_is_taken_is_named_with_who_holds_it_and_what_to_set() throws Exception {
        try (ServerSocket held = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(held.getLocalPort());

            Ended ended = call("require_free_port", port, "HOLDFAST_HTTPS_PORT");

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.err())
                    .startsWith(
                            "holdfast: port "
                                    + port
                                    + " is taken by process "
                                    + ProcessHandle.current().pid()
                                    + " (")
                    .contains("Set HOLDFAST_HTTPS_PORT to a free port, or end what holds it.");
        }
    }

    @Test
    void a_demo_leaves_one_file_for_scripts_which_its_owner_alone_reads() throws Exception {
        write(
                "demo/user.json",
                "{\"user\":\"guru\",\"password\":\"p\",\"totpSecret\":\"T\",\"token\":\"hf_1\"}");
        for (String cluster : new String[] {"shop", "staging"}) {
            write("pg/" + cluster + ".port", "5432");
        }
        write("secrets/role-shop-shop_owner", "one");
        write("secrets/role-staging-holdfast_restore", "two");

        Ended ended = call("write_demo_json", "b1", "r1", "d1", "{\"backup\":1.5}");

        assertThat(ended.code()).as(ended.err()).isZero();
        Path file = dir.resolve("demo.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        JsonObject demo;
        try (var reader = Json.createReader(Files.newBufferedReader(file))) {
            demo = reader.readObject();
        }
        assertThat(demo)
                .containsOnlyKeys(
                        "url",
                        "user",
                        "password",
                        "totpSecret",
                        "token",
                        "snapshotId",
                        "restoreId",
                        "drillId",
                        "storeDir",
                        "identityFile",
                        "sourceUrl",
                        "targetUrl",
                        "timings");
        assertThat(demo.getString("url")).isEqualTo("https://localhost:9443");
        assertThat(demo.getString("sourceUrl"))
                .isEqualTo("postgres://shop_owner:one@127.0.0.1:5432/shop");
        assertThat(demo.getString("storeDir")).isEqualTo(dir.toRealPath() + "/store");
    }

    private void write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }
}

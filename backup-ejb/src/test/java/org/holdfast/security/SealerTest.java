package org.holdfast.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealerTest {
    private static final Secret URL = Secret.of("postgresql://u:canary@h/d");

    @TempDir private Path data;

    @Test
    void a_secret_comes_back_after_a_restart_and_shows_in_no_sealed_text() {
        Sealer first = new Sealer(new KeyDirectory(data));
        String sealed = first.seal(URL);

        Sealer again = new Sealer(new KeyDirectory(data));

        assertThat(sealed).startsWith("v1." + first.keyId() + ".").doesNotContain("canary");
        assertThat(again.unseal(sealed)).isEqualTo(URL);
        assertThat(first.madeNow()).isTrue();
        assertThat(again.madeNow()).isFalse();
    }

    @Test
    void the_same_secret_is_sealed_in_another_way_each_time() {
        Sealer sealer = new Sealer(new KeyDirectory(data));

        assertThat(sealer.seal(URL)).isNotEqualTo(sealer.seal(URL));
    }

    @Test
    void any_changed_letter_is_noticed() {
        Sealer sealer = new Sealer(new KeyDirectory(data));
        String sealed = sealer.seal(Secret.of("x"));

        for (int i = 0; i < sealed.length(); i++) {
            char other = sealed.charAt(i) == 'A' ? 'Q' : 'A';
            String changed = sealed.substring(0, i) + other + sealed.substring(i + 1);
            assertThatThrownBy(() -> sealer.unseal(changed))
                    .as(changed)
                    .isInstanceOf(Refused.class);
        }
    }

    @Test
    void a_key_that_is_not_there_is_named() {
        String sealed = new Sealer(new KeyDirectory(data.resolve("other"))).seal(URL);
        String key = sealed.split("\\.")[1];

        assertThatThrownBy(() -> new Sealer(new KeyDirectory(data)).unseal(sealed))
                .hasMessage(
                        "A secret of the catalog was sealed with key "
                                + key
                                + ", which this server has not.")
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("SEAL-KEY");
    }

    @Test
    void a_new_key_in_front_seals_and_the_old_one_still_unseals() throws IOException {
        String sealed = new Sealer(new KeyDirectory(data)).seal(URL);
        Path other = data.resolve("other");
        new Sealer(new KeyDirectory(other));
        Path file = data.resolve("keys/seal.key");
        Files.writeString(
                file, Files.readString(other.resolve("keys/seal.key")) + Files.readString(file));

        Sealer rotated = new Sealer(new KeyDirectory(data));

        assertThat(rotated.unseal(sealed)).isEqualTo(URL);
        assertThat(rotated.keyId()).isNotEqualTo(sealed.split("\\.")[1]);
        assertThat(rotated.seal(URL)).startsWith("v1." + rotated.keyId());
    }

    @Test
    void a_rotation_is_seen_by_a_server_that_runs_already_and_loses_no_secret() {
        Sealer sealer = new Sealer(new KeyDirectory(data));
        Sealer onAnotherServer = new Sealer(new KeyDirectory(data));
        String old = sealer.keyId();
        String sealed = sealer.seal(URL);

        String next = sealer.addKey(Set.of(old));

        assertThat(next).isNotEqualTo(old);
        assertThat(onAnotherServer.keyId()).isEqualTo(next);
        assertThat(onAnotherServer.unseal(sealed)).isEqualTo(URL);
        assertThat(onAnotherServer.seal(URL)).startsWith("v1." + next + ".");
    }

    @Test
    void a_key_that_seals_nothing_any_more_leaves_the_file_one_rotation_later() {
        Sealer sealer = new Sealer(new KeyDirectory(data));
        String first = sealer.seal(URL);
        String second = sealer.addKey(Set.of(sealer.keyId()));

        sealer.addKey(Set.of(second));

        assertThatThrownBy(() -> new Sealer(new KeyDirectory(data)).unseal(first))
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("SEAL-KEY");
    }

    @Test
    void keys_of_the_configuration_are_used_and_no_file_is_made() {
        String old = "k1 " + "A".repeat(43) + "=\n";
        String sealed = new Sealer(new KeyDirectory(data, Optional.of(Secret.of(old)))).seal(URL);
        Sealer rotated =
                new Sealer(
                        new KeyDirectory(
                                data,
                                Optional.of(Secret.of("k2 " + "B".repeat(42) + "A=\n" + old))));

        assertThat(rotated.unseal(sealed)).isEqualTo(URL);
        assertThat(rotated.seal(URL)).startsWith("v1.k2.");
        assertThat(data.resolve("keys/seal.key")).doesNotExist();
        assertThatThrownBy(() -> rotated.addKey(Set.of()))
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("SET-BY-CONFIGURATION");
    }

    @Test
    void keys_are_made_for_their_owner_only() throws IOException {
        new Sealer(new KeyDirectory(data));

        assertThat(PosixFilePermissions.toString(mode("keys"))).isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(mode("keys/seal.key"))).isEqualTo("rw-------");
        try (var files = Files.list(data.resolve("keys"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void a_key_that_others_may_open_stops_the_start() throws IOException {
        new Sealer(new KeyDirectory(data));
        Path file = data.resolve("keys/seal.key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> new Sealer(new KeyDirectory(data)))
                .hasMessage(
                        "Others than its owner may open the key file "
                                + file
                                + ". Run chmod 600 "
                                + file
                                + " and find out who read it.");
    }

    private java.util.Set<java.nio.file.attribute.PosixFilePermission> mode(String path)
            throws IOException {
        return Files.getPosixFilePermissions(data.resolve(path));
    }
}

package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.holdfast.domain.keys.SealedSecrets;
import org.holdfast.domain.shared.Secret;
import org.holdfast.security.Sealer;
import org.holdfast.security.SealersOfTests;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rotation leaves wherever it is interrupted. */
class SealRotationTest {
    private static final List<Secret> SECRETS =
            List.of(Secret.of("one"), Secret.of("two"), Secret.of("three"), Secret.of("four"));

    @TempDir private Path data;

    private final Catalog catalog = new Catalog();
    private Sealer sealer;
    private String first;

    /** Rolls back as the real one's transaction does. */
    private static final class Catalog implements SealedSecrets {
        private List<String> rows = new ArrayList<>();
        private int failsAt = Integer.MAX_VALUE;

        @Override
        public Map<String, Long> byKey() {
            return rows.stream()
                    .collect(Collectors.groupingBy(r -> r.split("\\.")[1], Collectors.counting()));
        }

        @Override
        public long reseal(UnaryOperator<String> again) {
            List<String> next = new ArrayList<>();
            for (String row : rows) {
                if (next.size() == failsAt) {
                    throw new IllegalStateException("the connection broke");
                }
                next.add(again.apply(row));
            }
            if (next.size() == failsAt) {
                throw new IllegalStateException("the commit failed");
            }
            rows = next;
            return next.size();
        }
    }

    @BeforeEach
    void sealSome() {
        sealer = SealersOfTests.in(data);
        first = sealer.keyId();
        SECRETS.forEach(s -> catalog.rows.add(sealer.seal(s)));
    }

    private void requireAllThere(Sealer by) {
        assertThat(catalog.rows).extracting(by::unseal).isEqualTo(SECRETS);
    }

    private int keysInFile() throws IOException {
        return (int) Files.readString(data.resolve("keys/seal.key")).lines().count();
    }

    @Test
    void interrupted_at_any_secret_or_at_the_commit_it_loses_none_and_the_next_run_finishes()
            throws IOException {
        for (int at = 0; at <= SECRETS.size(); at++) {
            String before = sealer.keyId();
            catalog.failsAt = at;
            SealRotation rotation = new SealRotation(catalog, sealer);

            assertThatThrownBy(rotation::run).isInstanceOf(IllegalStateException.class);

            String begun = sealer.keyId();
            assertThat(begun).isNotEqualTo(before);
            assertThat(catalog.byKey()).containsOnlyKeys(before);
            requireAllThere(sealer);
            requireAllThere(SealersOfTests.in(data));

            // Again with the same fault, as one does: no third key comes.
            assertThatThrownBy(rotation::run).isInstanceOf(IllegalStateException.class);
            assertThat(sealer.keyId()).isEqualTo(begun);

            // The server was restarted meanwhile.
            catalog.failsAt = Integer.MAX_VALUE;
            sealer = SealersOfTests.in(data);
            assertThat(new SealRotation(catalog, sealer).run().secrets()).isEqualTo(4);
            assertThat(catalog.byKey()).containsOnlyKeys(begun);
            assertThat(keysInFile()).isEqualTo(2);
            requireAllThere(SealersOfTests.in(data));
        }
    }

    @Test
    void a_secret_that_another_server_seals_meanwhile_is_not_lost() {
        catalog.failsAt = 2;
        assertThatThrownBy(() -> new SealRotation(catalog, sealer).run())
                .isInstanceOf(IllegalStateException.class);
        Sealer other = SealersOfTests.in(data);
        catalog.rows.add(other.seal(Secret.of("five")));
        catalog.failsAt = Integer.MAX_VALUE;

        assertThat(new SealRotation(catalog, sealer).run().old()).hasSize(2).containsKey(first);

        assertThat(catalog.byKey()).hasSize(1);
        assertThat(other.unseal(catalog.rows.get(4))).isEqualTo(Secret.of("five"));
    }

    @Test
    void killed_while_the_key_file_was_written_leaves_the_old_one_whole() throws IOException {
        // What a kill between writing and renaming leaves behind.
        Files.writeString(data.resolve("keys/new-123.key"), "half a ke");

        Sealer restarted = SealersOfTests.in(data);

        requireAllThere(restarted);
        assertThat(new SealRotation(catalog, restarted).run().secrets()).isEqualTo(4);
        requireAllThere(SealersOfTests.in(data));
    }
}

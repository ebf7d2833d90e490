package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Manifest OWN =
            new Manifest(
                    1,
                    UUID.fromString("0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b"),
                    new Manifest.Origin(
                            "shop",
                            "postgresql://u:***@db:5432/shop",
                            "1",
                            "shop",
                            "15.20",
                            15,
                            "UTF8",
                            "C.UTF-8",
                            "C.UTF-8",
                            "libc",
                            Optional.empty(),
                            Map.of("pg_trgm", "1.6")),
                    Map.of("pg_dump", "15.20"),
                    DumpFormat.CUSTOM,
                    "olga",
                    "default",
                    NOON,
                    NOON,
                    NOON,
                    new Manifest.Bytes(3, 2, 1),
                    List.of(),
                    List.of(),
                    RowProof.COUNTS,
                    List.of(new Manifest.Table("public", "orders", 1, 2, Optional.empty())),
                    Map.of("public.s", 7L),
                    new Manifest.LargeObjects(0, Optional.empty()));

    @Test
    void what_is_written_is_read_again() {
        assertThat(ManifestJson.read(ManifestJson.write(OWN))).isEqualTo(OWN);
        assertThat(ManifestJson.write(OWN)).doesNotContain("imported");
    }

    @Test
    void so_is_where_an_imported_one_came_from() {
        Manifest imported =
                new Manifest(
                        OWN.formatVersion(),
                        OWN.id(),
                        OWN.source(),
                        OWN.tools(),
                        OWN.format(),
                        OWN.requestedBy(),
                        OWN.policyVersion(),
                        OWN.takenAt(),
                        OWN.startedAt(),
                        OWN.finishedAt(),
                        OWN.bytes(),
                        OWN.objects(),
                        OWN.recipients(),
                        OWN.rowProof(),
                        OWN.tables(),
                        OWN.sequences(),
                        OWN.largeObjects(),
                        Optional.of(
                                new Manifest.Imported(
                                        "scripts",
                                        "odd \"näme's.sql",
                                        7,
                                        Sha256.of("x"),
                                        "plain SQL of pg_dump, in gzip",
                                        "file",
                                        "olga",
                                        List.of("1 statements were left out."))));

        assertThat(ManifestJson.read(ManifestJson.write(imported))).isEqualTo(imported);
        assertThat(imported.withObjects(List.of()).imported()).isEqualTo(imported.imported());
    }
}

package org.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Samples;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {
    private static final Manifest OWN = Samples.manifest(Samples.uploaded());

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

package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.holdfast.domain.shared.Sha256;
import org.junit.jupiter.api.Test;

/** The bill of materials in the WAR names what is in the WAR. */
class BillOfMaterialsTest {
    private static final Path BILL = Path.of("src/main/sbom/bom.json");
    private static final Path JARS = Path.of("target/runtime-jars.txt");
    private static final String AGAIN =
            "write the bill anew: mvn -Psbom -pl backup-web -am process-classes";

    private static List<JsonObject> components() throws IOException {
        try (InputStream in = Files.newInputStream(BILL);
                JsonReader reader = Json.createReader(in)) {
            return reader.readObject().getJsonArray("components").getValuesAs(JsonObject.class);
        }
    }

    private static boolean ours(JsonObject component) {
        return component.getString("group", "").equals("org.holdfast");
    }

    @Test
    void every_library_of_the_war_is_in_it_by_its_hash_and_nothing_else() throws IOException {
        Map<String, String> billed = new TreeMap<>();
        for (JsonObject component : components()) {
            if (!ours(component)) {
                billed.put(
                        component.getString("purl").replaceAll(".*/|\\?.*", "").replace('@', '-'),
                        sha256(component));
            }
        }
        Map<String, String> packed = new TreeMap<>();
        for (String jar : Files.readString(JARS).strip().split(File.pathSeparator)) {
            Path file = Path.of(jar);
            if (Files.isRegularFile(file) && !file.startsWith(Path.of("..").toRealPath())) {
                packed.put(
                        file.getParent().getParent().getFileName()
                                + "-"
                                + file.getParent().getFileName(),
                        Sha256.of(Files.readAllBytes(file)).hex());
            }
        }

        assertThat(packed).hasSizeGreaterThan(20);
        assertThat(billed).as(AGAIN).isEqualTo(packed);
    }

    private static String sha256(JsonObject component) {
        return component.getJsonArray("hashes").getValuesAs(JsonObject.class).stream()
                .filter(hash -> hash.getString("alg").equals("SHA-256"))
                .map(hash -> hash.getString("content"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void it_tells_the_licence_of_every_library() throws IOException {
        assertThat(components())
                .filteredOn(component -> !ours(component))
                .allSatisfy(
                        component ->
                                assertThat(component.getJsonArray("licenses"))
                                        .as(component.getString("purl"))
                                        .isNotEmpty());
    }
}

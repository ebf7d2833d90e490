package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageTableTest {
    private static final Path VIEWS = Path.of("src/main/webapp");

    @Test
    void every_page_has_its_row_and_every_row_its_page() throws IOException {
        try (Stream<Path> files = Files.walk(VIEWS.resolve("console"))) {
            List<String> views =
                    files.filter(f -> f.toString().endsWith(".xhtml"))
                            .map(f -> "/" + VIEWS.relativize(f))
                            .toList();
            assertThat(PageTable.ROWS)
                    .as("add a row to PageTable for a new page")
                    .extracting(PageTable.Row::view)
                    .containsExactlyInAnyOrderElementsOf(views);
        }
    }
}

package org.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every code that a person can meet is explained in the runbooks. */
public class CodesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern REFUSED =
            Pattern.compile("new (?:Refused|Finding)\\(\\s*\"([A-Z0-9-]{4,})\"");
    private static final Pattern FAILURE = Pattern.compile("new Failure\\(\\s*\"([A-Z_]{4,})\"");

    @Test
    void every_code_has_its_line_in_the_runbooks() throws IOException {
        String page = Files.readString(ROOT.resolve("runbooks/codes.md"));
        Set<String> explained = new TreeSet<>();
        Matcher words = Pattern.compile("[A-Z0-9]+(?:[-_][A-Z0-9]+)*").matcher(page);
        while (words.find()) {
            explained.add(words.group());
        }

        Set<String> used = codes();
        assertThat(used).hasSizeGreaterThan(50);
        assertThat(explained).containsAll(used);
    }

    /** Every code that the sources name. */
    public static Set<String> codes() throws IOException {
        Set<String> codes = new TreeSet<>();
        for (String module :
                new String[] {"backup-domain", "storage-adapter", "backup-ejb", "backup-web"}) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(f -> f.toString().endsWith(".java"))
                        .forEach(
                                f -> {
                                    String text = read(f);
                                    Stream.of(REFUSED, FAILURE)
                                            .map(p -> p.matcher(text))
                                            .forEach(
                                                    m -> {
                                                        while (m.find()) {
                                                            codes.add(m.group(1));
                                                        }
                                                    });
                                });
            }
        }
        return codes;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.holdfast.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Sha256;

/** What {@code sha256sum} wrote beside a file: hash, two characters, name; or the hash alone. */
public final class ChecksumFile {
    public static final String ENDING = ".sha256";

    private static final Pattern LINE =
            Pattern.compile("\\\\?([0-9a-fA-F]{64})(?:[ \\t]+\\*?(.+?))?\\s*");
    private static final Pattern BSD = Pattern.compile("SHA256 \\((.+)\\) = ([0-9a-fA-F]{64})\\s*");

    private ChecksumFile() {}

    /**
     * The hash that the text tells of a file.
     *
     * @param file its name; directories before names do not count
     * @return empty where no line of it is about the file
     */
    public static Optional<Sha256> of(String text, String file) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        for (String line : lines) {
            Matcher bsd = BSD.matcher(line);
            Matcher plain = LINE.matcher(line);
            if (bsd.matches() && last(bsd.group(1)).equals(last(file))) {
                return hash(bsd.group(2));
            }
            if (plain.matches()
                    && (plain.group(2) == null
                            ? lines.size() == 1
                            : last(plain.group(2)).equals(last(file)))) {
                return hash(plain.group(1));
            }
        }
        return Optional.empty();
    }

    private static Optional<Sha256> hash(String hex) {
        return Optional.of(new Sha256(hex.toLowerCase(Locale.ROOT)));
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}

package org.holdfast.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Everything that is wrong with the configuration, at once; it stops the start. Each problem names
 * the setting, what its value has to be, and what to do, and never repeats a secret.
 */
public class Problems extends RuntimeException {
    private final List<String> sentences;

    public Problems(List<String> sentences) {
        super(
                "Holdfast does not start, because "
                        + (sentences.size() == 1
                                ? "a setting is wrong:"
                                : sentences.size() + " settings are wrong:")
                        + sentences.stream().map(s -> "\n  - " + s).collect(Collectors.joining()));
        this.sentences = List.copyOf(sentences);
    }

    public List<String> sentences() {
        return sentences;
    }
}

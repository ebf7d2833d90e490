package org.holdfast.config;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** What this server thought of its policy file when it last looked, for the metrics. */
@ApplicationScoped
public class PolicyFileState {
    private volatile List<String> problems;

    public void looked(List<String> found) {
        problems = List.copyOf(found);
    }

    /** Sentences, none where the file is good; empty where no file is followed. */
    public Optional<List<String>> problems() {
        return Optional.ofNullable(problems);
    }
}

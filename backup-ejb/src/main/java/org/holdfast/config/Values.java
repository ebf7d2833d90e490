package org.holdfast.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/** Named values read one by one; what is wrong is noted and reading goes on. */
final class Values {
    private final Map<String, String> values;
    private final List<String> problems = new ArrayList<>();

    Values(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    /**
     * @param what sentence: what is wrong and what the value has to be
     * @param remedy sentence: what to do
     */
    void problem(String what, String remedy) {
        problems.add(what + " " + remedy);
    }

    void requireNone() {
        if (!problems.isEmpty()) {
            throw new Problems(problems);
        }
    }

    /** Names in order, those with an empty value left out. */
    List<String> names() {
        return values.keySet().stream().filter(name -> text(name).isPresent()).toList();
    }

    /** The value without blanks at its ends; empty where there is none. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(String::strip).filter(v -> !v.isEmpty());
    }

    boolean yes(String name, boolean otherwise) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        return switch (text.get()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> {
                problem(
                        name + " is " + shape(text.get()) + ", but it is a switch.",
                        "Set it to true or false (or 1 or 0).");
                yield otherwise;
            }
        };
    }

    int number(String name, int least, int most, int otherwise) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        problem(
                name
                        + " is "
                        + shape(text.get())
                        + ", but it is a whole number from "
                        + least
                        + " to "
                        + most
                        + ".",
                "Leave it out for " + otherwise + ".");
        return otherwise;
    }

    /** An absolute path; a relative one counts from the server's working directory. */
    Path path(String name, Path otherwise) {
        return path(name).orElse(otherwise).toAbsolutePath().normalize();
    }

    Optional<Path> path(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(text.get()).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            problem(name + " is no path.", "Give a path such as /var/lib/holdfast.");
            return Optional.empty();
        }
    }

    Optional<PostgresUrl> url(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(PostgresUrl.parse(text.get()));
        } catch (Refused e) {
            problem(name + ": " + e.getMessage(), e.remedy());
            return Optional.empty();
        }
    }

    /** A value as it may be shown: short and plain ones whole, everything else by its length. */
    static String shape(String value) {
        return value.matches("[A-Za-z0-9_.-]{1,16}")
                ? "\"" + value + "\""
                : "a value of " + value.length() + " characters";
    }
}

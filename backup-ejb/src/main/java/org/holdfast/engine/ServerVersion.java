package org.holdfast.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of PostgreSQL 10 or newer, of a server or of its programs.
 *
 * @param number as {@code server_version_num} has it: 150020 is 15.20
 */
public record ServerVersion(int number) implements Comparable<ServerVersion> {
    private static final Pattern TOLD =
            Pattern.compile("\\(PostgreSQL\\) (\\d+)(?:\\.(\\d+)|(?:devel|beta\\d+|rc\\d+))?");

    /**
     * Reads what a program prints for {@code --version}, e.g. {@code pg_dump (PostgreSQL) 15.20
     * (Debian 15.20-0+deb12u1)}.
     *
     * @throws IllegalArgumentException it is not of that shape
     */
    public static ServerVersion told(String line) {
        Matcher matcher = TOLD.matcher(line);
        if (!matcher.find()) {
            throw new IllegalArgumentException("No PostgreSQL version in: " + line);
        }
        int minor = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        return new ServerVersion(Integer.parseInt(matcher.group(1)) * 10_000 + minor);
    }

    /**
     * Reads what {@link #toString} wrote, e.g. {@code 15.20}.
     *
     * @throws IllegalArgumentException it is not of that shape
     */
    public static ServerVersion of(String text) {
        return told("(PostgreSQL) " + text);
    }

    public int major() {
        return number / 10_000;
    }

    public int minor() {
        return number % 10_000;
    }

    public boolean atLeast(int major, int minor) {
        return number >= major * 10_000 + minor;
    }

    @Override
    public int compareTo(ServerVersion other) {
        return Integer.compare(number, other.number);
    }

    /** E.g. {@code 15.20}. */
    @Override
    public String toString() {
        return major() + "." + minor();
    }
}

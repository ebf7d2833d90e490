package org.holdfast.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.ForeignDump.Kind;
import org.holdfast.engine.ServerVersion;
import org.holdfast.pipeline.ChecksumFile;
import org.holdfast.pipeline.Unwrapped;

/**
 * What the name of a foreign dump says, against what is in it. The content decides; that the name
 * says something else is told.
 */
final class DumpName {
    private static final Map<String, String> AROUND =
            Map.of(".age", "age", ".enc", "OpenSSL", ".gz", "gzip", ".zst", "zstd");

    private static final String GET_AGAIN =
            "Get the file again from where it was made; nothing of it was stored.";

    private DumpName() {}

    /** What is around the content by the name, outermost first. */
    private static List<String> around(String name) {
        List<String> around = new ArrayList<>();
        String rest = name.toLowerCase(Locale.ROOT);
        for (int dot = rest.lastIndexOf('.'); dot > 0; dot = rest.lastIndexOf('.')) {
            String layer = AROUND.get(rest.substring(dot));
            if (layer == null) {
                break;
            }
            around.add(layer);
            rest = rest.substring(0, dot);
        }
        return around;
    }

    /** The content by the name; empty where it says none. */
    static Optional<Kind> expected(String name) {
        String rest = name.toLowerCase(Locale.ROOT);
        while (rest.lastIndexOf('.') > 0
                && AROUND.containsKey(rest.substring(rest.lastIndexOf('.')))) {
            rest = rest.substring(0, rest.lastIndexOf('.'));
        }
        if (rest.endsWith(".dump")) {
            return Optional.of(Kind.ARCHIVE);
        }
        if (rest.endsWith(".sql")) {
            return Optional.of(Kind.SQL);
        }
        return rest.endsWith(".tar") ? Optional.of(Kind.TAR) : Optional.empty();
    }

    static String words(Kind kind) {
        return switch (kind) {
            case ARCHIVE -> "an archive of pg_dump (custom format)";
            case TAR -> "a tar of pg_dump";
            case SQL -> "plain SQL of pg_dump";
            case UNKNOWN -> "nothing that is known here";
        };
    }

    /** In what name and content disagree. */
    static List<String> notes(String name, Unwrapped content) {
        List<String> notes = new ArrayList<>();
        Optional<Kind> expected = expected(name);
        if (content.kind() != Kind.UNKNOWN) {
            if (expected.isPresent() && expected.get() != content.kind()) {
                notes.add(
                        "Its name says "
                                + words(expected.get())
                                + "; it is "
                                + words(content.kind())
                                + ", and that counts.");
            } else if (expected.isEmpty()) {
                notes.add("Its name does not say what it is; its content does.");
            }
        }
        List<String> said = around(name);
        List<String> found =
                content.wrapping().stream()
                        .map(w -> w.startsWith("OpenSSL") ? "OpenSSL" : w.replaceAll(",.*", ""))
                        .toList();
        // gpg never comes this far, and an ending .enc says no more than that it is encrypted
        if (!said.equals(found)) {
            notes.add(
                    "Around it, its name says "
                            + (said.isEmpty() ? "nothing" : String.join(" in ", reversed(said)))
                            + ", and there is "
                            + (found.isEmpty() ? "nothing" : String.join(" in ", reversed(found)))
                            + ".");
        }
        return notes;
    }

    private static List<String> reversed(List<String> list) {
        List<String> turned = new ArrayList<>(list);
        java.util.Collections.reverse(turned);
        return turned;
    }

    /** Whom it was dumped from and with what decides which programs can read it. */
    static void requireVersions(Optional<ServerVersion> server, Optional<ServerVersion> client) {
        if (server.isEmpty() || client.isEmpty()) {
            throw new Refused(
                    "IMPORT-VERSION",
                    "The dump does not tell which version of "
                            + (server.isEmpty() ? "PostgreSQL it is of." : "pg_dump made it."),
                    "Make it anew with pg_dump, and leave its first lines as they are.");
        }
    }

    /**
     * @param how it is, one sentence
     */
    static Refused damaged(String how) {
        return new Refused("IMPORT-DAMAGED", how, GET_AGAIN);
    }

    static Refused badChecksum(String name) {
        return new Refused(
                "IMPORT-CHECKSUM",
                "No line of " + name + ChecksumFile.ENDING + " is about this file.",
                "Make it anew where the dump was made: sha256sum FILE > FILE.sha256. Or remove it.");
    }

    static Refused differs(String name, Sha256 found, Sha256 expected) {
        return new Refused(
                "IMPORT-CHECKSUM",
                "Its SHA-256 is "
                        + found
                        + ", and "
                        + name
                        + ChecksumFile.ENDING
                        + " says "
                        + expected
                        + ".",
                GET_AGAIN);
    }
}

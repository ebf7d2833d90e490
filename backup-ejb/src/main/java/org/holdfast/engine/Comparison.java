package org.holdfast.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.PostgresUrl;

/**
 * Holds two databases against each other exactly: schema as pg_dump writes it, every table's rows
 * by an order-independent hash, sequences, large objects. For tests, the demo, and whoever wants to
 * know.
 */
public final class Comparison {
    /** So many sentences tell enough. */
    private static final int MOST = 50;

    private Comparison() {}

    /**
     * In what the second differs from the first, one sentence each, at most 50; empty where they
     * are equal. Both must be quiet: they are looked at one after the other.
     */
    public static List<String> differences(
            Clients clients, PostgresUrl first, PostgresUrl second, WorkDir dir, Cancel cancel)
            throws IOException {
        List<String> found = new ArrayList<>();
        ContentProof one;
        ContentProof two;
        Client client;
        try (SourceSession a = SourceSession.open(first, cancel);
                SourceSession b = SourceSession.open(second, cancel)) {
            ServerVersion newer =
                    a.facts().version().compareTo(b.facts().version()) >= 0
                            ? a.facts().version()
                            : b.facts().version();
            client = clients.forDump(newer);
            one = a.proof(RowProof.HASHES, ContentProof.Progress.NONE);
            two = b.proof(RowProof.HASHES, ContentProof.Progress.NONE);
        }
        schema(schema(client, first, dir, cancel), schema(client, second, dir, cancel), found);
        found.addAll(one.differences(two));
        return found.size() <= MOST ? found : found.subList(0, MOST);
    }

    private static List<String> schema(Client client, PostgresUrl url, WorkDir dir, Cancel cancel)
            throws IOException {
        List<String> lines = new ArrayList<>();
        try (ChildProcess dump = PgDump.of(client, url).schemaOnly().start(dir, cancel)) {
            BufferedReader reader =
                    new BufferedReader(
                            new InputStreamReader(dump.stream(), StandardCharsets.UTF_8));
            String line;
            while ((line = reader.readLine()) != null) {
                // tokens are random, and versions may rightly differ
                if (!line.startsWith("\\restrict ")
                        && !line.startsWith("\\unrestrict ")
                        && !line.startsWith("-- Dumped from database version ")
                        && !line.startsWith("-- Dumped by pg_dump version ")) {
                    lines.add(line);
                }
            }
            dump.requireSuccess();
        }
        return lines;
    }

    private static void schema(List<String> first, List<String> second, List<String> found) {
        int lines = Math.max(first.size(), second.size());
        for (int i = 0; i < lines; i++) {
            String one = i < first.size() ? first.get(i) : "(nothing)";
            String two = i < second.size() ? second.get(i) : "(nothing)";
            if (!one.equals(two)) {
                found.add(
                        "The schema differs from line "
                                + (i + 1)
                                + " on: \""
                                + one
                                + "\" in the first, \""
                                + two
                                + "\" in the second.");
                return;
            }
        }
    }
}

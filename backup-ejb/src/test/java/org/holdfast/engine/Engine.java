package org.holdfast.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.testing.PostgresServer;

/** What the tests of this room share: a server, its client, a work directory, a cancel. */
final class Engine implements AutoCloseable {
    final PostgresServer server;
    final Clients clients;
    final Client client;
    final WorkDir dir;
    final Cancel cancel = new Cancel();

    private final Path base;

    private Engine(PostgresServer server) {
        this.server = server;
        try {
            this.clients = Clients.in(List.of(server.bin().toString()));
            this.client = clients.all().get(0);
            this.base = Files.createTempDirectory("holdfast-engine-");
            this.dir = WorkDir.below(base);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Engine on(PostgresServer server) {
        return new Engine(server);
    }

    byte[] dump(PostgresUrl url) throws IOException {
        return dump(PgDump.of(client, url));
    }

    byte[] dump(PgDump dump) throws IOException {
        try (ChildProcess child = dump.start(dir, cancel)) {
            var out = new ByteArrayOutputStream();
            child.stream().transferTo(out);
            child.requireSuccess();
            return out.toByteArray();
        }
    }

    void restore(InputStream archive, PostgresUrl into) throws IOException {
        restore(PgRestore.into(client, into), archive);
    }

    void restore(byte[] archive, PostgresUrl into) throws IOException {
        restore(new ByteArrayInputStream(archive), into);
    }

    void restore(PgRestore restore, InputStream archive) throws IOException {
        try (ChildProcess child = restore.start(dir, cancel)) {
            child.feed(archive);
            child.requireSuccess();
        }
    }

    List<String> differences(PostgresUrl first, PostgresUrl second) throws IOException {
        return Comparison.differences(clients, first, second, dir, cancel);
    }

    /** Names of the work directory's files: what a run left behind. */
    List<String> leftovers() throws IOException {
        try (var files = Files.list(dir.path())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void close() {
        dir.close();
        try {
            Files.delete(base);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

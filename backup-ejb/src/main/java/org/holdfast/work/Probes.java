package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.holdfast.domain.restore.TargetFacts;
import org.holdfast.domain.restore.TargetProbe;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.SourceProbe;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.DatabaseForm;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.SourceFacts;
import org.holdfast.engine.SourceSession;
import org.holdfast.engine.TargetServer;

/**
 * Looks at sources and targets for pages and rules. No method that is called from outside is
 * private: a private one would run on the client proxy, where nothing is injected.
 */
@ApplicationScoped
class Probes {
    /** How long tables of a target are counted before estimates take over. */
    private static final Duration COUNTING = Duration.ofSeconds(10);

    @Inject private Toolbox tools;

    @ApplicationScoped
    static class OfTargets implements TargetProbe {
        @Inject private Probes probes;

        @Override
        public TargetFacts look(PostgresUrl target, Manifest manifest) {
            return probes.look(target, manifest);
        }

        @Override
        public String test(PostgresUrl database) {
            return probes.testTarget(database);
        }

        @Override
        public Optional<String> systemIdentifier(PostgresUrl database) {
            return probes.systemIdentifier(database);
        }

        @Override
        public Future<Optional<String>> systemIdentifierLater(PostgresUrl database) {
            return probes.later(() -> probes.systemIdentifier(database));
        }

        @Override
        public Future<Set<InetAddress>> addressesLater(String host) {
            return probes.later(() -> addresses(host));
        }

        private static Set<InetAddress> addresses(String host) {
            try {
                return Set.copyOf(Arrays.asList(InetAddress.getAllByName(host)));
            } catch (UnknownHostException e) {
                return Set.of();
            }
        }
    }

    @ApplicationScoped
    static class OfSources implements SourceProbe {
        @Inject private Probes probes;

        @Override
        public String test(PostgresUrl source) {
            return probes.testSource(source);
        }
    }

    TargetFacts look(PostgresUrl target, Manifest manifest) {
        try (TargetServer server = TargetServer.open(target, new Cancel())) {
            boolean exists = server.exists();
            DatabaseForm form =
                    exists ? server.form().orElseThrow() : DatabaseForm.recorded(manifest.source());
            return new TargetFacts(
                    Optional.empty(),
                    server.systemIdentifier(),
                    target.database(),
                    exists,
                    server.version().toString(),
                    server.version().major(),
                    clientProblem(server.version(), manifest),
                    server.size(),
                    server.room(),
                    exists ? server.sessions() : java.util.List.of(),
                    server.rows(COUNTING),
                    server.availableExtensions(),
                    exists ? Optional.empty() : server.problem(form),
                    server.createsDatabases());
        } catch (IOException | Refused e) {
            return TargetFacts.unreachable(e.getMessage());
        }
    }

    Optional<String> systemIdentifier(PostgresUrl database) {
        try {
            return Optional.of(SourceSession.systemIdentifier(database, new Cancel()));
        } catch (IOException | Refused e) {
            return Optional.empty();
        }
    }

    <T> Future<T> later(Supplier<T> look) {
        try {
            return CompletableFuture.supplyAsync(look, tools.executor());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(look.get());
        }
    }

    private Optional<String> clientProblem(ServerVersion version, Manifest manifest) {
        try {
            ServerVersion madeBy = ServerVersion.of(manifest.tools().get("pg_dump"));
            if (version.major() >= madeBy.major()) {
                tools.clients().forRestore(version, madeBy);
            }
            return Optional.empty();
        } catch (Refused e) {
            return Optional.of(e.getMessage());
        }
    }

    String testTarget(PostgresUrl url) {
        try (TargetServer server = TargetServer.open(url, new Cancel())) {
            tools.clients().forDump(server.version());
            return "Connected: PostgreSQL "
                    + server.version()
                    + ", database "
                    + url.database()
                    + (server.exists() ? " is there" : " does not exist yet and will be made")
                    + ", the role "
                    + url.user()
                    + (server.createsDatabases()
                            ? " may create databases."
                            : " may not create databases: only in-place restores can work.");
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    String testSource(PostgresUrl url) {
        try (SourceSession session = SourceSession.open(url, new Cancel())) {
            SourceFacts facts = session.facts();
            return "Connected: PostgreSQL "
                    + facts.version()
                    + ", database "
                    + facts.database()
                    + " with "
                    + facts.tables()
                    + " tables, every one readable; it will be dumped by pg_dump "
                    + tools.clients().forDump(facts.version()).version()
                    + ".";
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static Refused unreachable(IOException e) {
        return new Refused(
                "DATABASE-TEST",
                String.valueOf(e.getMessage()),
                "Check host, port, database, user and password, and that the server lets this machine in (pg_hba.conf).");
    }
}

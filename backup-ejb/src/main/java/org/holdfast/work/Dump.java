package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ObjectKey;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.Client;
import org.holdfast.engine.ContentProof;
import org.holdfast.engine.PgDump;
import org.holdfast.engine.PgDumpGlobals;
import org.holdfast.engine.SourceFacts;
import org.holdfast.engine.SourceSession;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Outgoing;
import org.holdfast.pipeline.Progress;
import org.holdfast.pipeline.Recipient;

/**
 * Saves a source's content and its globals into the stores and tells what was saved. What is
 * counted is what is dumped: both read under one exported snapshot. No manifest is written here.
 */
@ApplicationScoped
class Dump {
    @Inject private Snapshots snapshots;
    @Inject private Toolbox tools;
    @Inject private Clock clock;
    @Inject private Expiries expiries;
    @Inject private ThisServer server;

    /**
     * @return the manifest to be, with the objects stored so far
     */
    Manifest save(BackupJob job) throws IOException {
        Instant startedAt = clock.instant();
        List<Recipient> recipients = tools.recipients("backed up");
        try (WorkDir dir = tools.workDir();
                SourceSession session = SourceSession.open(job.url, job.watch.cancel())) {
            Instant takenAt = clock.instant();
            SourceFacts facts = session.facts();
            Client client = tools.clients().forDump(facts.version());
            tell(job, facts, client);
            expiries.seen(
                    new Expiries.Thing(
                            AlertKind.CREDENTIAL_EXPIRES,
                            "source/" + job.source.name(),
                            "The password of login "
                                    + facts.login()
                                    + ", which source "
                                    + job.source.name()
                                    + " is backed up with,",
                            true,
                            server.machine()),
                    facts.loginUntil().map(Expiries.Term::until));
            long estimate = estimate(job, facts);
            job.watch.estimate(estimate);
            job.watch.phase("dump", estimate);
            CompletableFuture<ContentProof> proof = prove(job, session);
            try {
                Outgoing.Stored content =
                        content(job, session.snapshotId(), client, dir, recipients);
                List<Manifest.StoredObject> objects = new ArrayList<>();
                objects.add(stored(job.run.format().objectName(), content));
                globals(job, client, dir, recipients).ifPresent(objects::add);
                if (job.run.rowProof() != RowProof.OFF && !proof.isDone()) {
                    job.watch.phase("count", 0);
                }
                return manifest(
                        job,
                        facts,
                        client,
                        takenAt,
                        startedAt,
                        content,
                        objects,
                        recipients,
                        Toolbox.await(proof));
            } catch (Throwable e) {
                job.watch.cancel().now("The dump has failed.");
                throw e;
            }
        }
    }

    private static void tell(BackupJob job, SourceFacts facts, Client client) {
        job.watch.info(
                "PostgreSQL "
                        + facts.version()
                        + ", database "
                        + facts.database()
                        + ", "
                        + facts.tables()
                        + " tables; dumped by pg_dump "
                        + client.version()
                        + " under its own exported snapshot.");
        facts.collationVersion()
                .filter(then -> !facts.collationNow().map(then::equals).orElse(true))
                .ifPresent(
                        then ->
                                job.watch.warn(
                                        "The operating system's collation has changed since the database was made ("
                                                + then
                                                + " to "
                                                + facts.collationNow().get()
                                                + "): text indexes may be out of order. Reindex the source."));
    }

    /** Last time's size where it still fits the tables' size, else that. */
    private long estimate(BackupJob job, SourceFacts facts) {
        return snapshots
                .newest(job.source.id())
                .map(Snapshot::rawBytes)
                .filter(raw -> raw > facts.dumpBytes() / 2 && raw < facts.dumpBytes() * 2)
                .orElse(facts.dumpBytes());
    }

    // --- rows --------------------------------------------------------------------------------

    private CompletableFuture<ContentProof> prove(BackupJob job, SourceSession session) {
        CompletableFuture<ContentProof> proof = new CompletableFuture<>();
        tools.executor()
                .execute(
                        () -> {
                            try {
                                proof.complete(
                                        session.proof(
                                                job.run.rowProof(), ContentProof.Progress.NONE));
                            } catch (Throwable e) {
                                proof.completeExceptionally(e);
                            }
                        });
        return proof;
    }

    // --- objects -----------------------------------------------------------------------------

    private Outgoing.Stored content(
            BackupJob job, String snapshot, Client client, WorkDir dir, List<Recipient> recipients)
            throws IOException {
        PgDump dump = PgDump.of(client, job.url);
        Outgoing.Stored stored =
                send(
                        job,
                        job.run.format().objectName(),
                        recipients,
                        (job.run.format() == DumpFormat.CUSTOM ? dump : dump.plain())
                                .under(snapshot)
                                .start(dir, job.watch.cancel()),
                        (raw, out) -> {
                            job.watch.moved(raw);
                            job.watch.sizes(raw, out);
                        });
        job.watch.info(
                "Dumped "
                        + stored.rawBytes()
                        + " bytes, stored "
                        + stored.storedBytes()
                        + " in "
                        + job.stores.live().stream()
                                .map(BlobStore::name)
                                .collect(Collectors.joining(" and "))
                        + ".");
        return stored;
    }

    /** Roles and tablespaces; a server that does not give them away does not lose the backup. */
    private Optional<Manifest.StoredObject> globals(
            BackupJob job, Client client, WorkDir dir, List<Recipient> recipients)
            throws IOException {
        job.watch.phase("globals", 0);
        try {
            Outgoing.Stored stored =
                    send(
                            job,
                            SnapshotKeys.GLOBALS,
                            recipients,
                            PgDumpGlobals.of(client, job.url).start(dir, job.watch.cancel()),
                            (raw, out) -> job.watch.moved(raw));
            return Optional.of(stored(SnapshotKeys.GLOBALS, stored));
        } catch (ChildFailed e) {
            if (e.connectionLost()) {
                throw e;
            }
            job.watch.warn("Roles and tablespaces were not saved: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** All that a child prints, as one object; visible only when the child ended well. */
    private Outgoing.Stored send(
            BackupJob job,
            String name,
            List<Recipient> recipients,
            ChildProcess started,
            Progress progress)
            throws IOException {
        ObjectKey key = job.prefix().resolve(name);
        try (ChildProcess child = started;
                Outgoing out =
                        Outgoing.begin(
                                job.stores.live(),
                                key,
                                recipients,
                                tools.tuning(),
                                tools.executor())) {
            out.transfer(child.stream(), progress, job.watch::cancelled);
            child.requireSuccess();
            Outgoing.Stored stored = out.seal();
            job.keep(out.publish());
            return stored;
        }
    }

    private static Manifest.StoredObject stored(String name, Outgoing.Stored stored) {
        return new Manifest.StoredObject(name, stored.storedBytes(), stored.sha256());
    }

    // --- what was saved ----------------------------------------------------------------------

    private Manifest manifest(
            BackupJob job,
            SourceFacts facts,
            Client client,
            Instant takenAt,
            Instant startedAt,
            Outgoing.Stored stored,
            List<Manifest.StoredObject> objects,
            List<Recipient> recipients,
            ContentProof content) {
        Map<String, String> used = new TreeMap<>();
        used.put("holdfast", version());
        used.put("pg_dump", client.version().toString());
        used.put("zstd", com.github.luben.zstd.util.ZstdVersion.VERSION);
        used.put("age", "v1");
        return new Manifest(
                1,
                job.run.id(),
                facts.origin(job.source.name(), job.url),
                used,
                job.run.format(),
                job.run.requestedBy(),
                job.run.policyVersion(),
                takenAt,
                startedAt,
                clock.instant(),
                new Manifest.Bytes(
                        stored.rawBytes(), stored.compressedBytes(), stored.storedBytes()),
                objects,
                recipients.stream().map(Recipient::value).toList(),
                job.run.rowProof(),
                content.tables(),
                content.lastValues(),
                content.largeObjects());
    }

    static String version() {
        String version = Dump.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}

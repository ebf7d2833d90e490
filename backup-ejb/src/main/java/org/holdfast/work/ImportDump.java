package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.holdfast.config.Settings;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.ForeignDump.Kind;
import org.holdfast.domain.snapshot.ForeignDump.TimeBy;
import org.holdfast.domain.snapshot.ImportOrder;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.ArchiveHead;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.ForeignSql;
import org.holdfast.engine.PgRestore;
import org.holdfast.engine.ServerVersion;
import org.holdfast.engine.ToldForm;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.CountingInput;
import org.holdfast.pipeline.Hashed;
import org.holdfast.pipeline.Outgoing;
import org.holdfast.pipeline.Recipient;
import org.holdfast.pipeline.Unwrapped;

/**
 * Brings a dump that was made elsewhere through Holdfast's own pipeline: read once, opened, checked
 * to its end, stored in the product's own form. From there on it is a snapshot like any other, but
 * for what nobody can know of it: nothing was counted or hashed when it was made.
 *
 * <p>An archive is stored as it is while pg_restore reads it beside. A tar, which pg_restore would
 * have to read from a file again, is turned into plain SQL on the way: pg_restore reads it from a
 * pipe in the order it was written in, so nothing of it ever lies on this machine's disk. Plain SQL
 * is stored without owners, grants and the dump's own restrictions ({@link ForeignSql}).
 */
@ApplicationScoped
class ImportDump {
    @Inject private ImportPlaces places;
    @Inject private Settings settings;
    @Inject private Toolbox tools;
    @Inject private Clock clock;

    /** What the dump itself tells of its database. */
    private record Told(
            String database,
            ServerVersion server,
            ServerVersion client,
            ToldForm form,
            Set<String> extensions) {}

    /** What was stored, and what has to be said of it. */
    private record Done(Outgoing.Stored stored, Told told, List<String> changed) {}

    /** One import under way. */
    private final class Run {
        private final BackupJob job;
        private final ImportOrder order;
        private final ChosenFile chosen;
        private final WorkDir dir;
        private final List<Recipient> recipients;
        private String form;
        private DumpTime time;
        private Hashed file;

        Run(
                BackupJob job,
                ImportOrder order,
                ForeignFiles files,
                WorkDir dir,
                List<Recipient> recipients)
                throws IOException {
            this.job = job;
            this.order = order;
            this.dir = dir;
            this.recipients = recipients;
            this.chosen = new ChosenFile(files, order);
        }

        private Unwrapped open() throws IOException {
            return chosen.open(places.keys());
        }

        /** To be asked when the content was read to its end, before anything is sealed. */
        void requireWhole(Unwrapped content) throws StoreFailure {
            file = content.stored();
            chosen.requireWhole(file);
            boolean compared = chosen.expected().isPresent();
            job.watch.info(
                    "Read "
                            + file.bytes()
                            + " bytes, SHA-256 "
                            + file.sha256()
                            + (compared
                                    ? ", as the .sha256 beside it says."
                                    : "; there is no .sha256 beside it to compare with."));
            if (content.unproved() && !compared) {
                job.watch.warn(
                        "OpenSSL's encryption does not show changed bytes, and there is no .sha256:"
                                + " only what is inside was checked.");
            }
        }

        Done go() throws IOException {
            try {
                return brought();
            } catch (Refused | StoreFailure e) {
                chosen.requireUnchanged(e);
                throw e;
            }
        }

        private Done brought() throws IOException {
            Kind kind;
            Optional<ArchiveHead> head = Optional.empty();
            try (Unwrapped content = open()) {
                kind = content.kind();
                form =
                        DumpName.words(kind)
                                + content.wrapping().stream()
                                        .map(w -> ", in " + w)
                                        .collect(Collectors.joining());
                if (kind == Kind.ARCHIVE || kind == Kind.TAR) {
                    head =
                            Optional.of(
                                    ArchiveHead.read(
                                            chosen.first(
                                                    new BufferedInputStream(
                                                            cancellable(content), 1 << 16)),
                                            order.file(),
                                            kind == Kind.TAR));
                }
                DumpName.notes(order.file(), content).forEach(job.watch::warn);
            } catch (CorruptObject e) {
                throw DumpName.damaged(e.getMessage());
            }
            requireFormat(kind);
            time =
                    DumpTime.of(
                            head.map(ArchiveHead::created),
                            settings.importZone(),
                            order.modified(),
                            clock.instant());
            return switch (kind) {
                case ARCHIVE -> archive(head.orElseThrow());
                case TAR -> tar(head.orElseThrow());
                case SQL -> sql();
                case UNKNOWN -> throw new IllegalStateException("No format is of this kind.");
            };
        }

        private InputStream cancellable(InputStream in) {
            return new CountingInput(in) {
                @Override
                public int read(byte[] b, int offset, int length) throws IOException {
                    job.watch.cancel().check();
                    return super.read(b, offset, length);
                }
            };
        }

        private void requireFormat(Kind kind) {
            if (kind.storedAs().filter(job.run.format()::equals).isEmpty()) {
                throw chosen.changed("it is " + form);
            }
        }

        private Told told(ArchiveHead head) {
            DumpName.requireVersions(head.serverVersion(), head.clientVersion());
            return new Told(
                    head.database(),
                    head.serverVersion().orElseThrow(),
                    head.clientVersion().orElseThrow(),
                    head.told(),
                    head.extensions());
        }

        private Done archive(ArchiveHead head) throws IOException {
            Told told = told(head);
            try (Unwrapped content = open();
                    ChildProcess reader =
                            PgRestore.readToEnd(tools.clients().forReading(told.client()))
                                    .start(dir, job.watch.cancel())) {
                Outgoing.Stored stored =
                        send(
                                content,
                                new Beside(chosen.again(content), reader),
                                () -> {
                                    reader.requireSuccess();
                                    requireWhole(content);
                                });
                return new Done(stored, told, List.of());
            } catch (ChildFailed e) {
                throw unreadable(e);
            }
        }

        private Done tar(ArchiveHead head) throws IOException {
            Told told = told(head);
            try (Unwrapped content = open();
                    ChildProcess turning =
                            PgRestore.sql(tools.clients().forReading(told.client()))
                                    .start(dir, job.watch.cancel());
                    ForeignSql sql =
                            ForeignSql.of(
                                    new Turned(turning, chosen.again(content), tools.executor()),
                                    false)) {
                Outgoing.Stored stored =
                        send(
                                content,
                                sql,
                                () -> {
                                    sql.requireComplete();
                                    requireWhole(content);
                                });
                List<String> changed = new ArrayList<>(sql.leftOut());
                changed.add(0, "The tar was turned into plain SQL by pg_restore.");
                return new Done(stored, told, changed);
            } catch (ChildFailed e) {
                throw unreadable(e);
            }
        }

        private Done sql() throws IOException {
            try (Unwrapped content = open();
                    ForeignSql sql = ForeignSql.of(content, settings.allowCreateInDump())) {
                Outgoing.Stored stored =
                        send(
                                content,
                                sql,
                                () -> {
                                    sql.requireComplete();
                                    requireWhole(content);
                                    DumpName.requireVersions(
                                            sql.serverVersion(), sql.clientVersion());
                                });
                return new Done(
                        stored,
                        new Told(
                                sql.database().orElse(""),
                                sql.serverVersion().orElseThrow(),
                                sql.clientVersion().orElseThrow(),
                                sql.told(),
                                sql.extensions()),
                        sql.leftOut());
            }
        }

        /** Something that has to hold before the object may be sealed. */
        private interface Held {
            void require() throws IOException;
        }

        private Outgoing.Stored send(Unwrapped content, InputStream plain, Held held)
                throws IOException {
            try (Outgoing out =
                    Outgoing.begin(
                            job.stores.live(),
                            job.prefix().resolve(job.run.format().objectName()),
                            recipients,
                            Outgoing.Tuning.standard(),
                            tools.executor())) {
                try {
                    out.transfer(
                            plain,
                            (raw, stored) -> {
                                job.watch.moved(content.storedBytes());
                                job.watch.sizes(raw, stored);
                            },
                            job.watch::cancelled);
                    held.require();
                } catch (CorruptObject e) {
                    throw DumpName.damaged(e.getMessage());
                }
                Outgoing.Stored stored = out.seal();
                job.keep(out.publish());
                return stored;
            }
        }
    }

    private static Refused unreadable(ChildFailed e) {
        return DumpName.damaged("pg_restore does not read it to its end: " + e.getMessage());
    }

    /** Gives what is read to a child as well, and to its end. */
    private static final class Beside extends CountingInput {
        private final ChildProcess child;
        private boolean ended;

        Beside(InputStream in, ChildProcess child) {
            super(in);
            this.child = child;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            int count = super.read(b, offset, length);
            if (count > 0) {
                child.feedPart(new ByteArrayInputStream(b, offset, count));
            } else if (count < 0 && !ended) {
                ended = true;
                child.feed(InputStream.nullInputStream());
            }
            return count;
        }
    }

    /**
     * @return the manifest to be, with the object stored so far
     */
    Manifest save(BackupJob job, ImportOrder order) throws IOException {
        Instant startedAt = clock.instant();
        List<Recipient> recipients = tools.recipients("imported");
        job.watch.info(
                "Importing "
                        + order.file()
                        + " of place "
                        + order.place()
                        + ", "
                        + order.bytes()
                        + " bytes of "
                        + order.modified()
                        + ".");
        job.watch.estimate(order.bytes());
        job.watch.phase("import", order.bytes());
        try (WorkDir dir = tools.workDir();
                ForeignFiles files = places.open(order.place())) {
            Run run = new Run(job, order, files, dir, recipients);
            Done done = run.go();
            DumpTime time = run.time;
            job.watch.info(
                    "It was "
                            + run.form
                            + ", of PostgreSQL "
                            + done.told().server()
                            + "; it holds the state of "
                            + time.at()
                            + (time.by() == TimeBy.ARCHIVE
                                    ? ", as the archive says."
                                    : ", by the file's own time."));
            if (!time.note().isEmpty()) {
                job.watch.warn(time.note());
            }
            done.changed().forEach(job.watch::info);
            if (!done.told().form().told()) {
                job.watch.info(
                        "The dump does not tell its database's locale; C is noted. A restore beside"
                                + " an existing database takes that one's.");
            }
            job.watch.info(
                    "No rows were counted or hashed when it was made: a restore of it is compared"
                            + " with nothing.");
            return manifest(job, order, run, done, startedAt, recipients);
        }
    }

    private Manifest manifest(
            BackupJob job,
            ImportOrder order,
            Run run,
            Done done,
            Instant startedAt,
            List<Recipient> recipients) {
        Told told = done.told();
        Outgoing.Stored stored = done.stored();
        Map<String, String> used = new TreeMap<>();
        used.put("holdfast", Dump.version());
        used.put("pg_dump", told.client().toString());
        used.put("zstd", com.github.luben.zstd.util.ZstdVersion.VERSION);
        used.put("age", "v1");
        Map<String, String> extensions = new TreeMap<>();
        told.extensions().forEach(name -> extensions.put(name, ""));
        ToldForm form = told.form();
        return new Manifest(
                1,
                job.run.id(),
                new Manifest.Origin(
                        job.source.name(),
                        "imported",
                        "unknown",
                        told.database().isEmpty() ? job.source.name() : told.database(),
                        told.server().toString(),
                        told.server().major(),
                        form.encoding(),
                        form.collate(),
                        form.ctype(),
                        form.provider(),
                        form.locale(),
                        extensions),
                used,
                job.run.format(),
                job.run.requestedBy(),
                job.run.policyVersion(),
                run.time.at(),
                startedAt,
                clock.instant(),
                new Manifest.Bytes(
                        stored.rawBytes(), stored.compressedBytes(), stored.storedBytes()),
                List.of(
                        new Manifest.StoredObject(
                                job.run.format().objectName(),
                                stored.storedBytes(),
                                stored.sha256())),
                recipients.stream().map(Recipient::value).toList(),
                RowProof.OFF,
                List.of(),
                Map.of(),
                new Manifest.LargeObjects(0, Optional.empty()),
                Optional.of(
                        new Manifest.Imported(
                                order.place(),
                                order.file(),
                                run.file.bytes(),
                                run.file.sha256(),
                                run.form,
                                run.time.by() == TimeBy.ARCHIVE ? "archive" : "file",
                                job.run.requestedBy(),
                                done.changed())));
    }
}

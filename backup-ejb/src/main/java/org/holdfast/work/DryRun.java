package org.holdfast.work;

import java.io.IOException;
import org.holdfast.domain.restore.Outcome;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.engine.ChildProcess;
import org.holdfast.engine.Client;
import org.holdfast.engine.PgRestore;
import org.holdfast.engine.TargetServer;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Incoming;

/** Reads the whole archive and applies nothing. */
final class DryRun implements Way {
    private final RestoreJob job;
    private final RestoreSteps steps;
    private final Fetch fetch;

    DryRun(RestoreJob job, RestoreSteps steps, Fetch fetch) {
        this.job = job;
        this.steps = steps;
        this.fetch = fetch;
    }

    @Override
    public Outcome go(TargetServer server, Client client) throws IOException {
        job.watch.phase("read", job.manifest.bytes().raw());
        if (job.manifest.format() == DumpFormat.PLAIN_GZ) {
            fetch.plain(job, server.version()).close();
        } else {
            readToEnd(client);
        }
        steps.learn(job);
        return new Outcome.Completed(
                "Dry run: the archive was decrypted and read to its end; nothing was applied to "
                        + job.target.name()
                        + ".",
                null,
                null,
                false);
    }

    private void readToEnd(Client client) throws IOException {
        try (WorkDir dir = job.tools.workDir()) {
            fetch.fromACopy(
                    job,
                    (store, incoming) -> {
                        try (store;
                                ChildProcess reader =
                                        PgRestore.readToEnd(client).start(dir, job.watch.cancel());
                                Incoming.Opened plain =
                                        incoming.open(
                                                store.read(job.dumpKey()), job.tools.executor())) {
                            reader.feed(new Moving(plain, job.watch));
                            reader.requireSuccess();
                        }
                        return null;
                    });
        }
    }

    @Override
    public Outcome afterLostWorker(TargetServer server) {
        return new Outcome.Failed(
                "SERVER_STOPPED",
                "The server stopped during the dry run. Nothing was applied. Ask for it again.");
    }

    @Override
    public Left cleanUp() {
        return Left.AS_IT_WAS;
    }
}

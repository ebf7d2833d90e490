package org.holdfast.work;

import java.util.ArrayList;
import java.util.List;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Snapshot;

/** One restore while it is worked on: what is to be done, and what was learned of it so far. */
final class RestoreJob extends Bringing {
    final RestoreRequest request;
    final TargetEnvironment target;

    /** The database that is to hold the snapshot in the end. */
    final PostgresUrl url;

    /** What was compared after the restore. */
    final List<Check> checks = new ArrayList<>();

    private Globals globals = Globals.UNTOUCHED;

    /**
     * What became of roles and tablespaces of the target's cluster, which no cleaning up undoes.
     */
    enum Globals {
        UNTOUCHED,
        BEGUN,
        RESTORED
    }

    RestoreJob(
            Watch watch,
            Toolbox tools,
            RestoreRequest request,
            Snapshot snapshot,
            TargetEnvironment target,
            PostgresUrl url) {
        super(watch, tools, snapshot);
        this.request = request;
        this.target = target;
        this.url = url;
        if (attempt() > 1 && request.includeGlobals()) {
            globals = Globals.BEGUN;
        }
    }

    void globals(Globals now) {
        globals = now;
    }

    /** How the target is where its database was not touched; to be ended by the caller. */
    String asItWas() {
        return "The target is as it was"
                + switch (globals) {
                    case UNTOUCHED -> "";
                    case BEGUN ->
                            ", except roles and tablespaces, some of which may have been restored";
                    case RESTORED -> ", except roles and tablespaces, which were restored";
                };
    }

    @Override
    int jobs(int configured) {
        return request.mode().inPlace() ? 1 : configured;
    }

    /** Whether the restored content was compared with the manifest and found equal. */
    boolean proved() {
        return manifest.rowProof() != RowProof.OFF
                && !checks.isEmpty()
                && checks.stream().allMatch(Check::passed);
    }
}

package org.holdfast.work;

import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.snapshot.Snapshot;

/** One drill while it is worked on. */
final class DrillJob extends Bringing {
    final RestoreDrill drill;
    final CheckPlan plan;

    DrillJob(Watch watch, Toolbox tools, RestoreDrill drill, CheckPlan plan, Snapshot snapshot) {
        super(watch, tools, snapshot);
        this.drill = drill;
        this.plan = plan;
    }

    @Override
    int jobs(int configured) {
        return configured;
    }
}

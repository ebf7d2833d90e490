-- How far each source's schedule was followed. Slots come from the policy; what was reached stands here.
CREATE TABLE source_schedules (
    source_id    uuid PRIMARY KEY REFERENCES sources,
    last_slot    timestamptz NOT NULL,
    paused_at    timestamptz,
    paused_by    text,
    pause_reason text,
    paused_until timestamptz,
    CHECK ((paused_at IS NULL) = (paused_by IS NULL)),
    CHECK ((paused_at IS NULL) = (pause_reason IS NULL)),
    CHECK (paused_until IS NULL OR paused_at IS NOT NULL)
);

-- The slot a run was made for; no slot twice, whatever two servers believe.
ALTER TABLE backup_runs ADD COLUMN slot timestamptz;
CREATE UNIQUE INDEX backup_runs_one_per_slot ON backup_runs (source_id, slot) WHERE slot IS NOT NULL;

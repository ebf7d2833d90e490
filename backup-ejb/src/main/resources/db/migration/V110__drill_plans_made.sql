-- Since when a source is promised to be drilled: each change of a plan moves changed_at.
ALTER TABLE drill_plans ADD COLUMN made_at timestamptz NOT NULL DEFAULT clock_timestamp();
UPDATE drill_plans SET made_at = changed_at WHERE changed_at < made_at;

-- The newest passed and the newest failed drill of each source, asked for every minute.
CREATE INDEX drills_verdicts ON drills (source_id, verdict, finished_at DESC) WHERE verdict IS NOT NULL;

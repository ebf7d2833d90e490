-- A million runs: what lists are ordered and filtered by, in rows of its own, each order with its index.
-- Written at commit, after every other lock of the transaction is held: nothing waits for it in a circle.

CREATE TABLE backup_history (
    id           uuid PRIMARY KEY,
    source_name  text NOT NULL,
    requested_by text NOT NULL,
    queued_at    timestamptz NOT NULL,
    ended_at     timestamptz,
    -- the run's state, or, once it is completed, its snapshot's rung
    status       text NOT NULL,
    -- 0 until the run has ended
    raw_bytes    bigint NOT NULL,
    stored_bytes bigint NOT NULL,
    -- null until the run has ended
    took         interval
);

CREATE FUNCTION backup_history_keep(run uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever comes second reads what the first has committed.
    PERFORM 1 FROM backup_history WHERE id = run FOR UPDATE;
    INSERT INTO backup_history AS h
    SELECT r.id, so.name, r.requested_by, r.queued_at, r.finished_at,
           CASE WHEN r.state = 'COMPLETED' THEN coalesce(s.rung, 'UPLOADED') ELSE r.state END,
           CASE WHEN r.finished_at IS NULL THEN 0 ELSE coalesce(s.raw_bytes, r.raw_bytes) END,
           CASE WHEN r.finished_at IS NULL THEN 0 ELSE coalesce(s.stored_bytes, r.stored_bytes) END,
           r.finished_at - r.started_at
    FROM backup_runs r JOIN sources so ON so.id = r.source_id LEFT JOIN snapshots s ON s.id = r.id
    WHERE r.id = run
    ON CONFLICT (id) DO UPDATE SET source_name = excluded.source_name, requested_by = excluded.requested_by,
        queued_at = excluded.queued_at, ended_at = excluded.ended_at, status = excluded.status,
        raw_bytes = excluded.raw_bytes, stored_bytes = excluded.stored_bytes, took = excluded.took;
END $$;

CREATE FUNCTION backup_history_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM backup_history_keep(NEW.id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER backup_history_of_new_runs AFTER INSERT ON backup_runs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION backup_history_follow();
CREATE CONSTRAINT TRIGGER backup_history_of_runs AFTER UPDATE ON backup_runs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.finished_at IS DISTINCT FROM NEW.finished_at
        OR OLD.source_id <> NEW.source_id OR OLD.queued_at <> NEW.queued_at OR OLD.requested_by <> NEW.requested_by
        OR NEW.finished_at IS NOT NULL AND (OLD.raw_bytes, OLD.stored_bytes) IS DISTINCT FROM (NEW.raw_bytes, NEW.stored_bytes))
    EXECUTE FUNCTION backup_history_follow();
CREATE CONSTRAINT TRIGGER backup_history_of_new_snapshots AFTER INSERT ON snapshots
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION backup_history_follow();
CREATE CONSTRAINT TRIGGER backup_history_of_snapshots AFTER UPDATE ON snapshots
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.rung, OLD.raw_bytes, OLD.stored_bytes) IS DISTINCT FROM (NEW.rung, NEW.raw_bytes, NEW.stored_bytes))
    EXECUTE FUNCTION backup_history_follow();

CREATE FUNCTION backup_history_rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE backup_history SET source_name = NEW.name WHERE source_name = OLD.name;
    RETURN NULL;
END $$;
CREATE TRIGGER backup_history_of_sources AFTER UPDATE OF name ON sources FOR EACH ROW
    WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION backup_history_rename();

-- All of it from what it is made of: now, and where somebody loaded rows past the triggers.
CREATE FUNCTION backup_history_rebuild() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    LOCK TABLE backup_runs, snapshots IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM backup_history;
    INSERT INTO backup_history
    SELECT r.id, so.name, r.requested_by, r.queued_at, r.finished_at,
           CASE WHEN r.state = 'COMPLETED' THEN coalesce(s.rung, 'UPLOADED') ELSE r.state END,
           CASE WHEN r.finished_at IS NULL THEN 0 ELSE coalesce(s.raw_bytes, r.raw_bytes) END,
           CASE WHEN r.finished_at IS NULL THEN 0 ELSE coalesce(s.stored_bytes, r.stored_bytes) END,
           r.finished_at - r.started_at
    FROM backup_runs r JOIN sources so ON so.id = r.source_id LEFT JOIN snapshots s ON s.id = r.id
    ORDER BY r.queued_at;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;
SELECT backup_history_rebuild();
-- Checked once for all rows, and not row by row.
ALTER TABLE backup_history ADD FOREIGN KEY (id) REFERENCES backup_runs ON DELETE CASCADE;

CREATE INDEX backup_history_newest ON backup_history (queued_at, id);
CREATE INDEX backup_history_by_source ON backup_history (source_name, queued_at, id);
CREATE INDEX backup_history_by_status ON backup_history (status, queued_at, id);
CREATE INDEX backup_history_by_requester ON backup_history (requested_by, queued_at, id);
CREATE INDEX backup_history_by_raw_bytes ON backup_history (raw_bytes, queued_at, id);
CREATE INDEX backup_history_by_stored_bytes ON backup_history (stored_bytes, queued_at, id);
CREATE INDEX backup_history_by_time ON backup_history (took NULLS FIRST, queued_at, id);
-- The console shows how ids end, so that is how they are looked for.
CREATE INDEX backup_history_by_end_of_id ON backup_history ((reverse(id::text) COLLATE "C"));
-- Lists are read from the table above.
DROP INDEX backup_runs_newest;

-- Whether something runs is asked by every page.
CREATE INDEX backup_runs_active ON backup_runs (queued_at, id) WHERE state IN ('QUEUED', 'RUNNING');
-- The newest backup that a restore could use, the newest that was proved, the newest not gone: of each source
-- the first row of an index, however many have expired since.
CREATE INDEX snapshots_usable ON snapshots (source_id, taken_at DESC) WHERE rung IN ('UPLOADED', 'VERIFIED', 'RESTORED');
CREATE INDEX snapshots_proved ON snapshots (source_id, taken_at DESC) WHERE rung IN ('VERIFIED', 'RESTORED');
CREATE INDEX snapshots_not_expired ON snapshots (source_id, taken_at DESC) WHERE rung <> 'EXPIRED';
CREATE INDEX snapshots_restored ON snapshots (source_id, restored_at DESC) WHERE restored_at IS NOT NULL;

-- The source whose backup was restored: its newest measured restore is the first row of an index.
ALTER TABLE backup_restores ADD COLUMN source_id uuid REFERENCES sources;
UPDATE backup_restores b SET source_id = s.source_id FROM snapshots s WHERE s.id = b.snapshot_id;
CREATE FUNCTION backup_restores_of_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.source_id := (SELECT s.source_id FROM snapshots s WHERE s.id = NEW.snapshot_id);
    RETURN NEW;
END $$;
CREATE TRIGGER backup_restores_of_source BEFORE INSERT OR UPDATE OF snapshot_id ON backup_restores
    FOR EACH ROW EXECUTE FUNCTION backup_restores_of_source();
CREATE INDEX backup_restores_measured ON backup_restores (source_id, finished_at DESC)
    WHERE status IN ('COMPLETED', 'UNDONE') AND NOT dry_run AND NOT manual;

-- Legal holds, and copies that go: marked first, removed after a grace, the record kept.
ALTER TABLE snapshots
    ADD COLUMN hold_reason text,
    ADD COLUMN held_by     text,
    ADD COLUMN held_at     timestamptz,
    ADD COLUMN expired_at  timestamptz,
    ADD CONSTRAINT snapshots_hold CHECK ((held_at IS NULL) = (hold_reason IS NULL) AND (held_at IS NULL) = (held_by IS NULL)),
    ADD CONSTRAINT snapshots_held_do_not_expire CHECK (rung <> 'EXPIRED' OR held_at IS NULL);

ALTER TABLE snapshot_copies DROP CONSTRAINT snapshot_copies_state_check;
ALTER TABLE snapshot_copies
    ADD CONSTRAINT snapshot_copies_state_check
        CHECK (state IN ('UPLOADED', 'VERIFIED', 'FAILED', 'CORRUPT', 'REMOVING', 'REMOVED')),
    ADD COLUMN doomed_at     timestamptz,
    ADD COLUMN doomed_by     text,
    ADD COLUMN doomed_why    text,
    ADD COLUMN remove_after  timestamptz,
    ADD COLUMN removing_from text,
    ADD COLUMN remove_try_at timestamptz,
    ADD COLUMN removed_at    timestamptz,
    ADD CONSTRAINT snapshot_copies_doom CHECK (
        (doomed_at IS NULL) = (remove_after IS NULL)
        AND (doomed_at IS NULL) = (doomed_by IS NULL)
        AND (doomed_at IS NULL) = (doomed_why IS NULL)),
    -- Nothing is removed that was not marked before.
    ADD CONSTRAINT snapshot_copies_marked_first CHECK (state NOT IN ('REMOVING', 'REMOVED') OR doomed_at IS NOT NULL);
CREATE INDEX snapshot_copies_to_remove ON snapshot_copies (remove_after)
    WHERE doomed_at IS NOT NULL AND state <> 'REMOVED';

-- When the rules were last looked at. A look is steady when it came in its time after the one before: after a jump of
-- the clock, or months without a server, nothing is marked or removed until an hour has shown that time goes on.
CREATE TABLE retention_looks (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    looked_at timestamptz NOT NULL,
    steady    boolean NOT NULL
);
INSERT INTO retention_looks (looked_at, steady) VALUES (clock_timestamp() - interval '1 hour', false);

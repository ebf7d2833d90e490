-- A backup much smaller than those before it is SUSPECT until a person says that the shrinkage is right; one that was
-- found damaged is so for another reason, and may be both.
ALTER TABLE snapshots
    ADD COLUMN damaged               boolean NOT NULL DEFAULT false,
    ADD COLUMN shrunken              text,
    ADD COLUMN shrunken_accepted_by  text,
    ADD COLUMN shrunken_accepted_why text,
    ADD COLUMN shrunken_accepted_at  timestamptz,
    ADD CONSTRAINT snapshots_shrunken CHECK (
        (shrunken_accepted_at IS NULL) = (shrunken_accepted_by IS NULL)
        AND (shrunken_accepted_at IS NULL) = (shrunken_accepted_why IS NULL)
        AND (shrunken_accepted_at IS NULL OR shrunken IS NOT NULL));
UPDATE snapshots SET damaged = true WHERE rung = 'SUSPECT';
CREATE INDEX snapshots_shrunken_accepted ON snapshots (source_id, taken_at DESC) WHERE shrunken_accepted_at IS NOT NULL;

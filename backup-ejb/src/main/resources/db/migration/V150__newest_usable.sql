-- The dashboard asks of every database for its newest backup that can be restored: with these both questions are answered
-- from two small indexes, and the pages of two large tables stay where they are.
DROP INDEX snapshots_usable;
CREATE INDEX snapshots_usable ON snapshots (source_id, taken_at DESC) INCLUDE (id, rung)
    WHERE rung IN ('UPLOADED', 'VERIFIED', 'RESTORED');
CREATE INDEX snapshot_copies_usable ON snapshot_copies (snapshot_id) WHERE state IN ('UPLOADED', 'VERIFIED');

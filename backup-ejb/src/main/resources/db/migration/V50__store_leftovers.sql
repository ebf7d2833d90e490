-- What a run that came to nothing may have left in a store that did not answer when it was cleaned up.
CREATE TABLE store_leftovers (
    store_id    uuid NOT NULL REFERENCES stores,
    key_prefix  text NOT NULL,
    run_id      uuid NOT NULL REFERENCES backup_runs,
    lease_owner text,
    lease_until timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (store_id, key_prefix)
);
CREATE INDEX backup_restores_left_aside ON backup_restores (queued_at)
    WHERE aside_database IS NOT NULL AND status IN ('FAILED', 'CANCELLED', 'UNDONE');

-- Copies that are read back again: asked for by a person, or next by the budget of bytes a day.
CREATE TABLE copy_readings (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    copy_id          uuid NOT NULL REFERENCES snapshot_copies,
    snapshot_id      uuid NOT NULL REFERENCES snapshots,
    store_id         uuid NOT NULL REFERENCES stores,
    -- null: nobody, it was next
    asked_by         text,
    state            text NOT NULL DEFAULT 'QUEUED' CHECK (state IN ('QUEUED', 'RUNNING', 'DONE')),
    finding          text CHECK (finding IN ('SOUND', 'INTACT', 'CORRUPT', 'UNREACHABLE')),
    words            text NOT NULL DEFAULT '',
    queued_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at       timestamptz,
    finished_at      timestamptz,
    attempt          integer NOT NULL DEFAULT 0,
    lease_owner      text,
    lease_until      timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,
    phase            text,
    done_bytes       bigint NOT NULL DEFAULT 0,
    total_bytes      bigint NOT NULL DEFAULT 0,
    CHECK ((state = 'DONE') = (finding IS NOT NULL)),
    CHECK ((state = 'DONE') = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX copy_readings_one_of_a_copy ON copy_readings (copy_id) WHERE state <> 'DONE';
-- Of those that nobody asked for one goes at a time, whatever number of servers there is.
CREATE UNIQUE INDEX copy_readings_one_by_budget ON copy_readings ((asked_by IS NULL))
    WHERE state <> 'DONE' AND asked_by IS NULL;
CREATE INDEX copy_readings_waiting ON copy_readings (queued_at) WHERE state <> 'DONE';
CREATE INDEX copy_readings_of_snapshot ON copy_readings (snapshot_id, queued_at DESC);
CREATE INDEX copy_readings_of_copy ON copy_readings (copy_id, finished_at DESC);

-- How deeply a copy was read back last, and why not deeper.
ALTER TABLE snapshot_copies
    ADD COLUMN verified_depth text CHECK (verified_depth IN ('WHOLE', 'HASHES')),
    ADD COLUMN verified_note  text;
CREATE INDEX snapshot_copies_to_read ON snapshot_copies (store_id, verified_at NULLS FIRST)
    WHERE state IN ('UPLOADED', 'VERIFIED') AND doomed_at IS NULL;

-- What was read back from each store, and until when its budget is spent.
CREATE TABLE store_readings (
    store_id   uuid PRIMARY KEY REFERENCES stores,
    bytes      bigint NOT NULL DEFAULT 0,
    rest_until timestamptz NOT NULL DEFAULT '-infinity'
);

-- Drills: restores that are done to see whether they work. Their records outlive what they speak of,
-- so what they need of plan, policy, source and target is written into them.
CREATE TABLE drill_plans (
    id              uuid PRIMARY KEY,
    name            text NOT NULL,
    source_id       uuid NOT NULL REFERENCES sources,
    schedule        text NOT NULL DEFAULT '',
    chosen          text NOT NULL CHECK (chosen IN ('LATEST', 'RANDOM')),
    window_days     integer NOT NULL DEFAULT 0,
    target_id       uuid REFERENCES targets,
    newer_major     boolean NOT NULL DEFAULT false,
    checks          text NOT NULL,
    checklist       text NOT NULL DEFAULT '',
    second_reviewer boolean NOT NULL DEFAULT false,
    keep_minutes    integer NOT NULL DEFAULT 0 CHECK (keep_minutes >= 0),
    paused          boolean NOT NULL DEFAULT false,
    retired         boolean NOT NULL DEFAULT false,
    version         integer NOT NULL CHECK (version >= 1),
    last_slot       timestamptz NOT NULL,
    changed_by      text NOT NULL,
    changed_at      timestamptz NOT NULL,
    CHECK ((chosen = 'RANDOM') = (window_days > 0))
);
CREATE UNIQUE INDEX drill_plans_name ON drill_plans (lower(name)) WHERE NOT retired;

-- Numbers for people, D-<year>-<n>: the row is locked by whoever takes one, so none is left out.
CREATE TABLE drill_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

CREATE TABLE drills (
    id                   uuid PRIMARY KEY,
    number               text NOT NULL UNIQUE,
    plan_id              uuid REFERENCES drill_plans,
    plan_name            text,
    plan_version         integer NOT NULL DEFAULT 0,
    checks               text NOT NULL,
    checklist            text NOT NULL DEFAULT '',
    status               text NOT NULL
        CHECK (status IN ('PLANNED', 'RUNNING', 'PASSED', 'PARTIAL', 'FAILED', 'ABORTED', 'REVIEWED', 'SIGNED_OFF')),
    verdict              text CHECK (verdict IN ('PASSED', 'PARTIAL', 'FAILED', 'ABORTED')),
    cause                text NOT NULL CHECK (cause IN ('BY_HAND', 'SCHEDULE', 'RETEST')),
    slot                 timestamptz,
    retest_of            uuid REFERENCES drills,
    ticket               text NOT NULL DEFAULT '',
    source_id            uuid NOT NULL REFERENCES sources,
    source_name          text NOT NULL,
    snapshot_id          uuid NOT NULL REFERENCES snapshots,
    taken_at             timestamptz NOT NULL,
    chosen               text NOT NULL CHECK (chosen IN ('LATEST', 'RANDOM', 'NAMED')),
    window_days          integer NOT NULL DEFAULT 0,
    place                text NOT NULL CHECK (place IN ('THROWAWAY', 'TARGET')),
    target_id            uuid REFERENCES targets,
    target_name          text,
    newer_major          boolean NOT NULL DEFAULT false,
    requested_by         text NOT NULL,
    executor             text NOT NULL,
    queued_at            timestamptz NOT NULL,
    started_at           timestamptz,
    finished_at          timestamptz,
    attempt              integer NOT NULL DEFAULT 0,
    lease_owner          text,
    lease_until          timestamptz,
    cancel_requested     boolean NOT NULL DEFAULT false,
    cancelled_by         text,
    phase                text,
    done_bytes           bigint NOT NULL DEFAULT 0,
    total_bytes          bigint NOT NULL DEFAULT 0,
    policy_version       text NOT NULL,
    rto_seconds          bigint NOT NULL,
    rpo_seconds          bigint NOT NULL,
    data_age_seconds     bigint,
    took_seconds         bigint,
    facts                text NOT NULL DEFAULT '{}',
    failure_code         text,
    failure_reason       text,
    keep_minutes         integer NOT NULL DEFAULT 0,
    kept_until           timestamptz,
    cluster_server       text,
    cluster_directory    text,
    drill_database       text,
    connection           text,
    destroy_requested_by text,
    destroyed_at         timestamptz,
    destroy_result       text,
    second_reviewer      boolean NOT NULL DEFAULT false,
    reviewed_by          text,
    identity_holder      text,
    identity_until       timestamptz,
    UNIQUE (id, requested_by, executor),
    CHECK ((place = 'TARGET') = (target_id IS NOT NULL)),
    CHECK ((status IN ('PLANNED', 'RUNNING')) = (verdict IS NULL)),
    CHECK (status IN ('PLANNED', 'RUNNING', 'REVIEWED', 'SIGNED_OFF') OR status = verdict),
    CHECK ((cause = 'SCHEDULE') = (slot IS NOT NULL)),
    CHECK ((cause = 'RETEST') = (retest_of IS NOT NULL))
);
CREATE UNIQUE INDEX drills_one_per_slot ON drills (plan_id, slot) WHERE slot IS NOT NULL;
CREATE INDEX drills_waiting ON drills (queued_at) WHERE status IN ('PLANNED', 'RUNNING');
CREATE INDEX drills_newest ON drills (queued_at DESC, id DESC);
CREATE INDEX drills_of_source ON drills (source_id, queued_at DESC, id DESC);
CREATE INDEX drills_of_snapshot ON drills (snapshot_id, queued_at DESC);
CREATE INDEX drills_retests ON drills (retest_of) WHERE retest_of IS NOT NULL;
CREATE INDEX drills_left ON drills (queued_at)
    WHERE destroyed_at IS NULL AND (cluster_directory IS NOT NULL OR drill_database IS NOT NULL);

CREATE TABLE drill_checks (
    drill_id uuid NOT NULL REFERENCES drills,
    seq      integer NOT NULL,
    kind     text NOT NULL,
    name     text NOT NULL,
    body     text NOT NULL DEFAULT '',
    demanded boolean NOT NULL,
    expected text NOT NULL,
    actual   text NOT NULL,
    verdict  text NOT NULL CHECK (verdict IN ('PASSED', 'FAILED', 'WARNED', 'NOT_RUN')),
    millis   bigint NOT NULL,
    PRIMARY KEY (drill_id, seq)
);

CREATE TABLE drill_issues (
    id                uuid PRIMARY KEY,
    drill_id          uuid NOT NULL REFERENCES drills,
    title             text NOT NULL CHECK (btrim(title) <> ''),
    check_name        text NOT NULL DEFAULT '',
    owner             text NOT NULL CHECK (btrim(owner) <> ''),
    due_on            text NOT NULL CHECK (due_on ~ '^\d{4}-\d{2}-\d{2}$'),
    corrective_action text NOT NULL DEFAULT '',
    raised_by         text NOT NULL,
    raised_at         timestamptz NOT NULL,
    closed_by         text,
    closed_at         timestamptz,
    resolution        text,
    retest_drill_id   uuid REFERENCES drills,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (resolution IS NULL))
);
CREATE INDEX drill_issues_of_drill ON drill_issues (drill_id, raised_at);
CREATE INDEX drill_issues_open ON drill_issues (due_on) WHERE closed_at IS NULL;

-- Requester and executor are those of the drill, by the key they refer to: nobody signs the own one.
CREATE TABLE drill_signoffs (
    id            uuid PRIMARY KEY,
    drill_id      uuid NOT NULL,
    step          text NOT NULL CHECK (step IN ('REVIEW', 'SIGN_OFF')),
    decision      text NOT NULL CHECK (decision IN ('ACCEPTED', 'REJECTED')),
    made_by       text NOT NULL,
    made_at       timestamptz NOT NULL,
    comment       text NOT NULL DEFAULT '',
    record_sha256 text NOT NULL CHECK (record_sha256 ~ '^[0-9a-f]{64}$'),
    requested_by  text NOT NULL,
    executor      text NOT NULL,
    FOREIGN KEY (drill_id, requested_by, executor) REFERENCES drills (id, requested_by, executor),
    CONSTRAINT drill_signoffs_not_by_the_own CHECK (made_by <> requested_by AND made_by <> executor),
    CONSTRAINT drill_signoffs_say_why CHECK (decision = 'ACCEPTED' OR btrim(comment) <> '')
);
CREATE INDEX drill_signoffs_of_drill ON drill_signoffs (drill_id, made_at);
CREATE UNIQUE INDEX drill_signoffs_once ON drill_signoffs (drill_id)
    WHERE step = 'SIGN_OFF' AND decision = 'ACCEPTED';

-- The chain: every state of a drill's record that was sealed, whole, each carrying the hash of the
-- one before.
CREATE TABLE drill_records (
    seq           bigint PRIMARY KEY CHECK (seq > 0),
    drill_id      uuid NOT NULL REFERENCES drills,
    document      text NOT NULL,
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    previous_hash text NOT NULL CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
    hash          text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
    envelope      text NOT NULL,
    made_at       timestamptz NOT NULL
);
CREATE INDEX drill_records_of_drill ON drill_records (drill_id, seq);

-- One row, locked by whoever appends: it makes the chain a chain.
CREATE TABLE drill_record_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq  bigint NOT NULL,
    hash text NOT NULL
);
INSERT INTO drill_record_head (seq, hash) VALUES (0, repeat('0', 64));

CREATE FUNCTION drill_records_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps its rows: % refused', TG_TABLE_NAME, TG_OP;
END $$;
CREATE TRIGGER drills_stay BEFORE DELETE OR TRUNCATE ON drills
    FOR EACH STATEMENT EXECUTE FUNCTION drill_records_stay();
CREATE TRIGGER drill_checks_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON drill_checks
    FOR EACH STATEMENT EXECUTE FUNCTION drill_records_stay();
CREATE TRIGGER drill_issues_stay BEFORE DELETE OR TRUNCATE ON drill_issues
    FOR EACH STATEMENT EXECUTE FUNCTION drill_records_stay();
CREATE TRIGGER drill_signoffs_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON drill_signoffs
    FOR EACH STATEMENT EXECUTE FUNCTION drill_records_stay();
CREATE TRIGGER drill_records_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON drill_records
    FOR EACH STATEMENT EXECUTE FUNCTION drill_records_stay();

-- The catalog. Names that operators meet in the runbooks are kept: backup_restores.

CREATE TABLE sources (
    id           uuid PRIMARY KEY,
    name         text NOT NULL UNIQUE,
    origin       text NOT NULL CHECK (origin IN ('CONFIGURATION', 'CATALOG')),
    redacted_url text NOT NULL,
    sealed_url   text,
    retired      boolean NOT NULL DEFAULT false,
    CHECK ((origin = 'CATALOG') = (sealed_url IS NOT NULL))
);

CREATE TABLE stores (
    id            uuid PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    origin        text NOT NULL CHECK (origin IN ('CONFIGURATION', 'CATALOG')),
    kind          text NOT NULL CHECK (kind IN ('DIRECTORY', 'S3')),
    directory     text,
    endpoint      text,
    region        text,
    bucket        text,
    prefix        text NOT NULL DEFAULT '',
    access_key_id text,
    sealed_secret text,
    retired       boolean NOT NULL DEFAULT false,
    CHECK (kind <> 'DIRECTORY' OR directory IS NOT NULL),
    CHECK (kind <> 'S3' OR (endpoint IS NOT NULL AND bucket IS NOT NULL))
);

CREATE TABLE targets (
    id               uuid PRIMARY KEY,
    name             text NOT NULL UNIQUE,
    origin           text NOT NULL CHECK (origin IN ('CONFIGURATION', 'CATALOG')),
    redacted_url     text NOT NULL,
    sealed_url       text,
    production       boolean NOT NULL,
    in_place_allowed boolean NOT NULL,
    four_eyes        boolean NOT NULL,
    kept_hours       integer NOT NULL CHECK (kept_hours >= 1),
    command          text NOT NULL DEFAULT '',
    command_seconds  integer NOT NULL CHECK (command_seconds > 0),
    retired          boolean NOT NULL DEFAULT false,
    CHECK ((origin = 'CATALOG') = (sealed_url IS NOT NULL))
);

CREATE TABLE backup_runs (
    id               uuid PRIMARY KEY,
    source_id        uuid NOT NULL REFERENCES sources,
    requested_by     text NOT NULL,
    format           text NOT NULL CHECK (format IN ('CUSTOM', 'PLAIN_GZ')),
    row_proof        text NOT NULL CHECK (row_proof IN ('OFF', 'COUNTS', 'HASHES')),
    state            text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    policy_version   text NOT NULL,
    queued_at        timestamptz NOT NULL,
    not_before       timestamptz NOT NULL,
    started_at       timestamptz,
    finished_at      timestamptz,
    attempt          integer NOT NULL DEFAULT 0,
    lease_owner      text,
    lease_until      timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,
    phase            text,
    raw_bytes        bigint NOT NULL DEFAULT 0,
    stored_bytes     bigint NOT NULL DEFAULT 0,
    estimate_bytes   bigint NOT NULL DEFAULT 0,
    failure_code     text,
    failure_text     text
);
CREATE INDEX backup_runs_waiting ON backup_runs (not_before) WHERE state IN ('QUEUED', 'RUNNING');
CREATE INDEX backup_runs_newest ON backup_runs (queued_at DESC, id DESC);
CREATE INDEX backup_runs_of_source ON backup_runs (source_id, queued_at DESC, id DESC);

CREATE TABLE snapshots (
    id              uuid PRIMARY KEY REFERENCES backup_runs,
    source_id       uuid NOT NULL REFERENCES sources,
    rung            text NOT NULL CHECK (rung IN ('UPLOADED', 'VERIFIED', 'RESTORED', 'SUSPECT', 'EXPIRED')),
    format          text NOT NULL CHECK (format IN ('CUSTOM', 'PLAIN_GZ')),
    key_prefix      text NOT NULL UNIQUE,
    taken_at        timestamptz NOT NULL,
    raw_bytes       bigint NOT NULL,
    stored_bytes    bigint NOT NULL,
    server_major    integer NOT NULL,
    manifest        text NOT NULL,
    manifest_sha256 text NOT NULL,
    committed_at    timestamptz NOT NULL,
    verified_at     timestamptz,
    restored_at     timestamptz,
    doubt           text
);
CREATE INDEX snapshots_of_source ON snapshots (source_id, taken_at DESC);

CREATE TABLE snapshot_copies (
    id          uuid PRIMARY KEY,
    snapshot_id uuid NOT NULL REFERENCES snapshots,
    store_id    uuid NOT NULL REFERENCES stores,
    state       text NOT NULL CHECK (state IN ('UPLOADED', 'VERIFIED', 'FAILED', 'CORRUPT')),
    failure     text,
    attempt     integer NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    uploaded_at timestamptz,
    verified_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    UNIQUE (snapshot_id, store_id)
);
CREATE INDEX snapshot_copies_due ON snapshot_copies (next_try_at) WHERE next_try_at IS NOT NULL;

-- The defaults let an operator enter a restore done by hand with a plain INSERT.
CREATE TABLE backup_restores (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    snapshot_id       uuid REFERENCES snapshots,
    target_id         uuid REFERENCES targets,
    mode              text NOT NULL DEFAULT 'IN_PLACE_CLEAN'
        CHECK (mode IN ('ASIDE_SWAP', 'NEW_NAME', 'IN_PLACE_CLEAN', 'IN_PLACE_SCHEMA')),
    dry_run           boolean NOT NULL DEFAULT false,
    include_globals   boolean NOT NULL DEFAULT false,
    new_name          text,
    status            text NOT NULL
        CHECK (status IN ('AWAITING_APPROVAL', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'REJECTED', 'CANCELLED', 'UNDONE')),
    requested_by      text NOT NULL DEFAULT current_user,
    reason            text,
    checklist         text NOT NULL DEFAULT '',
    plan_hash         text,
    approved_by       text,
    approved_at       timestamptz,
    queued_at         timestamptz NOT NULL DEFAULT now(),
    started_at        timestamptz,
    finished_at       timestamptz,
    attempt           integer NOT NULL DEFAULT 0,
    lease_owner       text,
    lease_until       timestamptz,
    cancel_requested  boolean NOT NULL DEFAULT false,
    undo_requested_by text,
    phase             text,
    done_bytes        bigint NOT NULL DEFAULT 0,
    total_bytes       bigint NOT NULL DEFAULT 0,
    aside_database    text,
    kept_database     text,
    kept_until        timestamptz,
    result            text,
    failure_code      text,
    failure_reason    text,
    metadata          text NOT NULL DEFAULT '{}',
    manual            boolean NOT NULL DEFAULT true,
    CHECK (approved_by <> requested_by),
    CHECK (manual OR (snapshot_id IS NOT NULL AND target_id IS NOT NULL AND plan_hash IS NOT NULL)),
    CHECK (NOT manual OR status IN ('COMPLETED', 'FAILED')),
    CHECK ((kept_database IS NULL) = (kept_until IS NULL))
);
CREATE UNIQUE INDEX backup_restores_one_per_target ON backup_restores (target_id)
    WHERE status IN ('AWAITING_APPROVAL', 'QUEUED', 'RUNNING');
CREATE INDEX backup_restores_waiting ON backup_restores (queued_at)
    WHERE status IN ('QUEUED', 'RUNNING') OR undo_requested_by IS NOT NULL;
CREATE INDEX backup_restores_newest ON backup_restores (queued_at DESC, id DESC);
CREATE INDEX backup_restores_of_snapshot ON backup_restores (snapshot_id, queued_at DESC, id DESC);
CREATE INDEX backup_restores_kept ON backup_restores (kept_until) WHERE kept_database IS NOT NULL;

CREATE TABLE restore_checks (
    restore_id uuid NOT NULL REFERENCES backup_restores,
    seq        integer NOT NULL,
    name       text NOT NULL,
    expected   text NOT NULL,
    actual     text NOT NULL,
    passed     boolean NOT NULL,
    PRIMARY KEY (restore_id, seq)
);

-- Log lines and measured phases of backup runs and restores alike: work_id is the id of either.
CREATE TABLE work_log (
    seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_id uuid NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    level   text NOT NULL CHECK (level IN ('INFO', 'WARN', 'ERROR')),
    text    text NOT NULL
);
CREATE INDEX work_log_of_work ON work_log (work_id, seq);

CREATE TABLE work_phases (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_id     uuid NOT NULL,
    attempt     integer NOT NULL,
    name        text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    bytes       bigint NOT NULL DEFAULT 0,
    total_bytes bigint NOT NULL DEFAULT 0
);
CREATE INDEX work_phases_of_work ON work_phases (work_id, id);

CREATE TABLE users (
    id              uuid PRIMARY KEY,
    name            text NOT NULL UNIQUE,
    password_hash   text NOT NULL,
    role            text NOT NULL CHECK (role IN ('SUPER_GURU', 'ADMIN', 'OPERATOR', 'AUDITOR')),
    disabled        boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    last_sign_in_at timestamptz
);

CREATE TABLE totp_devices (
    user_id       uuid PRIMARY KEY REFERENCES users,
    sealed_secret text NOT NULL,
    active        boolean NOT NULL DEFAULT false,
    last_step     bigint NOT NULL DEFAULT 0,
    failures      integer NOT NULL DEFAULT 0,
    blocked_until timestamptz,
    created_at    timestamptz NOT NULL
);

CREATE TABLE api_tokens (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users,
    name         text NOT NULL,
    token_hash   text NOT NULL UNIQUE,
    role         text NOT NULL CHECK (role IN ('SUPER_GURU', 'ADMIN', 'OPERATOR', 'AUDITOR')),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz
);

CREATE TABLE audit_log (
    seq           bigint PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor         text NOT NULL,
    action        text NOT NULL,
    subject       text NOT NULL,
    detail        text NOT NULL,
    previous_hash text NOT NULL,
    hash          text NOT NULL UNIQUE
);

-- One row, locked by whoever appends: it makes the chain a chain.
CREATE TABLE audit_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq  bigint NOT NULL,
    hash text NOT NULL
);
INSERT INTO audit_head (seq, hash) VALUES (0, repeat('0', 64));

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append only: % refused', TG_OP;
END $$;
CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

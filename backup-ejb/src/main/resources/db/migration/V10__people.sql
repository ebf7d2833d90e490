-- Invitations by one-time links, recovery codes, and the sessions of browsers.

-- True after the authenticator was reset: the password alone opens nothing until a link was used.
ALTER TABLE users ADD COLUMN must_enrol boolean NOT NULL DEFAULT false;

CREATE TABLE invitations (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('JOIN', 'AUTHENTICATOR')),
    user_name    text NOT NULL,
    role         text NOT NULL CHECK (role IN ('SUPER_GURU', 'ADMIN', 'OPERATOR', 'AUDITOR')),
    token_hash   text NOT NULL UNIQUE,
    invited_by   text NOT NULL,
    invited_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    withdrawn_at timestamptz,
    CHECK (used_at IS NULL OR withdrawn_at IS NULL)
);
CREATE UNIQUE INDEX invitations_one_per_name ON invitations (user_name)
    WHERE used_at IS NULL AND withdrawn_at IS NULL;

CREATE TABLE recovery_codes (
    user_id   uuid NOT NULL REFERENCES users,
    code_hash text NOT NULL,
    made_at   timestamptz NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (user_id, code_hash)
);

-- The id is not what the browser holds: it opens nothing.
CREATE TABLE browser_sessions (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users,
    address      text NOT NULL,
    browser      text NOT NULL,
    recovered    boolean NOT NULL DEFAULT false,
    started_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX browser_sessions_open ON browser_sessions (user_id) WHERE ended_at IS NULL;

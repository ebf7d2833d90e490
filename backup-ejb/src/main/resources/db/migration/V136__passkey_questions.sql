-- What a session was asked to show a passkey for: one act with exactly these parameters, once.
CREATE TABLE passkey_questions (
    challenge  text PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES browser_sessions ON DELETE CASCADE,
    operation  text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_questions_of_session ON passkey_questions (session_id);

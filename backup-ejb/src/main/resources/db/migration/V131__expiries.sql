-- What was seen of things that end by themselves: certificates, and logins with an end.
CREATE TABLE expiries (
    kind       text NOT NULL CHECK (kind IN ('CERTIFICATE_EXPIRES', 'CREDENTIAL_EXPIRES')),
    subject    text NOT NULL,
    what       text NOT NULL,
    expires_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, subject)
);

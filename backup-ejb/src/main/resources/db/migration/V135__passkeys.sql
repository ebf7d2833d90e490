-- Passkeys (WebAuthn): public keys whose private halves the people's authenticators keep.
CREATE TABLE passkeys (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users,
    name          text NOT NULL,
    -- As the authenticator chose it, Base64url without padding.
    credential_id text NOT NULL UNIQUE,
    -- Attested credential data (WebAuthn, section 6.5.1): AAGUID, id, public key.
    credential    bytea NOT NULL,
    signatures    bigint NOT NULL CHECK (signatures >= 0),
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz,
    suspect_at    timestamptz
);
CREATE INDEX passkeys_of_user ON passkeys (user_id);

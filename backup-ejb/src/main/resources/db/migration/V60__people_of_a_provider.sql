-- People whom an OpenID provider vouches for: known by issuer and subject, without a password.

ALTER TABLE users
    ADD COLUMN origin  text NOT NULL DEFAULT 'LOCAL' CHECK (origin IN ('LOCAL', 'OIDC')),
    ADD COLUMN issuer  text,
    ADD COLUMN subject text,
    ALTER COLUMN password_hash DROP NOT NULL,
    ADD CHECK ((origin = 'LOCAL') = (password_hash IS NOT NULL)),
    ADD CHECK ((origin = 'OIDC') = (issuer IS NOT NULL)),
    ADD CHECK ((issuer IS NULL) = (subject IS NULL)),
    ADD UNIQUE (issuer, subject);

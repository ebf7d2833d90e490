-- A one-time link may also let somebody choose another password.
ALTER TABLE invitations DROP CONSTRAINT invitations_kind_check;
ALTER TABLE invitations ADD CONSTRAINT invitations_kind_check
    CHECK (kind IN ('JOIN', 'AUTHENTICATOR', 'PASSWORD'));

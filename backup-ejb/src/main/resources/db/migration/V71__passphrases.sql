-- An identity that a passphrase opens, as an age file in armor: ciphertext, put into RECOVER.md of
-- each backup that is encrypted to its key. The passphrase is kept nowhere.
ALTER TABLE recipients ADD COLUMN protected_identity text;

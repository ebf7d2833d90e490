-- Who said last that a connection fails once a certificate has ended, and when: of several servers the strictest one's word
-- counts for as long as that one looks.
ALTER TABLE expiries ADD COLUMN verified_by text;
ALTER TABLE expiries ADD COLUMN verified_at timestamptz;

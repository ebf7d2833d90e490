-- How long a restore into a target waits for a second person.
ALTER TABLE targets
    ADD COLUMN approval_hours integer NOT NULL DEFAULT 24 CHECK (approval_hours BETWEEN 1 AND 720);

-- A trial runs checks that are still being written. It leaves a record and counts for nothing.
ALTER TABLE drills DROP CONSTRAINT drills_cause_check;
ALTER TABLE drills ADD CONSTRAINT drills_cause_check CHECK (cause IN ('BY_HAND', 'SCHEDULE', 'RETEST', 'TRIAL'));
ALTER TABLE drills ADD CONSTRAINT drills_no_trial_signed
    CHECK (cause <> 'TRIAL' OR status NOT IN ('REVIEWED', 'SIGNED_OFF'));

-- By which token something was asked for that waits: where it is revoked meanwhile, nothing is done on its word.
ALTER TABLE backup_restores ADD COLUMN requested_by_token uuid REFERENCES api_tokens;
ALTER TABLE approvals ADD COLUMN requested_by_token uuid REFERENCES api_tokens;

CREATE OR REPLACE FUNCTION approvals_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approvals are kept: DELETE refused';
    END IF;
    IF OLD.status <> 'REQUESTED' THEN
        RAISE EXCEPTION 'approval % is %: it is not changed any more', OLD.id, OLD.status;
    END IF;
    IF (NEW.id, NEW.operation, NEW.subject, NEW.parameters, NEW.what, NEW.plan, NEW.production, NEW.plan_hash,
        NEW.reason, NEW.requested_by, NEW.requested_by_token, NEW.requested_at, NEW.expires_at)
       IS DISTINCT FROM
       (OLD.id, OLD.operation, OLD.subject, OLD.parameters, OLD.what, OLD.plan, OLD.production, OLD.plan_hash,
        OLD.reason, OLD.requested_by, OLD.requested_by_token, OLD.requested_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'approval %: what was asked for does not change', OLD.id;
    END IF;
    RETURN NEW;
END $$;

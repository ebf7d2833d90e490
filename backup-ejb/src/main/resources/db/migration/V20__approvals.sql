-- Acts that wait for a second person. What is not allowed is not allowed here either: nobody
-- approves their own, what was asked for does not change while it waits, and nothing is taken back.

CREATE TABLE approvals (
    id           uuid PRIMARY KEY,
    operation    text NOT NULL,
    subject      text NOT NULL,
    parameters   text NOT NULL,
    what         text NOT NULL,
    plan         text NOT NULL,
    production   boolean NOT NULL,
    plan_hash    text NOT NULL,
    reason       text NOT NULL CHECK (btrim(reason) <> ''),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > requested_at),
    status       text NOT NULL
        CHECK (status IN ('REQUESTED', 'APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN', 'REFUSED_AT_ACT')),
    decided_by   text,
    decided_at   timestamptz,
    decision     text,
    break_glass  boolean NOT NULL DEFAULT false,
    CHECK ((status = 'REQUESTED') = (decided_at IS NULL)),
    CHECK ((status = 'REQUESTED') = (decided_by IS NULL)),
    CONSTRAINT approvals_second_person
        CHECK (status <> 'APPROVED' OR break_glass OR decided_by <> requested_by),
    CONSTRAINT approvals_break_glass_reason
        CHECK (NOT break_glass OR (status = 'APPROVED' AND decision IS NOT NULL AND char_length(btrim(decision)) >= 20))
);
CREATE UNIQUE INDEX approvals_once ON approvals (operation, md5(parameters)) WHERE status = 'REQUESTED';
CREATE INDEX approvals_newest ON approvals (requested_at DESC, id DESC);

CREATE FUNCTION approvals_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approvals are kept: DELETE refused';
    END IF;
    IF OLD.status <> 'REQUESTED' THEN
        RAISE EXCEPTION 'approval % is %: it is not changed any more', OLD.id, OLD.status;
    END IF;
    IF (NEW.id, NEW.operation, NEW.subject, NEW.parameters, NEW.what, NEW.plan, NEW.production, NEW.plan_hash,
        NEW.reason, NEW.requested_by, NEW.requested_at, NEW.expires_at)
       IS DISTINCT FROM
       (OLD.id, OLD.operation, OLD.subject, OLD.parameters, OLD.what, OLD.plan, OLD.production, OLD.plan_hash,
        OLD.reason, OLD.requested_by, OLD.requested_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'approval %: what was asked for does not change', OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approvals_stay BEFORE UPDATE OR DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION approvals_stay();

-- Restores have their own record; it learns until when it waits, what would be lost, who said no,
-- and whether one person alone broke the glass.
ALTER TABLE backup_restores
    ADD COLUMN approval_until     timestamptz,
    ADD COLUMN lost               text NOT NULL DEFAULT '',
    ADD COLUMN rejected_by        text,
    ADD COLUMN break_glass        boolean NOT NULL DEFAULT false,
    ADD COLUMN break_glass_by     text,
    ADD COLUMN break_glass_at     timestamptz,
    ADD COLUMN break_glass_reason text,
    ADD CONSTRAINT backup_restores_break_glass CHECK (
        break_glass = (break_glass_by IS NOT NULL)
        AND break_glass = (break_glass_at IS NOT NULL)
        AND break_glass = (break_glass_reason IS NOT NULL)
        AND (NOT break_glass OR char_length(btrim(break_glass_reason)) >= 20));
UPDATE backup_restores SET approval_until = queued_at + interval '24 hours'
    WHERE status = 'AWAITING_APPROVAL' OR approved_by IS NOT NULL OR failure_code = 'RESTORE-REJECTED';
CREATE INDEX backup_restores_unapproved ON backup_restores (approval_until) WHERE status = 'AWAITING_APPROVAL';
CREATE INDEX backup_restores_broken_glass ON backup_restores (break_glass_at) WHERE break_glass;

CREATE FUNCTION backup_restores_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'AWAITING_APPROVAL'
       AND NEW.status NOT IN ('AWAITING_APPROVAL', 'REJECTED', 'CANCELLED')
       AND NEW.approved_by IS NULL AND NOT NEW.break_glass THEN
        RAISE EXCEPTION 'restore % waits for a second person', OLD.id;
    END IF;
    IF (OLD.approved_by IS NOT NULL AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
       OR (OLD.break_glass
           AND (NEW.break_glass, NEW.break_glass_by, NEW.break_glass_at, NEW.break_glass_reason)
               IS DISTINCT FROM
               (OLD.break_glass, OLD.break_glass_by, OLD.break_glass_at, OLD.break_glass_reason)) THEN
        RAISE EXCEPTION 'restore %: who let it through is not changed', OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER backup_restores_second_person BEFORE UPDATE ON backup_restores
    FOR EACH ROW EXECUTE FUNCTION backup_restores_second_person();

-- Everything that waits for a second person or did, in one list.
CREATE VIEW approval_inbox AS
SELECT a.id, 'OPERATION' AS kind, a.operation, a.subject, a.what, a.production, a.reason, a.requested_by,
       a.requested_at, a.expires_at, a.status, a.decided_by, a.decided_at, a.decision, a.break_glass, a.plan_hash
FROM approvals a
UNION ALL
SELECT r.id, 'RESTORE', 'restore', 'target/' || t.name,
       'Restore ' || s.name || ' of ' || to_char(n.taken_at AT TIME ZONE 'UTC', 'FMDD Mon YYYY HH24:MI') || ' UTC into ' || t.name,
       t.production, coalesce(r.reason, ''), r.requested_by, r.queued_at, r.approval_until,
       CASE
           WHEN r.status = 'AWAITING_APPROVAL' THEN 'REQUESTED'
           WHEN r.break_glass OR r.approved_by IS NOT NULL THEN 'APPROVED'
           WHEN r.failure_code = 'RESTORE-EXPIRED' THEN 'EXPIRED'
           WHEN r.status = 'REJECTED' THEN 'REJECTED'
           ELSE 'WITHDRAWN'
       END,
       coalesce(r.break_glass_by, r.approved_by, r.rejected_by),
       coalesce(r.break_glass_at, r.approved_at, r.finished_at),
       CASE WHEN r.break_glass THEN r.break_glass_reason WHEN r.status = 'REJECTED' THEN r.failure_reason END,
       r.break_glass, r.plan_hash
FROM backup_restores r
JOIN snapshots n ON n.id = r.snapshot_id
JOIN sources s ON s.id = n.source_id
JOIN targets t ON t.id = r.target_id
WHERE r.approval_until IS NOT NULL;

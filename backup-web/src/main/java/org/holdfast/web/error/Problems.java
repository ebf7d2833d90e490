package org.holdfast.web.error;

import jakarta.ejb.EJBAccessException;
import jakarta.ejb.EJBException;
import jakarta.ws.rs.WebApplicationException;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.domain.shared.Refused;

/** Turns whatever was thrown into a {@link Problem}. */
public final class Problems {
    private static final Logger LOG = Logger.getLogger(Problems.class.getName());

    private Problems() {}

    /**
     * A refusal keeps its words. Everything else is logged with a new error id and told without any
     * of its words, because these may hold what a stranger must not read.
     */
    public static Problem of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = next(cause)) {
            if (cause instanceof Refused refused) {
                return Problem.of(
                        status(refused.code()),
                        refused.code(),
                        refused.getMessage(),
                        refused.remedy(),
                        null);
            }
            if (cause instanceof EJBAccessException) {
                return of(roleMissing());
            }
            if (cause instanceof WebApplicationException http) {
                int status = http.getResponse().getStatus();
                if (status >= 400 && status < 500) {
                    return ofHttp(status);
                }
            }
        }
        String id = UUID.randomUUID().toString();
        LOG.log(Level.SEVERE, "Unexpected error " + id, thrown);
        return Problem.of(
                500,
                "UNEXPECTED",
                "Something unexpected went wrong; it was logged as error " + id + ".",
                "Look for " + id + " in the server's log.",
                id);
    }

    /** What the container says by an EJBAccessException. */
    static Refused roleMissing() {
        return new Refused(
                "ROLE",
                "Your role does not allow this.",
                "Ask somebody who has the role to do it, or a SUPER_GURU to change yours.");
    }

    /** Which status a refusal has, by its code: the one table. */
    static int status(String code) {
        return switch (code) {
            case "REQUEST-BODY", "REQUEST-FIELD", "REQUEST-PARAMETER", "BAD-CURSOR" -> 400;
            case "SIGN-IN" -> 401;
            case "ROLE",
                    "RESTORE-4EYES",
                    "APPROVAL-OWN",
                    "APPROVAL-NOT-YOURS",
                    "BREAK-GLASS-OFF",
                    "DRILL-OWN",
                    "DRILL-SAME-REVIEWER",
                    "BOOTSTRAP-TOKEN" ->
                    403;
            case "NOT-FOUND" -> 404;
            case "APPROVAL-DECIDED",
                    "APPROVAL-EXPIRED",
                    "APPROVAL-PLAN-CHANGED",
                    "APPROVAL-WAITS",
                    "BACKUP-ENDED",
                    "IMPORT-KNOWN",
                    "PAYLOAD-COPY",
                    "PAYLOAD-OVER",
                    "DRILL-ISSUE-CLOSED",
                    "DRILL-NOT-ENDED",
                    "DRILL-RECORD-CHANGED",
                    "DRILL-REVIEWED",
                    "DRILL-REVIEW-FIRST",
                    "DRILL-SIGNED",
                    "DRILL-TRIAL",
                    "REQUESTER",
                    "RESTORE-BUSY",
                    "RESTORE-ENDED",
                    "UNDO-BEGUN",
                    "RESTORE-EXPIRED",
                    "RESTORE-PLAN-CHANGED",
                    "RESTORE-NOT-WAITING",
                    "RESTORE-NO-UNDO",
                    "RESTORE-UNDO-EXPIRED",
                    "RESTORE-SUSPECT",
                    "RESTORE-UNVERIFIED",
                    "SHRINKAGE-NONE",
                    "VERIFY-RUNNING",
                    "KEY-NEEDED",
                    "KEY-LAST-TWO",
                    "KEY-LAST-ESCROW",
                    "KEY-BUSY",
                    "KEY-RETIRED",
                    "KEY-KNOWN",
                    "KEY-PROOF-OVER",
                    "NAME-TAKEN",
                    "PLACE-BUSY",
                    "POLICY-MOVED",
                    "POLICY-SAME",
                    "PLACE-RETIRED",
                    "STORE-ONLY-COPY",
                    "TARGET-WEAKER",
                    "SET-BY-CONFIGURATION",
                    "SOURCE-RETIRED",
                    "TARGET-RETIRED",
                    "DRILL-ENDED",
                    "DRILL-NOTHING-KEPT",
                    "DRILL-PLAN-CHANGED",
                    "DRILL-PLAN-RETIRED",
                    "DRILL-PLAN-TAKEN",
                    "BOOTSTRAP-DONE",
                    "INVITATION",
                    "TOTP-NONE",
                    "TOTP-THERE",
                    "USER-LAST" ->
                    409;
            case "POLICY-STALE" -> 412;
            case "REQUEST-SIZE" -> 413;
            case "TOO-MANY-REQUESTS",
                    "AUDIT-BUSY",
                    "IMPACT-BUSY",
                    "PASSWORD-BUSY",
                    "KEY-PASSPHRASE-BUSY",
                    "KEY-PASSPHRASE-WAIT" ->
                    429;
            default -> code.startsWith("STEP-UP") ? 403 : 422;
        };
    }

    /** What a status says by itself. */
    static Problem ofHttp(int status) {
        return switch (status) {
            case 401 ->
                    Problem.of(
                            401,
                            "SIGN-IN",
                            "Nobody is signed in.",
                            "Send a token made in the console: Authorization: Bearer ….",
                            null);
            case 403 -> of(roleMissing());
            case 404 ->
                    Problem.of(
                            404,
                            "NOT-FOUND",
                            "There is nothing under this address.",
                            "See /openapi for the addresses that exist.",
                            null);
            case 405 ->
                    Problem.of(
                            405,
                            "REQUEST-METHOD",
                            "This address does not take this method.",
                            "See the Allow header, or /openapi.",
                            null);
            case 406 ->
                    Problem.of(
                            406,
                            "REQUEST-ACCEPT",
                            "The answer is to be had as application/json only.",
                            "Send Accept: application/json.",
                            null);
            case 413 ->
                    Problem.of(
                            413,
                            "REQUEST-SIZE",
                            "The body is larger than 64 KiB.",
                            "Send less; see /openapi for what is expected.",
                            null);
            case 415 ->
                    Problem.of(
                            415,
                            "REQUEST-TYPE",
                            "The body has to be application/json.",
                            "Send Content-Type: application/json.",
                            null);
            default ->
                    Problem.of(
                            status,
                            "REQUEST",
                            "The request cannot be understood.",
                            "See /openapi for what is expected.",
                            null);
        };
    }

    private static Throwable next(Throwable thrown) {
        if (thrown instanceof EJBException ejb && ejb.getCausedByException() != null) {
            return ejb.getCausedByException();
        }
        return thrown.getCause() == thrown ? null : thrown.getCause();
    }
}

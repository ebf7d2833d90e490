package org.holdfast.adapter.s3;

import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;

/** Turns what a store or the way to it did into what a caller decides by. */
final class Trouble {
    private static final String[] WRONG_KEY = {
        "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity"
    };
    private static final String[] OLD_KEY = {
        "ExpiredToken", "InvalidToken", "TokenRefreshRequired"
    };

    private final StoreAccess.Bucket access;

    Trouble(StoreAccess.Bucket access) {
        this.access = access;
    }

    /** What to do about a failed attempt. */
    enum Advice {
        /** Nothing changes by itself. */
        GIVE_UP,
        /** The bytes were damaged on the way: a few more times. */
        SEND_AGAIN,
        /** Until the deadline. */
        WAIT
    }

    /** The exception that says something, out of those that only carry it. */
    static Throwable cause(Throwable thrown) {
        Throwable at = thrown;
        while ((at instanceof ExecutionException || at instanceof CompletionException)
                && at.getCause() != null) {
            at = at.getCause();
        }
        if (at instanceof io.minio.errors.MinioException
                && at.getCause() instanceof java.io.IOException io) {
            return io;
        }
        return at;
    }

    static Advice advice(Throwable cause) {
        if (cause instanceof StoreFailure || cause instanceof Addresses.Forbidden) {
            return Advice.GIVE_UP;
        }
        if (cause instanceof Answered answer) {
            if (isDamage(answer)) {
                return Advice.SEND_AGAIN;
            }
            int status = answer.status();
            boolean busy =
                    status == 408
                            || status == 429
                            || (status >= 500 && status != 501 && status != 507)
                            || answer.is(
                                    "InternalError",
                                    "SlowDown",
                                    "ServiceUnavailable",
                                    "RequestTimeout",
                                    "OperationAborted",
                                    "Throttling");
            return busy ? Advice.WAIT : Advice.GIVE_UP;
        }
        if (isDistrust(cause)) {
            return Advice.GIVE_UP;
        }
        return cause instanceof java.io.IOException
                        || cause instanceof io.minio.errors.XmlParserException
                ? Advice.WAIT
                : Advice.GIVE_UP;
    }

    private static boolean isDamage(Answered answer) {
        return answer.is(
                "BadDigest",
                "InvalidDigest",
                "XAmzContentSHA256Mismatch",
                "XAmzContentChecksumMismatch",
                "IncompleteBody");
    }

    /** Whether the store does not take the request at all, whatever it asks for. */
    static boolean aboutTheKey(Answered answer) {
        return answer.is(WRONG_KEY)
                || answer.is(OLD_KEY)
                || answer.is("RequestTimeTooSkewed", "AuthorizationHeaderMalformed");
    }

    private static boolean isDistrust(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CertificateException || at instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return false;
    }

    /**
     * @param doing what was tried, to follow "could not", e.g. {@code read orders/1}
     */
    StoreFailure with(String doing, Throwable cause) {
        if (cause instanceof StoreFailure known) {
            return known;
        }
        if (cause instanceof Answered answer) {
            return answered(doing, answer);
        }
        if (cause instanceof Addresses.Forbidden) {
            return new StoreFailure(
                    Kind.DENIED,
                    who() + " is not spoken to: " + cause.getMessage() + ". Check S3_ENDPOINT.",
                    cause);
        }
        if (isDistrust(cause)) {
            return new StoreFailure(
                    Kind.DENIED,
                    who()
                            + " is not trusted: "
                            + reason(cause)
                            + ". Check S3_ENDPOINT, or add its certificate authority to the"
                            + " server's trust store.",
                    cause);
        }
        return new StoreFailure(
                Kind.UNREACHABLE,
                who() + " could not " + doing + ": " + reason(cause) + ".",
                cause);
    }

    private StoreFailure answered(String doing, Answered answer) {
        if (answer.is("NoSuchBucket")) {
            return new StoreFailure(
                    Kind.MISSING,
                    who()
                            + " has no bucket \""
                            + access.bucket()
                            + "\". Create it, or check S3_BUCKET.",
                    answer);
        }
        if (answer.status() == 404) {
            return new StoreFailure(
                    Kind.MISSING,
                    who() + " could not " + doing + ": " + answer.brief() + ".",
                    answer);
        }
        if (answer.status() == 507
                || answer.is("QuotaExceeded", "InsufficientCapacity", "XMinioStorageFull")) {
            return new StoreFailure(
                    Kind.NO_SPACE,
                    who()
                            + " could not "
                            + doing
                            + ": it is full ("
                            + answer.brief()
                            + "). Raise its quota or shorten the retention.",
                    answer);
        }
        if (isDamage(answer)) {
            return new StoreFailure(
                    Kind.CORRUPT,
                    who()
                            + " could not "
                            + doing
                            + ": the bytes arrived damaged each time ("
                            + answer.brief()
                            + "). Check the network between here and the store.",
                    answer);
        }
        if (answer.is(WRONG_KEY)) {
            return denied(
                    "refused the access key: "
                            + answer.code()
                            + ". Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.",
                    answer);
        }
        if (answer.is(OLD_KEY)) {
            return denied(
                    "refused the access key: "
                            + answer.code()
                            + ". Make a new one and set S3_ACCESS_KEY_ID and"
                            + " S3_SECRET_ACCESS_KEY.",
                    answer);
        }
        if (answer.is("RequestTimeTooSkewed")) {
            return denied(
                    "refused the request: RequestTimeTooSkewed. Set this server's clock.", answer);
        }
        if (answer.is("AuthorizationHeaderMalformed", "IllegalLocationConstraintException")
                || (answer.status() >= 300 && answer.status() < 400)) {
            return denied(
                    "is elsewhere: " + answer.getMessage() + ". Check S3_REGION and S3_ENDPOINT.",
                    answer);
        }
        if (answer.status() == 401 || answer.status() == 403) {
            return denied(
                    "did not allow to "
                            + doing
                            + ": "
                            + answer.brief()
                            + ". Give S3_ACCESS_KEY_ID that permission on bucket \""
                            + access.bucket()
                            + "\".",
                    answer);
        }
        if (advice(answer) == Advice.WAIT) {
            return new StoreFailure(
                    Kind.UNREACHABLE,
                    who() + " could not " + doing + ": " + answer.getMessage() + ".",
                    answer);
        }
        return denied("refused to " + doing + ": " + answer.getMessage() + ".", answer);
    }

    private StoreFailure denied(String what, Answered answer) {
        return new StoreFailure(Kind.DENIED, who() + " " + what, answer);
    }

    /** After the last attempt. */
    StoreFailure exhausted(String doing, Throwable cause, int attempts, Duration deadline) {
        StoreFailure last = with(doing, cause);
        if (last.kind() != Kind.UNREACHABLE) {
            return last;
        }
        return new StoreFailure(
                Kind.UNREACHABLE,
                "%s could not %s within %s s (%d %s): %s."
                        .formatted(
                                who(),
                                doing,
                                seconds(deadline),
                                attempts,
                                attempts == 1 ? "attempt" : "attempts",
                                reason(cause)),
                cause);
    }

    StoreFailure missing(Object key, Throwable cause) {
        return new StoreFailure(
                Kind.MISSING, "Store \"" + access.name() + "\" has no object " + key + ".", cause);
    }

    StoreFailure corrupt(String what) {
        return new StoreFailure(Kind.CORRUPT, who() + " " + what);
    }

    /** A person has to mend the store, or what stands before it. */
    StoreFailure cutList(String doing) {
        return new StoreFailure(
                Kind.DENIED,
                who()
                        + " did not "
                        + doing
                        + " to its end: it says that there is more, and not how to go on (no"
                        + " NextContinuationToken, or the same one again). Check what S3_ENDPOINT"
                        + " leads to: it has to answer ListObjectsV2 as S3 does.");
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? Long.toString(duration.toSeconds())
                : Double.toString(duration.toMillis() / 1000.0);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof UnknownHostException && !(cause instanceof Addresses.Forbidden)) {
            return "host not known (" + cause.getMessage() + ")";
        }
        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? cause.getClass().getSimpleName()
                : message.strip();
    }

    private String who() {
        return "S3 store \"" + access.name() + "\"";
    }
}

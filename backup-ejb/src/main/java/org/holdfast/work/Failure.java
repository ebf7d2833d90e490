package org.holdfast.work;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.ChildFailed;
import org.holdfast.engine.ServerFailure;
import org.holdfast.pipeline.AllBranchesLost;
import org.holdfast.pipeline.BranchOutcome;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.WrongIdentity;

/**
 * Why work failed, as the record keeps it.
 *
 * @param code names a page of runbooks/
 * @param words for people, the child's last lines among them
 * @param passing whether the same work may succeed later without anybody changing anything
 */
record Failure(String code, String words, boolean passing) {
    private static final Logger LOG = Logger.getLogger(Failure.class.getName());

    /**
     * @param server what the database server is to this work: {@code SOURCE} or {@code TARGET}
     */
    static Failure of(Throwable e, String server) {
        if (e instanceof Refused refused) {
            return new Failure(
                    refused.code(), refused.getMessage() + " " + refused.remedy(), false);
        }
        if (e instanceof ServerFailure failure) {
            return ofServer(failure, server);
        }
        if (e instanceof ChildFailed child) {
            return child.connectionLost()
                    ? new Failure(server + "_LOST", child.getMessage(), true)
                    : new Failure(
                            server.equals("SOURCE") ? "DUMP_FAILED" : "RESTORE_FAILED",
                            child.getMessage(),
                            false);
        }
        if (e instanceof AllBranchesLost lost) {
            boolean full =
                    lost.lost().stream()
                            .allMatch(l -> l.why().kind() == StoreFailure.Kind.NO_SPACE);
            return new Failure(
                    full ? "NO_SPACE" : "STORE_LOST",
                    lost.getMessage(),
                    lost.lost().stream()
                            .map(BranchOutcome.Lost::why)
                            .anyMatch(StoreFailure::passing));
        }
        if (e instanceof StoreFailure store) {
            return new Failure(
                    store.kind() == StoreFailure.Kind.NO_SPACE
                            ? "NO_SPACE"
                            : "STORE_" + store.kind(),
                    store.getMessage(),
                    store.passing());
        }
        if (e instanceof WrongIdentity) {
            return new Failure("WRONG_KEY", e.getMessage(), false);
        }
        if (e instanceof CorruptObject) {
            return new Failure("CORRUPT", e.getMessage(), false);
        }
        if (e instanceof java.io.IOException) {
            String text = String.valueOf(e.getMessage());
            return new Failure(
                    text.contains("No space left") ? "NO_SPACE" : "IO_FAILED", text, false);
        }
        LOG.log(Level.SEVERE, "Unexpected failure of a worker", e);
        return new Failure(
                "UNEXPECTED",
                "Unexpected "
                        + e.getClass().getSimpleName()
                        + "; the server's log has the details.",
                false);
    }

    private static Failure ofServer(ServerFailure failure, String server) {
        return switch (failure.kind()) {
            case UNREACHABLE, LOST -> new Failure(server + "_LOST", failure.getMessage(), true);
            case DENIED -> new Failure(server + "_DENIED", failure.getMessage(), false);
            case NO_DATABASE -> new Failure(server + "_MISSING", failure.getMessage(), false);
            case NO_SPACE -> new Failure("NO_SPACE", failure.getMessage(), false);
            case TIMEOUT -> new Failure(server + "_BUSY", failure.getMessage(), true);
            case STATEMENT -> new Failure(server + "_FAILED", failure.getMessage(), false);
        };
    }
}

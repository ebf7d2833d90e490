package org.holdfast.domain.restore;

import java.time.Instant;

/** How the work on a restore ended. */
public sealed interface Outcome {
    RestoreState state();

    /**
     * @param sentence what was done, for people
     * @param keptDatabase the old database's name, null where none is kept
     * @param keptUntil when it is dropped, null where none is kept
     * @param proved whether the restored content was counted or hashed and found equal
     */
    record Completed(String sentence, String keptDatabase, Instant keptUntil, boolean proved)
            implements Outcome {
        @Override
        public RestoreState state() {
            return RestoreState.COMPLETED;
        }
    }

    /**
     * @param code names a page of runbooks/
     * @param lastWords the reason in words, the child's last lines among them
     */
    record Failed(String code, String lastWords) implements Outcome {
        @Override
        public RestoreState state() {
            return RestoreState.FAILED;
        }
    }

    /**
     * @param sentence in what state the target is
     */
    record Cancelled(String sentence) implements Outcome {
        @Override
        public RestoreState state() {
            return RestoreState.CANCELLED;
        }
    }
}

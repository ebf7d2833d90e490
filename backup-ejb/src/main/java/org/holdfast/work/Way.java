package org.holdfast.work;

import java.io.IOException;
import java.util.Optional;
import org.holdfast.domain.restore.Outcome;
import org.holdfast.engine.Client;
import org.holdfast.engine.TargetServer;

/** How a snapshot comes into its target; each way reads as the list of its steps. */
sealed interface Way permits DryRun, BesideThenSwap, OverThePresent {
    /**
     * Does it all.
     *
     * @param client of the major that fits the server
     */
    Outcome go(TargetServer server, Client client) throws IOException;

    /** Puts right what an earlier attempt left that stopped without a word, and says what it is. */
    Outcome afterLostWorker(TargetServer server) throws IOException;

    /** After a failure or a cancel: removes what was made. Never throws. */
    Left cleanUp();

    /**
     * How the target was left after a failure or a cancel.
     *
     * @param sentence in what state the target is
     * @param completed present where the restore had been done before: that is its outcome then
     * @param undecided whether the restore may have been done: only the target's server knows
     */
    record Left(String sentence, Optional<Outcome.Completed> completed, boolean undecided) {
        static final Left AS_IT_WAS = new Left("The target is as it was.");

        /** Where this attempt did not come to its work: an earlier one may have. */
        static Left unbegun(int attempt) {
            return attempt > 1
                    ? new Left(
                            "What state the target is in was not seen; look before you ask again.")
                    : AS_IT_WAS;
        }

        Left(String sentence) {
            this(sentence, Optional.empty(), false);
        }

        Left(Outcome.Completed completed) {
            this(completed.sentence(), Optional.of(completed), false);
        }
    }
}

package org.holdfast.web.page;

import java.util.List;

/**
 * How far a snapshot was proved, as three joined steps: stored, read back, brought back. Shape and
 * text carry the meaning; no step is filled that was not reached.
 *
 * @param steps three of {@link Step}
 * @param label one word
 * @param tone CSS class of the label: {@code good}, {@code warn}, {@code bad}, {@code calm}
 */
public record Ladder(List<Step> steps, String label, String tone) {

    /** What one step shows. */
    public enum Step {
        /** Filled: reached. */
        DONE,
        /** Ring: not reached. */
        OPEN,
        /** Half: being worked on. */
        NOW,
        /** Cross: tried and contradicted. */
        BROKEN,
        /** Dash: will not come. */
        OFF;

        public String css() {
            return name().toLowerCase(java.util.Locale.ENGLISH);
        }
    }

    /**
     * @param status of a history row: the run's while it has left no snapshot, else the snapshot's
     */
    public static Ladder of(String status) {
        return switch (status) {
            case "QUEUED" -> of(Step.OPEN, Step.OPEN, Step.OPEN, "Queued", "calm");
            case "RUNNING" -> of(Step.NOW, Step.OPEN, Step.OPEN, "Running", "live");
            case "UPLOADED" -> of(Step.DONE, Step.OPEN, Step.OPEN, "Uploaded", "warn");
            case "VERIFIED" -> of(Step.DONE, Step.DONE, Step.OPEN, "Verified", "good");
            case "RESTORED" -> of(Step.DONE, Step.DONE, Step.DONE, "Restored", "good");
            case "SUSPECT" -> of(Step.DONE, Step.BROKEN, Step.OPEN, "Suspect", "bad");
            case "FAILED" -> of(Step.BROKEN, Step.OFF, Step.OFF, "Failed", "bad");
            case "CANCELLED" -> of(Step.OFF, Step.OFF, Step.OFF, "Cancelled", "calm");
            case "EXPIRED" -> of(Step.OFF, Step.OFF, Step.OFF, "Expired", "calm");
            default ->
                    throw new IllegalArgumentException(
                            "A backup has no status \"" + status + "\".");
        };
    }

    private static Ladder of(Step stored, Step readBack, Step restored, String label, String tone) {
        return new Ladder(List.of(stored, readBack, restored), label, tone);
    }

    /** Whether the line from this step to the next is drawn whole. */
    public boolean joined(int step) {
        return steps.get(step) == Step.DONE && steps.get(step + 1) != Step.OPEN;
    }
}

package org.holdfast.config;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.holdfast.domain.policy.OnDays;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.Schedule;
import org.holdfast.domain.shared.Refused;

/**
 * A schedule in one line: what the policy file has under {@code schedule}, and a time zone of the
 * IANA database behind it, UTC where it is left out. {@code first_sunday at 03:00 Europe/Berlin},
 * {@code quarterly}, {@code 0 4 1 * * UTC}. Empty or {@code never}: by hand only.
 */
public final class ScheduleWords {
    private static final int LONGEST = 200;
    private static final int CRON_FIELDS = 5;

    private ScheduleWords() {}

    /**
     * @throws Refused DRILL-SCHEDULE: it cannot be read, or never comes
     */
    public static Schedule of(String text) {
        String words = text == null ? "" : text.strip().replaceAll("\\s+", " ");
        if (words.isEmpty() || words.equals("never")) {
            return Schedule.NEVER;
        }
        if (words.length() > LONGEST) {
            throw new Refused(
                    "DRILL-SCHEDULE",
                    "The schedule has " + words.length() + " characters.",
                    "Write \"first_sunday at 03:00 Europe/Berlin\" or \"0 4 1 * *\".");
        }
        List<String> fields = List.of(words.split(" "));
        int said = saidWithoutZone(fields);
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("schedule", String.join(" ", fields.subList(0, said)));
        if (fields.size() > said) {
            json.add("time_zone", String.join(" ", fields.subList(said, fields.size())));
        }
        var document = json.build();
        PolicyText read = new PolicyText(document);
        Schedule schedule = new ScheduleText(read, document, "").read().orElse(Schedule.NEVER);
        if (!read.wrong().isEmpty()) {
            PolicyDocument.Wrong wrong = read.wrong().get(0);
            throw new Refused(
                    "DRILL-SCHEDULE",
                    "The "
                            + (wrong.path().equals("time_zone")
                                    ? "schedule's time zone"
                                    : "schedule")
                            + " "
                            + wrong.what(),
                    wrong.remedy());
        }
        return schedule;
    }

    /** How many fields the schedule itself has. */
    private static int saidWithoutZone(List<String> fields) {
        if (fields.get(0).matches(OnDays.NAMES)) {
            return Math.min(fields.size(), fields.size() > 1 && fields.get(1).equals("at") ? 3 : 1);
        }
        return Math.min(fields.size(), CRON_FIELDS);
    }

    /** What is offered for a new plan: the drill day of the policy, at a quiet hour. */
    public static String standard(Policy policy) {
        return policy.monthlyRestoreDay() + " at 03:00 UTC";
    }
}

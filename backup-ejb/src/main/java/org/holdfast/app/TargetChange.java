package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.restore.TargetEnvironments;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;

/**
 * Changes what is allowed with a target. Of a production target, and where a protection is taken
 * away, it always asks for a second person: the one who may restore must not be the one who alone
 * decides that nobody else has to look.
 */
@ApplicationScoped
public class TargetChange implements ApprovedAct {
    static final String OPERATION = "target.change";

    private TargetEnvironments targets;
    private AuditLog audit;
    private Caller caller;

    protected TargetChange() {}

    @Inject
    public TargetChange(TargetEnvironments targets, AuditLog audit, Caller caller) {
        this.targets = targets;
        this.audit = audit;
        this.caller = caller;
    }

    static JsonObject parameters(TargetEnvironment target, TargetEnvironment.Rules rules) {
        return Json.createObjectBuilder()
                .add("target", target.id().toString())
                .add("production", rules.production())
                .add("inPlaceAllowed", rules.inPlaceAllowed())
                .add("fourEyes", rules.fourEyes())
                .add("keptHours", rules.kept().toHours())
                .add("command", Json.createArrayBuilder(rules.command()))
                .add("commandSeconds", rules.commandLimit().toSeconds())
                .add("approvalHours", rules.approvalOpen().toHours())
                .build();
    }

    private static TargetEnvironment.Rules rules(JsonObject parameters) {
        return new TargetEnvironment.Rules(
                parameters.getBoolean("production"),
                parameters.getBoolean("inPlaceAllowed"),
                parameters.getBoolean("fourEyes"),
                Duration.ofHours(parameters.getJsonNumber("keptHours").longValueExact()),
                parameters.getJsonArray("command").getValuesAs(JsonString::getString),
                Duration.ofSeconds(parameters.getJsonNumber("commandSeconds").longValueExact()),
                Duration.ofHours(parameters.getJsonNumber("approvalHours").longValueExact()));
    }

    @Override
    public String operation() {
        return OPERATION;
    }

    @Override
    public boolean always(JsonObject parameters) {
        return find(parameters).production() || weakens(find(parameters), rules(parameters));
    }

    /** Whether a protection that is there is taken away. */
    private static boolean weakens(TargetEnvironment target, TargetEnvironment.Rules rules) {
        return target.production() && !rules.production() || target.fourEyes() && !rules.fourEyes();
    }

    @Override
    public Approval.Plan plan(JsonObject parameters) {
        TargetEnvironment target = find(parameters);
        requireChangeable(target);
        TargetEnvironment.Rules rules = rules(parameters);
        target.requireGood(rules);
        List<String> lines = new ArrayList<>();
        lines.add("Target " + target.name() + ": " + target.redactedUrl());
        int first = lines.size();
        change(lines, "Marked as production", target.production(), rules.production());
        change(lines, "A second person approves", target.fourEyes(), rules.fourEyes());
        change(
                lines,
                "Hours a restore waits for a second person",
                target.approvalOpen().toHours(),
                rules.approvalOpen().toHours());
        change(lines, "Restores in place allowed", target.inPlaceAllowed(), rules.inPlaceAllowed());
        change(
                lines,
                "Hours the old database is kept",
                target.kept().toHours(),
                rules.kept().toHours());
        change(lines, "Command before the swap", words(target.command()), words(rules.command()));
        change(
                lines,
                "Seconds the command may run",
                target.commandLimit().toSeconds(),
                rules.commandLimit().toSeconds());
        if (lines.size() == first) {
            throw new Refused(
                    "TARGET-SAME",
                    "The rules of target " + target.name() + " are like this already.",
                    "Change at least one of them.");
        }
        if (target.production() && !rules.production()) {
            lines.add("Lost: its own colour, and that restores need ALLOW_DB_RESTORE=true.");
        }
        if (target.fourEyes() && !rules.fourEyes()) {
            lines.add("Lost: one person alone can restore into it from then on.");
        }
        if (!target.inPlaceAllowed() && rules.inPlaceAllowed()) {
            lines.add("Lost: restores in place keep no copy, so they cannot be undone.");
        }
        return new Approval.Plan(
                "Change the rules of target " + target.name(),
                "target/" + target.name(),
                lines,
                target.production() || rules.production());
    }

    private static void change(List<String> lines, String what, Object before, Object after) {
        if (!before.equals(after)) {
            lines.add(what + ": " + word(before) + " → " + word(after));
        }
    }

    private static String word(Object value) {
        return value instanceof Boolean yes ? yes ? "yes" : "no" : value.toString();
    }

    private static String words(List<String> command) {
        return command.isEmpty() ? "none" : String.join(" ", command);
    }

    @Override
    public void carryOut(JsonObject parameters, String requestedBy, String approvedBy) {
        TargetEnvironment target =
                targets.lock(id(parameters))
                        .orElseThrow(() -> Refused.notFound("target", id(parameters)));
        requireChangeable(target);
        target.follow(target.redactedUrl(), target.sealedUrl(), rules(parameters));
        audit.append(
                caller.actor(),
                OPERATION,
                "target/" + target.name(),
                Map.of(
                        "rules", CanonicalJson.text(parameters),
                        "requestedBy", requestedBy,
                        "approvedBy", approvedBy));
    }

    private static void requireChangeable(TargetEnvironment target) {
        if (target.origin() == Origin.CONFIGURATION) {
            throw Places.setByConfiguration("target", target.name());
        }
        if (target.retired()) {
            throw new Refused(
                    "TARGET-RETIRED",
                    "Target " + target.name() + " is retired.",
                    "Add it again, or choose another target.");
        }
    }

    private static UUID id(JsonObject parameters) {
        return UUID.fromString(parameters.getString("target"));
    }

    private TargetEnvironment find(JsonObject parameters) {
        return targets.find(id(parameters))
                .orElseThrow(() -> Refused.notFound("target", id(parameters)));
    }
}

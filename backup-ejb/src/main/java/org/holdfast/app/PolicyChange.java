package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.policy.PolicyChanged;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.policy.PolicyVersion.Making;
import org.holdfast.domain.policy.PolicyVersion.Origin;
import org.holdfast.domain.policy.PolicyVersions;
import org.holdfast.domain.shared.Refused;

/**
 * Puts another policy in force. A second person may be asked for where copies would be removed
 * sooner ({@code FOUR_EYES_OPERATIONS} names {@code retention.shorten}); what they agree to is the
 * document whole, from the version that it was made from.
 */
@ApplicationScoped
public class PolicyChange implements ApprovedAct {
    static final String OPERATION = "retention.shorten";
    static final String SUBJECT = "policy";

    private PolicyVersions versions;
    private Settings settings;
    private AuditLog audit;
    private Event<PolicyChanged> changed;
    private Caller caller;
    private Clock clock;

    protected PolicyChange() {}

    @Inject
    public PolicyChange(
            PolicyVersions versions,
            Settings settings,
            AuditLog audit,
            Event<PolicyChanged> changed,
            Caller caller,
            Clock clock) {
        this.versions = versions;
        this.settings = settings;
        this.audit = audit;
        this.changed = changed;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * @param from number of the version that the document was made from
     */
    static JsonObject parameters(PolicyDocument document, int from, Origin origin, String reason) {
        return Json.createObjectBuilder()
                .add("document", document.json())
                .add("from", from)
                .add("origin", origin.name())
                .add("reason", reason)
                .build();
    }

    @Override
    public String operation() {
        return OPERATION;
    }

    /** The policy in force as a document; an empty one where nothing was ever said. */
    PolicyDocument inForce() {
        return PolicyDocument.of(versions.inForce().map(PolicyVersion::document).orElse("{}"));
    }

    PolicyComparison against(PolicyDocument document) {
        return PolicyComparison.of(inForce(), document, settings.configuredRetentionDays());
    }

    @Override
    public Approval.Plan plan(JsonObject parameters) {
        PolicyDocument document = document(parameters);
        requireCurrent(parameters.getInt("from"));
        if (document.sha256().equals(inForce().sha256())) {
            throw new Refused(
                    "POLICY-SAME",
                    "This is the policy in force, word for word.",
                    "Change something, or leave it as it is.");
        }
        PolicyComparison comparison = against(document);
        List<String> lines = new ArrayList<>();
        lines.add("Version " + parameters.getInt("from") + " → " + (parameters.getInt("from") + 1));
        comparison.changes().forEach(change -> lines.add(change.words()));
        if (comparison.changes().isEmpty()) {
            lines.add("Nothing changes in effect: only defaults are written out or left out.");
        }
        comparison.shorter().forEach(sentence -> lines.add("Lost: " + sentence));
        return new Approval.Plan(
                comparison.shortens() ? "Keep backups shorter" : "Change the policy",
                SUBJECT,
                lines,
                false);
    }

    private static PolicyDocument document(JsonObject parameters) {
        PolicyDocument document = PolicyDocument.of(parameters.getJsonObject("document"));
        requireGood(document);
        return document;
    }

    static void requireGood(PolicyDocument document) {
        if (!document.good()) {
            List<String> wrong =
                    document.wrong().stream().map(PolicyDocument.Wrong::sentence).toList();
            throw new Refused(
                    "POLICY-WRONG",
                    "The policy is refused whole. " + String.join(" ", wrong),
                    "Correct " + (wrong.size() == 1 ? "it" : "these") + " and send it again.");
        }
    }

    /** Else somebody's change would be lost whom this one never saw. */
    private void requireCurrent(int from) {
        if (from != versions.newest()) {
            throw new Refused(
                    "POLICY-MOVED",
                    "Version "
                            + versions.newest()
                            + " of the policy is in force by now; this was made from version "
                            + from
                            + ".",
                    "Look at what has changed meanwhile, and make your change in the new one.");
        }
    }

    @Override
    public void carryOut(JsonObject parameters, String requestedBy, String approvedBy) {
        versions.lock();
        PolicyDocument document = document(parameters);
        requireCurrent(parameters.getInt("from"));
        boolean shortens = against(document).shortens();
        PolicyVersion version =
                new PolicyVersion(
                        versions.newest() + 1,
                        document.text(),
                        new Making(
                                Origin.valueOf(parameters.getString("origin")),
                                "",
                                requestedBy,
                                approvedBy,
                                parameters.getString("reason")),
                        clock.instant());
        versions.add(version);
        audit.append(
                caller.actor(),
                "policy.change",
                SUBJECT,
                Map.of(
                        "version",
                        version.number(),
                        "sha256",
                        version.sha256().hex(),
                        "shortensRetention",
                        shortens,
                        "reason",
                        version.comment(),
                        "requestedBy",
                        requestedBy,
                        "approvedBy",
                        approvedBy));
        changed.fire(new PolicyChanged(version.number()));
    }
}

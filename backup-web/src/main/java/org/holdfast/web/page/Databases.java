package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.PlaceEnds;
import org.holdfast.app.Places;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.snapshot.Source;

/** Databases that are backed up, and those that restores may go into. */
@Named
@ViewScoped
public class Databases implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 25;

    @Inject private Places places;
    @Inject private PlaceEnds placeEnds;

    private final Found found = new Found();
    private transient Part<Source> sources;
    private transient Part<TargetEnvironment> targets;
    private transient Optional<Source> source;
    private transient Optional<TargetEnvironment> target;
    private transient Map<UUID, PlaceEnds.Ends> ends;

    private String text = "";
    private int page = 1;
    private int targetPage = 1;

    private String kind = "source";
    private String name;
    private String url;
    private boolean production;
    private boolean fourEyes;
    private boolean inPlace;
    private int keptHours = (int) TargetEnvironment.KEPT_BY_DEFAULT.toHours();
    private String command;
    private String otp;

    private UUID change;
    private boolean ruleProduction;
    private boolean ruleFourEyes;
    private boolean ruleInPlace;
    private int ruleKept;
    private int ruleApproval;
    private String ruleCommand;
    private int ruleSeconds;
    private String reason;
    private String changeOtp;

    public void load() {
        sources = places.sources(text, page, SHOWN);
        targets = places.targets(text, targetPage, SHOWN);
        source = Optional.ofNullable(change).flatMap(places::source);
        target = Optional.ofNullable(change).flatMap(places::target);
        ends = new HashMap<>(placeEnds.ofSources(sources.items()));
        ends.putAll(placeEnds.ofTargets(targets.items()));
    }

    /** Whether one of the lists is longer than its page, or not all are shown. */
    public boolean isPaged() {
        return !text.isEmpty() || !sources.whole() || !targets.whole();
    }

    /** Where other pages of the two lists are. */
    public String to(int ofSources, int ofTargets) {
        return address(null, ofSources, ofTargets);
    }

    /** Where one of them is changed or retired, beside what is shown now; null: none is. */
    public String changing(UUID id) {
        return address(id, sources.page(), targets.page());
    }

    private String address(UUID changed, int ofSources, int ofTargets) {
        return Address.of(
                "databases.xhtml",
                "change",
                changed == null ? null : changed.toString(),
                "q",
                text,
                "sources",
                Address.page(ofSources),
                "targets",
                Address.page(ofTargets));
    }

    public PlaceEnds.Ends endsOf(UUID id) {
        return ends.getOrDefault(id, PlaceEnds.Ends.UNKNOWN);
    }

    /** Opens what the address names to be changed or retired. */
    public void open() {
        load();
        TargetEnvironment target = getTarget();
        if (target != null) {
            ruleProduction = target.production();
            ruleFourEyes = target.fourEyes();
            ruleInPlace = target.inPlaceAllowed();
            ruleKept = (int) target.kept().toHours();
            ruleApproval = (int) target.approvalOpen().toHours();
            ruleCommand = String.join("\n", target.command());
            ruleSeconds = (int) target.commandLimit().toSeconds();
        }
    }

    /** The target to be changed or retired; null where the address names none. */
    public TargetEnvironment getTarget() {
        return target.orElse(null);
    }

    /** The source to be retired; null where the address names none. */
    public Source getSource() {
        return source.orElse(null);
    }

    public String changeRules() {
        String target = getTarget().name();
        Optional<UUID> waits =
                places.changeTarget(
                        change,
                        new TargetEnvironment.Rules(
                                ruleProduction,
                                ruleInPlace,
                                ruleFourEyes,
                                Duration.ofHours(ruleKept),
                                words(ruleCommand),
                                Duration.ofSeconds(ruleSeconds),
                                Duration.ofHours(ruleApproval)),
                        reason,
                        changeOtp);
        if (waits.isPresent()) {
            return "/console/approvals/detail?faces-redirect=true&id=" + waits.get();
        }
        done(Say.of("target_changed", target), Say.of("target_changed_means"));
        return null;
    }

    public void retire() {
        if (getSource() != null) {
            String source = getSource().name();
            places.retireSource(change, changeOtp);
            done(Say.of("source_retired", source), Say.of("source_retired_means"));
        } else {
            String target = getTarget().name();
            places.retireTarget(change, changeOtp);
            done(Say.of("target_retired", target), Say.of("target_retired_means"));
        }
    }

    private void done(String what, String more) {
        Say.done(what, more);
        change = null;
        changeOtp = null;
        reason = null;
        load();
        Address.shown(changing(null));
    }

    public void testSource(UUID id) {
        found.test(id, () -> places.testSource(id));
    }

    public void testTarget(UUID id) {
        found.test(id, () -> places.testTarget(id));
    }

    public void add() {
        if (kind.equals("source")) {
            places.addSource(name, url, otp);
        } else {
            places.addTarget(name, url, rules(), otp);
        }
        Say.done(
                kind.equals("source") ? Say.of("source_added", name) : Say.of("target_added", name),
                Say.of("database_added_means"));
        name = null;
        url = null;
        otp = null;
        command = null;
        production = false;
        fourEyes = false;
        inPlace = false;
        load();
    }

    private TargetEnvironment.Rules rules() {
        TargetEnvironment.Rules standard = TargetEnvironment.Rules.standard(production);
        return new TargetEnvironment.Rules(
                production,
                inPlace,
                fourEyes || standard.fourEyes(),
                Duration.ofHours(keptHours),
                words(command),
                standard.commandLimit());
    }

    private static List<String> words(String command) {
        return command == null
                ? List.of()
                : command.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    }

    /** The rules of a target, one line each. */
    public List<String> rules(TargetEnvironment target) {
        List<String> rules = new ArrayList<>();
        rules.add("old database kept " + target.kept().toHours() + " h");
        if (target.fourEyes()) {
            rules.add("a second person approves within " + target.approvalOpen().toHours() + " h");
        }
        rules.add(target.inPlaceAllowed() ? "in place allowed" : "never in place");
        if (!target.command().isEmpty()) {
            rules.add("runs " + target.command().get(0) + " before the swap");
        }
        return rules;
    }

    public String found(UUID id) {
        return found.sentence(id);
    }

    public String toneOf(UUID id) {
        return found.tone(id);
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text == null ? "" : text.strip();
    }

    public int getPage() {
        return page;
    }

    public void setPage(int page) {
        this.page = page;
    }

    public int getTargetPage() {
        return targetPage;
    }

    public void setTargetPage(int targetPage) {
        this.targetPage = targetPage;
    }

    public Part<Source> getSources() {
        return sources;
    }

    public Part<TargetEnvironment> getTargets() {
        return targets;
    }

    public String getKind() {
        return kind;
    }

    public void setKind(String kind) {
        this.kind = kind;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getUrl() {
        return url;
    }

    public void setUrl(String url) {
        this.url = url;
    }

    public boolean isProduction() {
        return production;
    }

    public void setProduction(boolean production) {
        this.production = production;
    }

    public boolean isFourEyes() {
        return fourEyes;
    }

    public void setFourEyes(boolean fourEyes) {
        this.fourEyes = fourEyes;
    }

    public boolean isInPlace() {
        return inPlace;
    }

    public void setInPlace(boolean inPlace) {
        this.inPlace = inPlace;
    }

    public int getKeptHours() {
        return keptHours;
    }

    public void setKeptHours(int keptHours) {
        this.keptHours = keptHours;
    }

    public String getCommand() {
        return command;
    }

    public void setCommand(String command) {
        this.command = command;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public UUID getChange() {
        return change;
    }

    public void setChange(UUID change) {
        this.change = change;
    }

    public boolean isRuleProduction() {
        return ruleProduction;
    }

    public void setRuleProduction(boolean ruleProduction) {
        this.ruleProduction = ruleProduction;
    }

    public boolean isRuleFourEyes() {
        return ruleFourEyes;
    }

    public void setRuleFourEyes(boolean ruleFourEyes) {
        this.ruleFourEyes = ruleFourEyes;
    }

    public boolean isRuleInPlace() {
        return ruleInPlace;
    }

    public void setRuleInPlace(boolean ruleInPlace) {
        this.ruleInPlace = ruleInPlace;
    }

    public int getRuleKept() {
        return ruleKept;
    }

    public void setRuleKept(int ruleKept) {
        this.ruleKept = ruleKept;
    }

    public int getRuleApproval() {
        return ruleApproval;
    }

    public void setRuleApproval(int ruleApproval) {
        this.ruleApproval = ruleApproval;
    }

    public String getRuleCommand() {
        return ruleCommand;
    }

    public void setRuleCommand(String ruleCommand) {
        this.ruleCommand = ruleCommand;
    }

    public int getRuleSeconds() {
        return ruleSeconds;
    }

    public void setRuleSeconds(int ruleSeconds) {
        this.ruleSeconds = ruleSeconds;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public String getChangeOtp() {
        return changeOtp;
    }

    public void setChangeOtp(String changeOtp) {
        this.changeOtp = changeOtp;
    }
}

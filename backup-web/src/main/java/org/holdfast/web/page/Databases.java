package org.holdfast.web.page;

import jakarta.faces.application.FacesMessage;
import jakarta.faces.context.FacesContext;
import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.holdfast.app.Places;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.snapshot.Source;

/** Databases that are backed up, and those that restores may go into. */
@Named
@ViewScoped
public class Databases implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Places places;

    private final Found found = new Found();
    private transient List<Source> sources;
    private transient List<TargetEnvironment> targets;

    private String kind = "source";
    private String name;
    private String url;
    private boolean production;
    private boolean fourEyes;
    private boolean inPlace;
    private int keptHours = (int) TargetEnvironment.KEPT_BY_DEFAULT.toHours();
    private String command;
    private String otp;

    public void load() {
        sources = places.sources();
        targets = places.targets();
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
        FacesContext.getCurrentInstance()
                .addMessage(
                        null,
                        new FacesMessage(
                                "Connected to " + name + " and added it as a " + kind + ".",
                                "Its address is kept sealed; only the part without the password is"
                                        + " shown."));
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
                command == null
                        ? List.of()
                        : command.lines().map(String::strip).filter(l -> !l.isEmpty()).toList(),
                standard.commandLimit());
    }

    /** The rules of a target, one line each. */
    public List<String> rules(TargetEnvironment target) {
        List<String> rules = new ArrayList<>();
        rules.add("old database kept " + target.kept().toHours() + " h");
        if (target.fourEyes()) {
            rules.add("a second person approves");
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

    public List<Source> getSources() {
        return sources;
    }

    public List<TargetEnvironment> getTargets() {
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
}

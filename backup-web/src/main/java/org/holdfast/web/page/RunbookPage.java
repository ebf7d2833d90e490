package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;
import org.holdfast.domain.shared.Refused;
import org.holdfast.web.runbook.Runbook;
import org.holdfast.web.runbook.Runbooks;

/** One page of the runbooks, and the list of the others. */
@Named("runbook")
@ViewScoped
public class RunbookPage implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Runbooks runbooks;

    private String name;
    private transient Runbook shown;

    /** A line of the list. */
    public record Entry(String title, String address, boolean here) {}

    public void load() {
        String asked = name == null ? Runbook.CONTENTS : name;
        shown =
                runbooks.page(asked)
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                "NOT-FOUND",
                                                "There is no runbook page \"" + asked + "\".",
                                                "Choose one from the list under Runbooks."));
    }

    /** Also when only the frame around it is asked for again. */
    public Runbook getShown() {
        if (shown == null) {
            load();
        }
        return shown;
    }

    public boolean isContents() {
        return getShown().name().equals(Runbook.CONTENTS);
    }

    public List<Entry> getPages() {
        return entries(false);
    }

    public List<Entry> getDecisions() {
        return entries(true);
    }

    private List<Entry> entries(boolean decisions) {
        return runbooks.all().stream()
                .filter(page -> page.decision() == decisions)
                .map(
                        page ->
                                new Entry(
                                        page.title(),
                                        Runbook.address(page.name()),
                                        page.name().equals(getShown().name())))
                .toList();
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }
}

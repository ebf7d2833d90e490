package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;
import org.holdfast.domain.shared.Refused;
import org.holdfast.web.runbook.Runbook;
import org.holdfast.web.runbook.Runbooks;

/** One page of the runbooks, and the list of the others. */
@Named("runbook")
@RequestScoped
public class RunbookPage {
    @Inject private Runbooks runbooks;

    private String name;
    private Runbook shown;

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

    public Runbook getShown() {
        return shown;
    }

    public boolean isContents() {
        return shown.name().equals(Runbook.CONTENTS);
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
                                        page.name().equals(shown.name())))
                .toList();
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }
}

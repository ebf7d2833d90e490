package org.holdfast.web.page;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.openqa.selenium.TimeoutException;

/**
 * Every page of the console, with the addresses that show what it can show. What holds for all
 * pages is tested over this table, and a page without a row fails {@link PageTableTest}.
 */
final class PageTable {
    private PageTable() {}

    /**
     * What stands in the catalog while pages are looked at.
     *
     * @param snapshot verified
     * @param restored a restore that was completed
     * @param waiting one that waits for a second person
     * @param failed one that failed
     * @param withdrawn an approval that is decided
     * @param asked one that waits
     * @param target one that was set up in the console
     * @param person a person's id
     * @param invitation the token of a link that is open
     * @param drill one that ended
     * @param plan a drill plan
     */
    record Facts(
            String snapshot,
            String restored,
            String waiting,
            String failed,
            String withdrawn,
            String asked,
            String target,
            String person,
            String invitation,
            String drill,
            String plan) {}

    /**
     * @param view below the web application's root
     * @param open whether it is there for strangers
     * @param queries what follows the view in its addresses, one for each thing to be seen
     */
    record Row(String view, boolean open, Function<Facts, List<String>> queries) {
        List<String> addresses(Facts facts) {
            return queries.apply(facts).stream().map(query -> view + query).toList();
        }
    }

    static final List<Row> ROWS =
            List.of(
                    open("/console/sign-in.xhtml"),
                    open("/console/bootstrap.xhtml"),
                    new Row(
                            "/console/join.xhtml",
                            true,
                            f -> List.of("", "?token=" + f.invitation())),
                    open("/console/error/403.xhtml"),
                    open("/console/error/404.xhtml"),
                    open("/console/error/429.xhtml"),
                    open("/console/error/500.xhtml"),
                    open("/console/error/expired.xhtml"),
                    row(
                            "/console/backups/index.xhtml",
                            f -> List.of("", "?status=VERIFIED", "?q=nothing-has-this-name")),
                    row("/console/backups/detail.xhtml", f -> List.of("?id=" + f.snapshot())),
                    row(
                            "/console/backups/retention.xhtml",
                            f -> List.of("", "?source=no-such-source")),
                    row("/console/backups/import.xhtml", f -> List.of("")),
                    row("/console/restores/index.xhtml", f -> List.of("")),
                    row(
                            "/console/restores/detail.xhtml",
                            f ->
                                    List.of(
                                            "?id=" + f.restored(),
                                            "?id=" + f.waiting(),
                                            "?id=" + f.failed())),
                    row(
                            "/console/restores/new.xhtml",
                            f ->
                                    List.of(
                                            "?snapshot=" + f.snapshot(),
                                            "?snapshot=" + f.snapshot() + "&target=staging",
                                            "?snapshot=" + f.snapshot() + "&target=live")),
                    row(
                            "/console/drills/index.xhtml",
                            f -> List.of("", "?verdict=FAILED", "?month=2026-01")),
                    row("/console/drills/detail.xhtml", f -> List.of("?id=" + f.drill())),
                    row("/console/drills/plan.xhtml", f -> List.of("", "?id=" + f.plan())),
                    row("/console/approvals/index.xhtml", f -> List.of("")),
                    row(
                            "/console/approvals/detail.xhtml",
                            f -> List.of("?id=" + f.asked(), "?id=" + f.withdrawn())),
                    row("/console/policy.xhtml", f -> List.of("")),
                    row("/console/policy-edit.xhtml", f -> List.of("", "?from=1")),
                    row("/console/policy-version.xhtml", f -> List.of("?number=1")),
                    row("/console/databases.xhtml", f -> List.of("", "?change=" + f.target())),
                    row("/console/stores.xhtml", f -> List.of("")),
                    row("/console/keys.xhtml", f -> List.of("")),
                    row("/console/dashboard.xhtml", f -> List.of("")),
                    row("/console/alerts.xhtml", f -> List.of("")),
                    row("/console/people.xhtml", f -> List.of("", "?state=DISABLED&name=x")),
                    row("/console/people/detail.xhtml", f -> List.of("?id=" + f.person())),
                    row(
                            "/console/audit.xhtml",
                            f -> List.of("", "?action=backup&from=2026-01-01", "?actor=nobody")),
                    row("/console/profile.xhtml", f -> List.of("")),
                    row(
                            "/console/runbooks/index.xhtml",
                            f ->
                                    List.of(
                                            "",
                                            "?page=codes",
                                            "?page=restore",
                                            "?page=set-up",
                                            "?page=settings")));

    /**
     * Opens every address at both widths, both themes at the wide one. Whether text stands out is
     * asked of all at the wide one; at the narrow one of the first of each kind, as what others of
     * it show is laid out the same, and of the production target, whose warning no other has.
     *
     * @return what the browser complains about, what is wider than the screen, and what axe-core
     *     finds
     */
    static List<String> wrong(Browser browser, List<String> addresses) {
        List<String> wrong = new ArrayList<>();
        Set<String> kinds = new HashSet<>();
        for (String address : addresses) {
            browser.width(1440);
            browser.open(address);
            if (browser.all("h1").size() != 1) {
                wrong.add(address + ": " + browser.all("h1").size() + " h1");
            }
            fits(browser, address, 1440, wrong);
            browser.width(390);
            fits(browser, address, 390, wrong);
            boolean contrast = kinds.add(Spider.kind(address)) || address.contains("target=live");
            (contrast ? Axe.findings(browser, "html") : Axe.findingsOfShape(browser, "html"))
                    .forEach(f -> wrong.add(address + " at 390: " + f));
            browser.width(1440);
            Axe.findingsInBothThemes(browser).forEach(f -> wrong.add(address + " at 1440: " + f));
            browser.complaints().forEach(c -> wrong.add(address + ": " + c));
        }
        return wrong;
    }

    private static void fits(Browser browser, String address, int width, List<String> wrong) {
        try {
            browser.await("a page no wider than the screen", () -> wide(browser) <= width);
        } catch (TimeoutException e) {
            wrong.add(address + " at " + width + ": " + wide(browser) + " wide");
        }
    }

    private static long wide(Browser browser) {
        return (Long) browser.script("return document.documentElement.scrollWidth");
    }

    private static Row open(String view) {
        return new Row(view, true, f -> List.of(""));
    }

    private static Row row(String view, Function<Facts, List<String>> queries) {
        return new Row(view, false, queries);
    }

    /** All addresses that a person who is signed in can open. */
    static List<String> inside(Facts facts) {
        return ROWS.stream()
                .filter(row -> !row.open())
                .flatMap(row -> row.addresses(facts).stream())
                .toList();
    }

    /** The addresses that are there for strangers. */
    static List<String> outside(Facts facts) {
        return ROWS.stream()
                .filter(Row::open)
                .flatMap(row -> row.addresses(facts).stream())
                .toList();
    }
}

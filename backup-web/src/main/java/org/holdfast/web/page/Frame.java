package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.security.enterprise.SecurityContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.holdfast.app.Alerts;
import org.holdfast.app.Approvals;
import org.holdfast.app.Backups;
import org.holdfast.app.DrillDesk;
import org.holdfast.app.Keys;
import org.holdfast.app.OwnPasskeys;
import org.holdfast.app.People;
import org.holdfast.app.Progress;
import org.holdfast.app.Restores;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.people.ApprovalRecords;
import org.holdfast.domain.people.Passkey;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.snapshot.History;

/** What stands around every page: where one is, who one is, and what is running. */
@Named
@RequestScoped
public class Frame {
    private static final int SHOWN = 10;

    /** Places in the bottom bar of a narrow screen, beside "more". */
    private static final int NEAR = 4;

    private static final Drills.Filter ACTIVE_DRILLS =
            Drills.Filter.ALL.in(Set.of(DrillState.PLANNED, DrillState.RUNNING));

    private static final String KEYS = "keys";

    private static final String PEOPLE = "people";
    private static final String ALERTS = "alerts";
    private static final List<Place> PLACES =
            List.of(
                    new Place("dashboard", "/console/dashboard.xhtml", "pi-home", "o"),
                    new Place("backups", "/console/backups/index.xhtml", "pi-database", "b"),
                    new Place("restores", "/console/restores/index.xhtml", "pi-history", "r"),
                    new Place("drills", "/console/drills/index.xhtml", "pi-verified", "d"),
                    new Place(
                            "approvals", "/console/approvals/index.xhtml", "pi-check-square", "p"),
                    new Place("policy", "/console/policy.xhtml", "pi-calendar", "l"),
                    new Place("databases", "/console/databases.xhtml", "pi-server", "t"),
                    new Place("stores", "/console/stores.xhtml", "pi-box", "s"),
                    new Place(KEYS, "/console/keys.xhtml", "pi-key", "k"),
                    new Place(PEOPLE, "/console/people.xhtml", "pi-users", "u"),
                    new Place(ALERTS, "/console/alerts.xhtml", "pi-bell", "w"),
                    new Place("audit", "/console/audit.xhtml", "pi-list", "a"),
                    new Place("runbooks", "/console/runbooks/index.xhtml", "pi-book", "h"));

    @Inject private SecurityContext security;
    @Inject private HttpServletRequest request;
    @Inject private Theme theme;
    @Inject private Backups backups;
    @Inject private Restores restores;
    @Inject private DrillDesk drills;
    @Inject private People people;
    @Inject private OwnPasskeys passkeys;
    @Inject private Approvals approvals;
    @Inject private Keys keys;
    @Inject private Alerts alerts;
    private List<Work> running;
    private Long waiting;
    private Long keysDue;
    private Long unanswered;
    private List<ApprovalRecords.Row> glassBroken;
    private Optional<People.Me> me;
    private Optional<String> passkeyAddress;

    /** Where a passkey can be shown in place of a code; null where the person has none to show. */
    public String getPasskeyAddress() {
        if (passkeyAddress == null) {
            passkeyAddress =
                    getName().isEmpty() || passkeys.mine().stream().noneMatch(Passkey::usable)
                            ? Optional.empty()
                            : passkeys.address();
        }
        return passkeyAddress.orElse(null);
    }

    /** After one came or went in this request. */
    void forgetPasskeys() {
        passkeyAddress = null;
    }

    private record Place(String text, String address, String icon, String key) {}

    /**
     * One entry of the rail.
     *
     * @param text its name in the messages
     * @param apart whether a line stands before it
     * @param here whether the page shown is in it
     * @param key behind {@code g} on the keyboard
     * @param count how much in it waits for this person; 0: nothing
     */
    public record Entry(
            String text,
            String address,
            String icon,
            String key,
            boolean apart,
            boolean here,
            long count) {}

    /** One piece of running work in the tray. */
    public record Work(String title, String address, String status, Optional<Progress> progress) {}

    public List<Entry> getPlaces() {
        String path = request.getServletPath();
        return PLACES.stream()
                .filter(p -> !p.text().equals(KEYS) || isMaySeeKeys())
                .filter(p -> !p.text().equals(PEOPLE) || isMaySeePeople())
                .map(
                        p ->
                                new Entry(
                                        p.text(),
                                        p.address(),
                                        p.icon(),
                                        p.key(),
                                        p.text().equals("databases"),
                                        path.startsWith(
                                                p.address()
                                                        .replace("index.xhtml", "")
                                                        .replace(".xhtml", "")),
                                        count(p)))
                .toList();
    }

    private long count(Place place) {
        return switch (place.text()) {
            case "approvals" -> waiting();
            case KEYS -> keysDue();
            case ALERTS -> getAlertsUnanswered();
            default -> 0;
        };
    }

    /** Alerts that nobody looks after yet. */
    public long getAlertsUnanswered() {
        if (unanswered == null) {
            unanswered = getName().isEmpty() ? 0 : alerts.unanswered();
        }
        return unanswered;
    }

    /** Rotations and proofs that are due. */
    private long keysDue() {
        if (keysDue == null) {
            keysDue = keys.due();
        }
        return keysDue;
    }

    /** What waits for this person's decision. */
    private long waiting() {
        if (waiting == null) {
            waiting = isMayRestore() ? approvals.count(ApprovalRecords.Box.WAITING_FOR_ME) : 0;
        }
        return waiting;
    }

    /** Where one person acted alone in the last days: everybody sees it, nobody puts it away. */
    public List<ApprovalRecords.Row> getGlassBroken() {
        if (glassBroken == null) {
            glassBroken = getName().isEmpty() ? List.of() : approvals.glassBroken();
        }
        return glassBroken;
    }

    /** Whether sources themselves may be restored into: everybody sees it while it is so. */
    public boolean isIntoSourceAllowed() {
        return !getName().isEmpty() && restores.intoSourceAllowed();
    }

    /** What stands in the bottom bar of a narrow screen. */
    public List<Entry> getNear() {
        return getPlaces().subList(0, NEAR);
    }

    /** What stands behind "more" there. */
    public List<Entry> getFar() {
        List<Entry> all = getPlaces();
        return all.subList(NEAR, all.size());
    }

    public boolean isHereFar() {
        return getFar().stream().anyMatch(Entry::here);
    }

    public String getTheme() {
        return theme.getChoice();
    }

    public String getName() {
        return security.getCallerPrincipal() == null ? "" : security.getCallerPrincipal().getName();
    }

    public String getRole() {
        for (Role role : Role.values()) {
            if (is(role)) {
                return role.name();
            }
        }
        return "";
    }

    public boolean isMayOperate() {
        return is(Role.SUPER_GURU) || is(Role.ADMIN) || is(Role.OPERATOR);
    }

    public boolean isMayRestore() {
        return is(Role.SUPER_GURU) || is(Role.ADMIN);
    }

    public boolean isMaySeeKeys() {
        return is(Role.SUPER_GURU) || is(Role.AUDITOR);
    }

    /** Take the audit log and evidence away as files. */
    public boolean isMayExport() {
        return is(Role.SUPER_GURU) || is(Role.ADMIN) || is(Role.AUDITOR);
    }

    public boolean isMayAdminister() {
        return is(Role.SUPER_GURU);
    }

    public boolean isMaySeePeople() {
        return is(Role.SUPER_GURU) || is(Role.AUDITOR);
    }

    /** Whether one came in with a recovery code, and has set up no authenticator since. */
    public boolean isRecovered() {
        return me().filter(People.Me::recovered).isPresent();
    }

    /**
     * From the catalog, because the platform's own question needs a security manager, which newer
     * Java versions no longer have: there it answers no to everything.
     */
    private boolean is(Role role) {
        return me().filter(mine -> mine.role() == role).isPresent();
    }

    private Optional<People.Me> me() {
        if (me == null) {
            me =
                    security.getCallerPrincipal() == null
                            ? Optional.empty()
                            : Optional.of(people.me());
        }
        return me;
    }

    public List<Work> getRunning() {
        if (running == null) {
            look();
        }
        return running;
    }

    public void look() {
        List<Work> found = new ArrayList<>();
        backups.rows(
                        new History.Filter(
                                Optional.empty(), Set.of("QUEUED", "RUNNING"), Optional.empty()),
                        History.Sort.QUEUED_AT,
                        false,
                        0,
                        SHOWN)
                .forEach(
                        row ->
                                found.add(
                                        new Work(
                                                Say.of("work_backup", row.source()),
                                                "/console/backups/detail.xhtml?id=" + row.id(),
                                                row.status(),
                                                backups.progress(row.id()))));
        restores.page(Optional.empty(), Optional.empty(), SHOWN).items().stream()
                .filter(row -> row.status().active())
                .forEach(row -> found.add(work(row)));
        drills.page(ACTIVE_DRILLS, Optional.empty(), SHOWN)
                .items()
                .forEach(
                        row ->
                                found.add(
                                        new Work(
                                                Say.of("work_drill", row.source()),
                                                "/console/drills/detail.xhtml?id=" + row.id(),
                                                row.status().name(),
                                                drills.progress(row.id()))));
        running = List.copyOf(found);
    }

    private Work work(RestoreRequests.Row row) {
        return new Work(
                Say.of(row.breakGlass() ? "work_restore_glass" : "work_restore", row.target()),
                "/console/restores/detail.xhtml?id=" + row.id(),
                row.status().name(),
                restores.detail(row.id()).progress());
    }
}

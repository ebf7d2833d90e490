package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.app.CheckPlanJson;
import org.holdfast.app.DrillDesk;
import org.holdfast.app.DrillPlans;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.CheckPlan;
import org.holdfast.domain.drill.Choice;
import org.omnifaces.util.Faces;

/** A drill plan, new or there already. */
@Named("drillPlan")
@ViewScoped
public class DrillPlanEdit implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int DATES = 4;

    @Inject private DrillPlans plans;
    @Inject private DrillDesk desk;

    private UUID id;
    private int version;
    private boolean paused;
    private boolean retired;
    private String name;
    private String source;
    private String schedule;
    private Choice.Kind choose = Choice.Kind.LATEST;
    private Integer windowDays;
    private String place = DrillPlans.THROWAWAY;
    private boolean newerMajor;
    private final Map<String, Boolean> demanded = new LinkedHashMap<>();
    private String keyTables = "";
    private String securedTables = "";
    private String migrationsTable;
    private String migrationsColumn;
    private String migrationsExpected;
    private String roles = "";
    private String sql = "";
    private String smokeTest;
    private String canaryTable;
    private String canaryColumn;
    private boolean amcheck = true;
    private int limitSeconds = (int) CheckPlan.LIMIT.toSeconds();
    private String checklist;
    private boolean secondReviewer;
    private int keepMinutes;
    private UUID tried;
    private transient List<String> sources;
    private transient DrillPlans.Reading reading;
    private transient DrillPlans.Line line;

    public void load() {
        if (id == null) {
            schedule = plans.standardSchedule();
            checklist = Say.of("drill_checklist").replace(" | ", "\n");
            checks(CheckPlan.STANDARD);
            if (source != null && name == null) {
                name = source;
            }
        } else {
            line = plans.one(id);
            DrillPlans.Draft draft = line.draft();
            version = line.standing().version();
            paused = line.standing().paused();
            retired = line.standing().retired();
            name = draft.name();
            source = draft.source();
            schedule = draft.schedule();
            choose = draft.choice().kind();
            windowDays = draft.choice().windowDays() == 0 ? null : draft.choice().windowDays();
            place = draft.place();
            newerMajor = draft.newerMajor();
            checklist = draft.checklist();
            secondReviewer = draft.secondReviewer();
            keepMinutes = (int) draft.keep().toMinutes();
            checks(draft.checks());
        }
        look();
    }

    private void checks(CheckPlan of) {
        for (CheckKind kind : CheckKind.values()) {
            demanded.put(kind.name(), of.demands(kind));
        }
        keyTables = String.join("\n", of.keyTables());
        securedTables = String.join("\n", of.securedTables());
        roles = String.join("\n", of.roles());
        sql = of.verificationSql();
        smokeTest = of.smokeTest().orElse(null);
        migrationsTable = of.migrations().map(CheckPlan.Migrations::table).orElse(null);
        migrationsColumn = of.migrations().map(CheckPlan.Migrations::column).orElse(null);
        migrationsExpected = of.migrations().flatMap(CheckPlan.Migrations::expected).orElse(null);
        canaryTable = of.canary().map(CheckPlan.Canary::table).orElse(null);
        canaryColumn = of.canary().map(CheckPlan.Canary::column).orElse(null);
        amcheck = of.amcheck();
        limitSeconds = (int) of.limit().toSeconds();
    }

    /** Reads the schedule as it is typed and shows its next dates, or what is wrong with it. */
    public void look() {
        reading = null;
        reading = plans.read(schedule, DATES);
    }

    public String save() {
        DrillPlans.Draft draft =
                new DrillPlans.Draft(
                        name,
                        source,
                        schedule,
                        new Choice(
                                choose,
                                choose == Choice.Kind.RANDOM && windowDays != null
                                        ? windowDays
                                        : 0),
                        place,
                        newerMajor,
                        checks(),
                        checklist,
                        secondReviewer,
                        Duration.ofMinutes(keepMinutes));
        if (id == null) {
            plans.create(draft);
        } else {
            plans.change(id, version, draft);
        }
        Faces.getFlash().setKeepMessages(true);
        Say.done(Say.of("drill_plan_saved", name.strip()), Say.of("drill_plan_saved_then"));
        return "/console/drills/index?faces-redirect=true";
    }

    /** Runs what is written here as a trial; nothing of it is saved. */
    public String tryOut() {
        UUID trial =
                desk.tryOut(
                        new DrillDesk.Order(
                                Optional.ofNullable(tried),
                                Optional.ofNullable(source),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(place),
                                Optional.empty(),
                                Optional.of(CheckPlanJson.write(checks())),
                                Optional.empty(),
                                Optional.of(keepMinutes),
                                Optional.empty(),
                                Optional.of(newerMajor)));
        return "/console/drills/detail?faces-redirect=true&id=" + trial;
    }

    private CheckPlan checks() {
        Set<CheckKind> kinds = EnumSet.noneOf(CheckKind.class);
        demanded.forEach(
                (kind, on) -> {
                    if (Boolean.TRUE.equals(on)) {
                        kinds.add(CheckKind.valueOf(kind));
                    }
                });
        return new CheckPlan(
                kinds,
                lines(keyTables),
                lines(securedTables),
                given(migrationsTable)
                        .map(
                                table ->
                                        new CheckPlan.Migrations(
                                                table,
                                                given(migrationsColumn).orElse(""),
                                                given(migrationsExpected))),
                lines(roles),
                sql == null ? "" : sql.replace("\r\n", "\n"),
                given(smokeTest),
                given(canaryTable)
                        .map(table -> new CheckPlan.Canary(table, given(canaryColumn).orElse(""))),
                amcheck,
                Duration.ofSeconds(limitSeconds));
    }

    private static Optional<String> given(String text) {
        return Optional.ofNullable(text).map(String::strip).filter(t -> !t.isEmpty());
    }

    private static List<String> lines(String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split("[\\r\\n,]+"))
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
    }

    public String pause() {
        plans.pause(id);
        return stay();
    }

    public String resume() {
        plans.resume(id);
        return stay();
    }

    private String stay() {
        return "/console/drills/plan?faces-redirect=true&id=" + id;
    }

    public String retire() {
        plans.retire(id);
        Faces.getFlash().setKeepMessages(true);
        Say.done(Say.of("drill_plan_retired", name), Say.of("drill_plan_retired_then"));
        return "/console/drills/index?faces-redirect=true";
    }

    public CheckKind[] getKinds() {
        return CheckKind.values();
    }

    public List<String> getSources() {
        if (sources == null) {
            sources = plans.sourceNames();
        }
        return sources;
    }

    public boolean isManySources() {
        return getSources().size() > Choices.MOST;
    }

    /** Names of databases that hold what was typed. */
    public List<String> complete(String typed) {
        return Choices.holding(getSources(), typed);
    }

    public DrillPlans.Reading getReading() {
        return reading;
    }

    /** Null for a new one. */
    public DrillPlans.Line getLine() {
        return line;
    }

    public boolean isRandom() {
        return choose == Choice.Kind.RANDOM;
    }

    public UUID getId() {
        return id;
    }

    public void setId(UUID id) {
        this.id = id;
    }

    public boolean isPaused() {
        return paused;
    }

    public boolean isRetired() {
        return retired;
    }

    public int getVersion() {
        return version;
    }

    public Map<String, Boolean> getDemanded() {
        return demanded;
    }

    public Choice.Kind getChoose() {
        return choose;
    }

    public void setChoose(Choice.Kind choose) {
        this.choose = choose;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getSource() {
        return source;
    }

    public void setSource(String source) {
        this.source = source;
    }

    public String getSchedule() {
        return schedule;
    }

    public void setSchedule(String schedule) {
        this.schedule = schedule;
    }

    public Integer getWindowDays() {
        return windowDays;
    }

    public void setWindowDays(Integer windowDays) {
        this.windowDays = windowDays;
    }

    public String getPlace() {
        return place;
    }

    public void setPlace(String place) {
        this.place = place;
    }

    public boolean isNewerMajor() {
        return newerMajor;
    }

    public void setNewerMajor(boolean newerMajor) {
        this.newerMajor = newerMajor;
    }

    public String getKeyTables() {
        return keyTables;
    }

    public void setKeyTables(String keyTables) {
        this.keyTables = keyTables;
    }

    public String getSecuredTables() {
        return securedTables;
    }

    public void setSecuredTables(String securedTables) {
        this.securedTables = securedTables;
    }

    public String getMigrationsTable() {
        return migrationsTable;
    }

    public void setMigrationsTable(String migrationsTable) {
        this.migrationsTable = migrationsTable;
    }

    public String getMigrationsColumn() {
        return migrationsColumn;
    }

    public void setMigrationsColumn(String migrationsColumn) {
        this.migrationsColumn = migrationsColumn;
    }

    public String getMigrationsExpected() {
        return migrationsExpected;
    }

    public void setMigrationsExpected(String migrationsExpected) {
        this.migrationsExpected = migrationsExpected;
    }

    public String getRoles() {
        return roles;
    }

    public void setRoles(String roles) {
        this.roles = roles;
    }

    public String getSql() {
        return sql;
    }

    public void setSql(String sql) {
        this.sql = sql;
    }

    public String getSmokeTest() {
        return smokeTest;
    }

    public void setSmokeTest(String smokeTest) {
        this.smokeTest = smokeTest;
    }

    public String getCanaryTable() {
        return canaryTable;
    }

    public void setCanaryTable(String canaryTable) {
        this.canaryTable = canaryTable;
    }

    public String getCanaryColumn() {
        return canaryColumn;
    }

    public void setCanaryColumn(String canaryColumn) {
        this.canaryColumn = canaryColumn;
    }

    public boolean isAmcheck() {
        return amcheck;
    }

    public void setAmcheck(boolean amcheck) {
        this.amcheck = amcheck;
    }

    public int getLimitSeconds() {
        return limitSeconds;
    }

    public void setLimitSeconds(int limitSeconds) {
        this.limitSeconds = limitSeconds;
    }

    public String getChecklist() {
        return checklist;
    }

    public void setChecklist(String checklist) {
        this.checklist = checklist;
    }

    public boolean isSecondReviewer() {
        return secondReviewer;
    }

    public void setSecondReviewer(boolean secondReviewer) {
        this.secondReviewer = secondReviewer;
    }

    public int getKeepMinutes() {
        return keepMinutes;
    }

    public void setKeepMinutes(int keepMinutes) {
        this.keepMinutes = keepMinutes;
    }

    public UUID getTried() {
        return tried;
    }

    public void setTried(UUID tried) {
        this.tried = tried;
    }
}

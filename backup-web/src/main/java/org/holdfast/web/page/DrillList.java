package org.holdfast.web.page;

import jakarta.faces.model.SelectItem;
import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.holdfast.app.DrillDesk;
import org.holdfast.app.DrillPlans;
import org.holdfast.app.PeriodEvidence;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.Secret;
import org.omnifaces.util.Faces;

/** Drills: what they came to, how long they took, and the months without one. */
@Named("drillList")
@ViewScoped
public class DrillList implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 25;
    private static final int AT_ONCE = 100;
    private static final int PAGES = 5;
    private static final int MONTHS = 12;
    private static final int QUARTERS = 5;
    private static final String PLAN = "plan:";
    private static final String SOURCE = "source:";
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("MMM", Locale.ENGLISH);

    @Inject private DrillDesk desk;
    @Inject private DrillPlans plans;
    @Inject private PeriodEvidence evidence;

    private String source;
    private String verdict;
    private String month;
    private String cursor;
    private int planPage = 1;
    private String named;
    private String what;
    private String choose = "";
    private Integer windowDays;
    private UUID snapshotId;
    private String place = "";
    private Integer keepMinutes;
    private String ticket;
    private String span = YearMonth.now(ZoneOffset.UTC).toString();
    private LocalDate from;
    private LocalDate to;
    private String evidenceSource = "";
    private transient String identity;
    private transient Page<Drills.Row> page;
    private transient DrillTrend trend;
    private transient DrillCalendar calendar;
    private transient List<Drills.Database> databases;
    private transient Part<DrillPlans.Line> planLines;
    private transient List<String> planNames;

    /** A filter to be taken or left. */
    public record Chip(String text, String address, boolean on) {}

    public void load() {
        page = desk.page(filter(), Optional.ofNullable(cursor), PAGE);
    }

    private Drills.Filter filter() {
        Drills.Filter all = ofSource().ended(verdicts());
        return month().map(m -> all.since(begin(m)).before(begin(m.plusMonths(1)))).orElse(all);
    }

    private Drills.Filter ofSource() {
        return source == null ? Drills.Filter.ALL : Drills.Filter.ALL.ofSource(idOf(source));
    }

    private static Instant begin(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private Optional<YearMonth> month() {
        try {
            return Optional.ofNullable(month).map(YearMonth::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Of a name that nobody has, an id that nothing has: the list is empty then. */
    private UUID idOf(String name) {
        return databases().stream()
                .filter(database -> database.name().equals(name))
                .map(Drills.Database::id)
                .findFirst()
                .orElse(new UUID(0, 0));
    }

    private List<Drills.Database> databases() {
        if (databases == null) {
            databases = desk.databases();
        }
        return databases;
    }

    private Set<DrillVerdict> verdicts() {
        return verdict == null
                ? Set.of()
                : Arrays.stream(DrillVerdict.values())
                        .filter(v -> List.of(verdict.split(",")).contains(v.name()))
                        .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String address(
            String inSource, Set<DrillVerdict> in, String inMonth, String from) {
        return Address.of(
                "index.xhtml",
                "source",
                inSource,
                "verdict",
                in.stream().map(Enum::name).collect(Collectors.joining(",")),
                "month",
                inMonth,
                "cursor",
                from);
    }

    private static String address(String inSource, Set<DrillVerdict> in, String inMonth) {
        return address(inSource, in, inMonth, null);
    }

    public List<Chip> getSourceChips() {
        List<Chip> chips = new ArrayList<>();
        chips.add(
                new Chip(
                        Say.of("all_databases"), address(null, verdicts(), month), source == null));
        for (String name : isManySources() ? chosen() : getSourceNames()) {
            chips.add(new Chip(name, address(name, verdicts(), month), name.equals(source)));
        }
        return chips;
    }

    private List<String> chosen() {
        return source == null ? List.of() : List.of(source);
    }

    public boolean isManySources() {
        return databases().size() > Choices.MOST;
    }

    /** Names of databases that hold what was typed. */
    public List<String> complete(String typed) {
        return Choices.holding(getSourceNames(), typed);
    }

    /** Shows the drills of the database that was named. */
    public void show() {
        Choices.told(getSourceNames(), named)
                .ifPresent(
                        name ->
                                Faces.redirect(
                                        "/console/drills/" + address(name, verdicts(), month)));
    }

    public String getNamed() {
        return named;
    }

    public void setNamed(String named) {
        this.named = named;
    }

    public List<Chip> getVerdictChips() {
        Set<DrillVerdict> now = verdicts();
        List<Chip> chips = new ArrayList<>();
        for (DrillVerdict one : DrillVerdict.values()) {
            Set<DrillVerdict> other = new LinkedHashSet<>(now);
            if (!other.remove(one)) {
                other.add(one);
            }
            chips.add(new Chip(Words.word(one), address(source, other, month), now.contains(one)));
        }
        month().ifPresent(
                        m ->
                                chips.add(
                                        new Chip(
                                                DrillCalendar.MONTH.format(m) + " ✕",
                                                address(source, now, null),
                                                true)));
        return chips;
    }

    public boolean isFiltered() {
        return source != null || !verdicts().isEmpty() || month().isPresent();
    }

    public List<Drills.Row> getRows() {
        return page.items();
    }

    public String getOlder() {
        return page.next().map(next -> address(source, verdicts(), month, next)).orElse(null);
    }

    public boolean isRunning() {
        return getRows().stream().anyMatch(row -> row.status().active());
    }

    private static YearMonth thisMonth() {
        return YearMonth.now(ZoneOffset.UTC);
    }

    /** Of the last twelve months; of the source that is shown. */
    public DrillTrend getTrend() {
        if (trend == null) {
            trend = DrillTrend.of(newest());
        }
        return trend;
    }

    /** As many of the newest as the trend shows; it is not drawn of all that a page may look at. */
    private List<Drills.Row> newest() {
        Drills.Filter filter =
                ofSource()
                        .ended(EnumSet.allOf(DrillVerdict.class))
                        .since(begin(thisMonth().minusMonths(MONTHS - 1)));
        List<Drills.Row> rows = new ArrayList<>();
        Optional<String> next = Optional.empty();
        int pages = 0;
        do {
            Page<Drills.Row> some = desk.page(filter, next, AT_ONCE);
            some.items().stream().filter(DrillTrend::shows).forEach(rows::add);
            next = some.next();
            pages++;
        } while (next.isPresent() && rows.size() < DrillTrend.MOST && pages < PAGES);
        return rows;
    }

    /** Short names of the months of the calendar. */
    public List<String> getMonths() {
        return months().map(MONTH::format).toList();
    }

    private static Stream<YearMonth> months() {
        return IntStream.range(0, MONTHS).mapToObj(thisMonth()::minusMonths);
    }

    /** A month without a drill is a gap only of a database in use; a retired one is asked for. */
    static List<Drills.Database> shown(List<Drills.Database> databases, String source) {
        return databases.stream()
                .filter(one -> source == null ? one.inUse() : source.equals(one.name()))
                .toList();
    }

    public DrillCalendar getCalendar() {
        if (calendar == null) {
            calendar =
                    DrillCalendar.of(
                            shown(databases(), source),
                            months().toList(),
                            desk.months(
                                    Optional.ofNullable(source).map(this::idOf),
                                    begin(thisMonth().minusMonths(MONTHS - 1))),
                            (name, of) -> address(name, Set.of(), of.toString()),
                            Say.of("drill_month_none"));
        }
        return calendar;
    }

    public Part<DrillPlans.Line> getPlans() {
        if (planLines == null) {
            planLines = plans.lines(planPage, PAGE);
        }
        return planLines;
    }

    /** Where another page of the plans is, beside what is shown now. */
    public String toPlans(int other) {
        return Address.of(
                        "index.xhtml",
                        "source",
                        source,
                        "verdict",
                        verdict,
                        "month",
                        month,
                        "cursor",
                        cursor,
                        "plans",
                        Address.page(other))
                + "#plansTitle";
    }

    public int getPlanPage() {
        return planPage;
    }

    public void setPlanPage(int planPage) {
        this.planPage = planPage;
    }

    /** What can be drilled: by plan, and any database by the standard checks. */
    public List<SelectItem> getSubjects() {
        return subjects(planNames(), inUse())
                .map(subject -> new SelectItem(subject, subjectWords(subject)))
                .toList();
    }

    public boolean isManySubjects() {
        return planNames().size() + inUse().size() > Choices.MOST;
    }

    /** Plans and databases whose names hold what was typed. */
    public List<String> completeSubjects(String typed) {
        return subjects(Choices.holding(planNames(), typed), Choices.holding(inUse(), typed))
                .toList();
    }

    private static Stream<String> subjects(List<String> plans, List<String> sources) {
        return Stream.concat(
                plans.stream().map(PLAN::concat), sources.stream().map(SOURCE::concat));
    }

    /** Empty where nothing was chosen. */
    public String subjectWords(String subject) {
        if (subject == null || subject.isEmpty()) {
            return "";
        }
        return subject.startsWith(PLAN)
                ? Say.of("drill_by_plan", subject.substring(PLAN.length()))
                : Say.of("drill_by_source", subject.substring(SOURCE.length()));
    }

    private List<String> planNames() {
        if (planNames == null) {
            planNames = plans.names();
        }
        return planNames;
    }

    public String run() {
        // Only for this call: where it is refused, it is given again.
        Secret given = identity == null || identity.isBlank() ? null : Secret.of(identity.strip());
        identity = null;
        boolean named = "NAMED".equals(choose) && snapshotId != null;
        Optional<String> chosen = Optional.ofNullable(what);
        UUID id =
                desk.request(
                        new DrillDesk.Order(
                                named ? Optional.of(snapshotId) : Optional.empty(),
                                chosen.filter(w -> w.startsWith(SOURCE))
                                        .map(w -> w.substring(SOURCE.length())),
                                choose.isEmpty() || named
                                        ? Optional.empty()
                                        : Optional.of(Choice.Kind.valueOf(choose)),
                                "RANDOM".equals(choose)
                                        ? Optional.ofNullable(windowDays)
                                        : Optional.empty(),
                                Optional.of(place).filter(p -> !p.isEmpty()),
                                chosen.filter(w -> w.startsWith(PLAN))
                                        .map(w -> w.substring(PLAN.length())),
                                Optional.empty(),
                                Optional.ofNullable(ticket).filter(t -> !t.isBlank()),
                                Optional.ofNullable(keepMinutes),
                                Optional.empty(),
                                Optional.empty()),
                        given,
                        null);
        return "/console/drills/detail?faces-redirect=true&id=" + id;
    }

    /** Months and quarters to take evidence of; what is empty stands for two days. */
    public List<SelectItem> getSpans() {
        List<SelectItem> items = new ArrayList<>();
        YearMonth now = thisMonth();
        IntStream.range(0, MONTHS)
                .mapToObj(now::minusMonths)
                .forEach(
                        m ->
                                items.add(
                                        new SelectItem(
                                                m.toString(), DrillCalendar.MONTH.format(m))));
        YearMonth quarter = now.minusMonths((now.getMonthValue() - 1) % 3);
        IntStream.range(0, QUARTERS)
                .mapToObj(back -> quarter.minusMonths(back * 3L))
                .forEach(
                        q -> {
                            int number = (q.getMonthValue() + 2) / 3;
                            items.add(
                                    new SelectItem(
                                            q.getYear() + "-Q" + number,
                                            Say.of(
                                                    "drill_quarter",
                                                    number + "",
                                                    q.getYear() + "")));
                        });
        items.add(new SelectItem("", Say.of("drill_span_days")));
        return items;
    }

    /**
     * Looks whether there is a file before the browser asks for it: a refusal stays in the page.
     */
    public void take() {
        String period =
                span.isEmpty()
                        ? Objects.toString(from, "") + ".." + Objects.toString(to, "")
                        : span;
        evidence.requireTakeable(
                period, Optional.of(evidenceSource).filter(name -> !name.isEmpty()));
        Faces.redirect("/console/drills-evidence?period=%s&source=%s", period, evidenceSource);
    }

    /** Of all whose drills there are or may be, retired databases too. */
    public List<String> getSourceNames() {
        return databases().stream().map(Drills.Database::name).toList();
    }

    private List<String> inUse() {
        return databases().stream()
                .filter(Drills.Database::inUse)
                .map(Drills.Database::name)
                .toList();
    }

    /** Never shown again: a page that is drawn anew asks for it anew. */
    public String getIdentity() {
        return null;
    }

    public void setIdentity(String identity) {
        this.identity = identity;
    }

    /** Whether anything can be drilled. */
    public boolean isSomething() {
        return databases().stream().anyMatch(Drills.Database::inUse);
    }

    /** Whether there is, or may be, anything to take evidence of. */
    public boolean isEvident() {
        return !databases().isEmpty();
    }

    public String getSource() {
        return source;
    }

    public void setSource(String source) {
        this.source = source == null || source.isEmpty() ? null : source;
    }

    public String getVerdict() {
        return verdict;
    }

    public void setVerdict(String verdict) {
        this.verdict = verdict;
    }

    public String getMonth() {
        return month;
    }

    public void setMonth(String month) {
        this.month = month;
    }

    public String getCursor() {
        return cursor;
    }

    public void setCursor(String cursor) {
        this.cursor = cursor == null || cursor.isEmpty() ? null : cursor;
    }

    public String getWhat() {
        return what;
    }

    public void setWhat(String what) {
        this.what = what;
    }

    public String getChoose() {
        return choose;
    }

    public void setChoose(String choose) {
        this.choose = choose == null ? "" : choose;
    }

    public Integer getWindowDays() {
        return windowDays;
    }

    public void setWindowDays(Integer windowDays) {
        this.windowDays = windowDays;
    }

    public UUID getSnapshotId() {
        return snapshotId;
    }

    public void setSnapshotId(UUID snapshotId) {
        this.snapshotId = snapshotId;
    }

    public String getPlace() {
        return place;
    }

    public void setPlace(String place) {
        this.place = place == null ? "" : place;
    }

    public Integer getKeepMinutes() {
        return keepMinutes;
    }

    public void setKeepMinutes(Integer keepMinutes) {
        this.keepMinutes = keepMinutes;
    }

    public String getTicket() {
        return ticket;
    }

    public void setTicket(String ticket) {
        this.ticket = ticket;
    }

    public String getSpan() {
        return span;
    }

    public void setSpan(String span) {
        this.span = span == null ? "" : span;
    }

    public LocalDate getFrom() {
        return from;
    }

    public void setFrom(LocalDate from) {
        this.from = from;
    }

    public LocalDate getTo() {
        return to;
    }

    public void setTo(LocalDate to) {
        this.to = to;
    }

    public String getEvidenceSource() {
        return evidenceSource;
    }

    public void setEvidenceSource(String evidenceSource) {
        this.evidenceSource = evidenceSource == null ? "" : evidenceSource;
    }
}

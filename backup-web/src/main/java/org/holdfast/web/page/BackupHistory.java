package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.app.Backups;
import org.holdfast.app.Progress;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.History;
import org.primefaces.model.FilterMeta;
import org.primefaces.model.LazyDataModel;
import org.primefaces.model.SortMeta;
import org.primefaces.model.SortOrder;

/**
 * The history of backups. Filter, order and page stand in the address, so that what is seen can be
 * sent to a colleague; sorting and paging change the address without loading the page anew.
 */
@Named("history")
@ViewScoped
public class BackupHistory implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 25;
    private static final long COUNTED = 10_000;

    private static final List<String> STATUSES =
            List.of(
                    "QUEUED",
                    "RUNNING",
                    "UPLOADED",
                    "VERIFIED",
                    "RESTORED",
                    "SUSPECT",
                    "FAILED",
                    "CANCELLED",
                    "EXPIRED");

    @Inject private Backups backups;
    @Inject private SourceNames sourceNames;
    @Inject private Zone zone;

    private String named;
    private String source;
    private String status;
    private String text;
    private String sort;
    private String direction;
    private int page = 1;
    private Rows rows;

    /** A filter to be taken or left. */
    public record Chip(String text, String address, boolean on) {}

    public void load() {
        rows = new Rows();
    }

    private final class Rows extends LazyDataModel<History.Row> {
        private static final long serialVersionUID = 1L;
        private transient List<History.Row> shown = List.of();

        @Override
        public int count(Map<String, FilterMeta> filterBy) {
            return (int) backups.count(filter(), COUNTED);
        }

        @Override
        public List<History.Row> load(
                int first,
                int pageSize,
                Map<String, SortMeta> sortBy,
                Map<String, FilterMeta> filterBy) {
            sortBy.values().stream()
                    .findFirst()
                    .ifPresent(
                            by -> {
                                sort = by.getField().toLowerCase(Locale.ENGLISH);
                                direction = by.getOrder() == SortOrder.ASCENDING ? "asc" : "desc";
                            });
            page = first / PAGE + 1;
            shown = backups.rows(filter(), order(), ascending(), first, pageSize);
            Address.shown(address(source, statuses(), text, sort, direction));
            return shown;
        }

        @Override
        public String getRowKey(History.Row row) {
            return row.id().toString();
        }

        @Override
        public History.Row getRowData(String rowKey) {
            return backups.detail(UUID.fromString(rowKey)).row();
        }
    }

    private History.Filter filter() {
        return new History.Filter(
                Optional.ofNullable(source), statuses(), Optional.ofNullable(text));
    }

    private Set<String> statuses() {
        return status == null
                ? Set.of()
                : Arrays.stream(status.split(","))
                        .filter(STATUSES::contains)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private History.Sort order() {
        return Arrays.stream(History.Sort.values())
                .filter(s -> s.name().equalsIgnoreCase(sort))
                .findFirst()
                .orElse(History.Sort.QUEUED_AT);
    }

    private boolean ascending() {
        return "asc".equals(direction);
    }

    private String address(
            String inSource, Set<String> inStatuses, String inText, String by, String dir) {
        boolean usual =
                by == null || (by.equals("queued_at") && (dir == null || dir.equals("desc")));
        return Address.of(
                "index.xhtml",
                "source",
                inSource,
                "status",
                String.join(",", inStatuses),
                "q",
                inText,
                "sort",
                usual ? null : by,
                "dir",
                usual ? null : dir,
                "page",
                Address.page(page));
    }

    /** Filters begin at the first page. */
    private String filteredBy(String inSource, Set<String> inStatuses, String inText) {
        int kept = page;
        page = 1;
        String address = address(inSource, inStatuses, inText, sort, direction);
        page = kept;
        return address;
    }

    public List<Chip> getSourceChips() {
        List<Chip> chips = new ArrayList<>();
        chips.add(
                new Chip(
                        Say.of("all_databases"),
                        filteredBy(null, statuses(), text),
                        source == null));
        for (String name : sourceNames.isMany() ? chosen() : sourceNames.getAll()) {
            chips.add(new Chip(name, filteredBy(name, statuses(), text), name.equals(source)));
        }
        return chips;
    }

    private List<String> chosen() {
        return source == null ? List.of() : List.of(source);
    }

    public String getNamed() {
        return named;
    }

    public void setNamed(String named) {
        this.named = named;
    }

    public List<Chip> getStatusChips() {
        Set<String> now = statuses();
        List<Chip> chips = new ArrayList<>();
        for (String one : STATUSES) {
            Set<String> other = new LinkedHashSet<>(now);
            if (!other.remove(one)) {
                other.add(one);
            }
            chips.add(
                    new Chip(Words.word(one), filteredBy(source, other, text), now.contains(one)));
        }
        return chips;
    }

    public String getWithoutText() {
        return filteredBy(source, statuses(), null);
    }

    public boolean isFiltered() {
        return source != null || text != null || !statuses().isEmpty();
    }

    /** Whether the page shows anything that changes by itself. */
    public boolean isRunning() {
        return backups.active() > 0;
    }

    public Optional<Progress> progress(UUID id) {
        return backups.progress(id);
    }

    /** The ladder in words: what was done when, or why it was not. */
    public String proof(History.Row row) {
        return switch (row.status()) {
            case "QUEUED" ->
                    row.attempt() > 0
                            ? Say.of("proof_retry", Words.number(row.attempt() + 1))
                            : Say.of("proof_waiting");
            case "RUNNING" -> row.phase() == null ? Say.of("proof_starting") : row.phase();
            case "UPLOADED" -> Say.of("proof_unread");
            case "VERIFIED" -> Say.of("proof_read", zone.ago(row.verifiedAt()));
            case "RESTORED" -> Say.of("proof_restored", zone.ago(row.restoredAt()));
            case "SUSPECT" ->
                    row.failureText() == null
                            ? Say.of("proof_suspect")
                            : firstLine(row.failureText());
            case "FAILED" -> firstLine(row.failureText());
            case "CANCELLED" -> Say.of("proof_cancelled", zone.ago(row.finishedAt()));
            case "EXPIRED" -> Say.of("proof_expired");
            default -> "";
        };
    }

    private static String firstLine(String text) {
        if (text == null) {
            return "";
        }
        String line = text.strip().lines().findFirst().orElse("");
        return line.length() <= 80 ? line : line.substring(0, 79) + "…";
    }

    public String start(String name) {
        return opened(backups.queue(name, DumpFormat.CUSTOM));
    }

    public String export(String name) {
        return opened(backups.queue(name, DumpFormat.PLAIN_GZ));
    }

    private static String opened(UUID id) {
        return "/console/backups/detail?faces-redirect=true&id=" + id;
    }

    public void cancel(UUID id) {
        backups.cancel(id);
        Say.done(Say.of("backup_cancelling", Words.brief(id)), Say.of("backup_cancelling_means"));
    }

    public void download(UUID id) {
        Downloads.manifest(id, backups.manifest(id));
    }

    public Rows getRows() {
        return rows;
    }

    public int getFirst() {
        return (page - 1) * PAGE;
    }

    public void setFirst(int first) {
        page = first / PAGE + 1;
    }

    public SortMeta getSorting() {
        return SortMeta.builder()
                .field(order().name())
                .order(ascending() ? SortOrder.ASCENDING : SortOrder.DESCENDING)
                .build();
    }

    public String getSource() {
        return source;
    }

    public void setSource(String source) {
        this.source = source;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }

    public String getText() {
        return text;
    }

    public void setText(String text) {
        this.text = text;
    }

    public String getSort() {
        return sort;
    }

    public void setSort(String sort) {
        this.sort = sort;
    }

    public String getDirection() {
        return direction;
    }

    public void setDirection(String direction) {
        this.direction = direction;
    }

    public int getPage() {
        return page;
    }

    public void setPage(int page) {
        this.page = Math.max(1, page);
    }
}

package org.holdfast.web.page;

import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;

/**
 * The months of the databases, as many as fit a page.
 *
 * @param more how many databases are left out
 */
public record DrillCalendar(List<Line> lines, int more) {
    /** Databases on a page. */
    public static final int MOST = 50;

    static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("MMMM yyyy", Locale.ENGLISH);

    /**
     * A month of a source.
     *
     * @param tone of the best drill in it: good, warn, bad; calm where there was none
     * @param mark the same as a sign
     * @param words the same as a sentence
     */
    public record Cell(String address, String tone, String mark, String words) {}

    /** A source and its months, the newest first: a narrow screen shows what is there now. */
    public record Line(String source, List<Cell> cells) {}

    private record Key(UUID source, YearMonth month) {}

    /**
     * @param months the newest first
     * @param ended of these sources and others
     * @param address where the drills of a source and a month are listed
     * @param none said of a month without one
     */
    static DrillCalendar of(
            List<Drills.Database> sources,
            List<YearMonth> months,
            List<Drills.OfMonth> ended,
            BiFunction<String, YearMonth, String> address,
            String none) {
        Map<Key, Map<DrillVerdict, Long>> counts = new HashMap<>();
        for (Drills.OfMonth one : ended) {
            counts.computeIfAbsent(
                            new Key(one.source(), one.month()),
                            key -> new EnumMap<>(DrillVerdict.class))
                    .merge(one.verdict(), one.count(), Long::sum);
        }
        List<Line> lines =
                sources.stream()
                        .limit(MOST)
                        .map(
                                source ->
                                        new Line(
                                                source.name(),
                                                months.stream()
                                                        .map(
                                                                month ->
                                                                        cell(
                                                                                source.name(),
                                                                                month,
                                                                                counts.getOrDefault(
                                                                                        new Key(
                                                                                                source
                                                                                                        .id(),
                                                                                                month),
                                                                                        Map.of()),
                                                                                address,
                                                                                none))
                                                        .toList()))
                        .toList();
        return new DrillCalendar(lines, sources.size() - lines.size());
    }

    private static Cell cell(
            String name,
            YearMonth month,
            Map<DrillVerdict, Long> ended,
            BiFunction<String, YearMonth, String> address,
            String none) {
        String when = name + ", " + MONTH.format(month) + ": ";
        if (ended.isEmpty()) {
            return new Cell(null, "calm", "–", when + none);
        }
        String words =
                when
                        + Arrays.stream(DrillVerdict.values())
                                .filter(ended::containsKey)
                                .map(
                                        v ->
                                                ended.get(v)
                                                        + " "
                                                        + Words.word(v).toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "));
        String at = address.apply(name, month);
        return switch (ended.keySet().iterator().next()) {
            case PASSED -> new Cell(at, "good", "●", words);
            case PARTIAL -> new Cell(at, "warn", "◐", words);
            case FAILED -> new Cell(at, "bad", "✕", words);
            case ABORTED -> new Cell(at, "calm", "○", words);
        };
    }
}

package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.junit.jupiter.api.Test;

class DrillCalendarTest {
    private static final YearMonth NOW = YearMonth.of(2026, 11);
    private static final List<YearMonth> MONTHS = List.of(NOW, NOW.minusMonths(1));
    private static final UUID SHOP = new UUID(1, 0);

    private static Drills.Database source(UUID id, String name) {
        return new Drills.Database(id, name, true);
    }

    private static DrillCalendar calendar(
            List<Drills.Database> sources, List<Drills.OfMonth> ended) {
        return DrillCalendar.of(
                sources, MONTHS, ended, (name, month) -> name + "/" + month, "no drill");
    }

    @Test
    void the_best_drill_of_a_month_counts_and_all_are_told() {
        DrillCalendar calendar =
                calendar(
                        List.of(source(SHOP, "shop")),
                        List.of(
                                new Drills.OfMonth(SHOP, NOW, DrillVerdict.FAILED, 3),
                                new Drills.OfMonth(SHOP, NOW, DrillVerdict.PASSED, 1),
                                new Drills.OfMonth(new UUID(2, 0), NOW, DrillVerdict.PARTIAL, 9)));

        List<DrillCalendar.Cell> cells = calendar.lines().get(0).cells();
        assertThat(cells.get(0).tone()).isEqualTo("good");
        assertThat(cells.get(0).address()).isEqualTo("shop/2026-11");
        assertThat(cells.get(0).words()).contains("shop, November 2026", "1 passed, 3 failed");
        assertThat(cells.get(1).tone()).isEqualTo("calm");
        assertThat(cells.get(1).words()).endsWith("no drill");
        assertThat(cells.get(1).address()).isNull();
    }

    @Test
    void databases_that_do_not_fit_are_counted() {
        List<Drills.Database> many =
                IntStream.range(0, DrillCalendar.MOST + 7)
                        .mapToObj(i -> source(new UUID(3, i), "db" + i))
                        .toList();

        DrillCalendar calendar = calendar(many, List.of());

        assertThat(calendar.lines()).hasSize(DrillCalendar.MOST);
        assertThat(calendar.more()).isEqualTo(7);
        assertThat(calendar(many.subList(0, DrillCalendar.MOST), List.of()).more()).isZero();
    }
}

package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.holdfast.domain.drill.Drills;
import org.junit.jupiter.api.Test;

class DrillListTest {
    private static final Drills.Database SHOP = new Drills.Database(new UUID(1, 0), "shop", true);
    private static final Drills.Database OLD = new Drills.Database(new UUID(2, 0), "old", false);

    @Test
    void the_calendar_counts_gaps_of_databases_in_use_and_shows_a_retired_one_that_is_named() {
        List<Drills.Database> all = List.of(OLD, SHOP);

        assertThat(DrillList.shown(all, null)).containsExactly(SHOP);
        assertThat(DrillList.shown(all, "old")).containsExactly(OLD);
        assertThat(DrillList.shown(all, "nobody")).isEmpty();
    }
}

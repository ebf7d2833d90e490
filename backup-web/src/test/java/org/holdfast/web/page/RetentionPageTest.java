package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.holdfast.app.Retentions;
import org.holdfast.domain.policy.Expiry;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionPageTest {
    private static Retentions.Forecast forecast(int goes, int stays) {
        return new Retentions.Forecast(
                "shop",
                "here",
                "a rule",
                IntStream.range(0, goes + stays).mapToObj(n -> line(n >= stays)).toList(),
                goes,
                0);
    }

    private static Retentions.Line line(boolean goes) {
        return new Retentions.Line(
                UUID.randomUUID(),
                "here",
                Instant.EPOCH,
                Rung.VERIFIED,
                SnapshotCopy.State.values()[0],
                1,
                goes,
                Expiry.Why.values()[0],
                "why",
                Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 200, 0, 0",
        "3, 200, 0, 3",
        "200, 5, 0, 5",
        "201, 0, 1, 0",
        "500, 7, 300, 7",
    })
    void what_goes_is_shown_first_and_what_is_left_of_it_is_never_counted_among_what_stays(
            int goes, int stays, long goesLeft, long staysLeft) {
        RetentionPage page = new RetentionPage();
        Retentions.Forecast forecast = forecast(goes, stays);

        assertThat(page.goesLeft(forecast)).isEqualTo(goesLeft);
        assertThat(page.staysLeft(forecast)).isEqualTo(staysLeft);
        assertThat(page.shown(forecast))
                .isSortedAccordingTo(Comparator.comparing(line -> !line.goes()))
                .filteredOn(Retentions.Line::goes)
                .hasSize(Math.min(goes, 200));
        assertThat(page.shown(forecast).size() + goesLeft + staysLeft).isEqualTo(goes + stays);
    }
}

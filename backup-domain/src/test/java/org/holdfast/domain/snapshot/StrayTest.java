package org.holdfast.domain.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.snapshot.SnapshotCopy.State;
import org.holdfast.domain.snapshot.Stray.Folder;
import org.holdfast.domain.snapshot.Stray.Run;
import org.holdfast.domain.snapshot.Stray.Whose;
import org.holdfast.domain.storage.ObjectKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrayTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final String ID = "0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b";
    private static final ObjectKey KEY = new ObjectKey("shop/2026/11/" + ID);
    private static final Folder FOLDER = Folder.of(KEY.resolve("manifest.json")).orElseThrow();
    private static final Folder SECOND =
            Folder.of(new ObjectKey(KEY + ".2/manifest.json")).orElseThrow();

    private static Optional<Run> run(boolean ended, boolean snapshot, State copy) {
        return Optional.of(
                new Run(
                        ended,
                        snapshot ? Optional.of(KEY) : Optional.empty(),
                        Optional.ofNullable(copy)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast-probe/0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b",
                "shop/2026/11/notes.txt",
                "photos/2026/11/beach/1.jpg",
                "shop/2026/11/0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b/deep/er",
                "team-b/shop/2026/11/0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b/manifest.json"
            })
    void what_does_not_lie_as_backups_do_is_none_of_its_business(String key) {
        assertThat(Folder.of(new ObjectKey(key))).isEmpty();
    }

    @Test
    void what_no_run_of_the_catalog_made_is_told_and_never_removed() {
        assertThat(Stray.objects(FOLDER, true, Optional.empty())).contains(Whose.WHOLE);
        assertThat(Stray.objects(FOLDER, false, Optional.empty())).contains(Whose.UNKNOWN);
        assertThat(Stray.upload(FOLDER, Optional.empty())).contains(Whose.UNKNOWN);
        for (Whose whose : new Whose[] {Whose.WHOLE, Whose.UNKNOWN}) {
            assertThat(stray(whose, 400, 400).removable(NOW, DAY)).isFalse();
        }
    }

    @Test
    void what_a_run_that_goes_on_writes_belongs_there() {
        assertThat(Stray.objects(FOLDER, false, run(false, false, null))).isEmpty();
        assertThat(Stray.upload(SECOND, run(false, true, State.UPLOADED))).isEmpty();
    }

    @Test
    void what_an_attempt_left_that_came_to_nothing_is_left_over() {
        assertThat(Stray.objects(FOLDER, false, run(true, false, null))).contains(Whose.LEFT);
        assertThat(Stray.objects(SECOND, false, run(true, true, State.VERIFIED)))
                .contains(Whose.LEFT);
        assertThat(Stray.objects(FOLDER, false, run(true, true, State.REMOVED)))
                .contains(Whose.LEFT);
        assertThat(Stray.upload(SECOND, run(true, true, State.VERIFIED))).contains(Whose.LEFT);
    }

    @Test
    void a_manifest_that_the_catalog_does_not_know_makes_it_a_whole_backup() {
        assertThat(Stray.objects(FOLDER, true, run(true, false, null))).contains(Whose.WHOLE);
        assertThat(Stray.objects(SECOND, true, run(true, true, State.VERIFIED)))
                .contains(Whose.WHOLE);
        assertThat(Stray.objects(FOLDER, true, run(true, true, null))).contains(Whose.WHOLE);
    }

    @ParameterizedTest
    @EnumSource(value = State.class, mode = EnumSource.Mode.EXCLUDE, names = "REMOVED")
    void the_objects_of_a_copy_belong_there_until_it_is_removed(State copy) {
        assertThat(Stray.objects(FOLDER, true, run(true, true, copy))).isEmpty();
        assertThat(Stray.objects(FOLDER, false, run(true, true, copy))).isEmpty();
    }

    @Test
    void a_copy_that_is_still_brought_in_may_be_uploading() {
        assertThat(Stray.upload(FOLDER, run(true, true, State.FAILED))).isEmpty();
    }

    @Test
    void what_is_left_over_goes_only_after_the_grace_and_never_with_a_date_in_the_future() {
        assertThat(stray(Whose.LEFT, 25, 30).removable(NOW, DAY)).isTrue();
        assertThat(stray(Whose.LEFT, 23, 30).removable(NOW, DAY)).isFalse();
        assertThat(stray(Whose.LEFT, 25, 23).removable(NOW, DAY)).isFalse();
        assertThat(stray(Whose.LEFT, 25, -10).removable(NOW, DAY)).isFalse();
    }

    private static Stray stray(Whose whose, int foundHoursAgo, int newestHoursAgo) {
        return new Stray(
                Stray.Kind.OBJECTS,
                KEY.value(),
                whose,
                2,
                100,
                NOW.minus(Duration.ofHours(newestHoursAgo)),
                NOW.minus(Duration.ofHours(foundHoursAgo)));
    }
}

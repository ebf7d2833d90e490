package org.holdfast.config;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.holdfast.domain.policy.Schedule;

/**
 * The five fields of crontab(5): minute, hour, day of the month, month, day of the week, read on
 * the wall clock of a time zone. A moment that summer time leaves out comes as much later; of a
 * moment that comes twice, the first counts. (The library is asked on a time line without either,
 * because cron implementations differ in just this.)
 */
final class CronSchedule implements Schedule {
    private static final CronParser PARSER =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final String text;
    private final ZoneId zone;
    private final ExecutionTime times;

    private CronSchedule(String text, ZoneId zone, ExecutionTime times) {
        this.text = text;
        this.zone = zone;
        this.times = times;
    }

    /**
     * @throws IllegalArgumentException it is no such expression; the message says why
     */
    static CronSchedule of(String text, ZoneId zone) {
        Cron cron = PARSER.parse(text);
        return new CronSchedule(text, zone, ExecutionTime.forCron(cron.validate()));
    }

    @Override
    public String words() {
        return text + " " + zone;
    }

    @Override
    public Optional<Instant> next(Instant after) {
        LocalDateTime wall = LocalDateTime.ofInstant(after, zone);
        ZonedDateTime end = wall.plus(HORIZON).atZone(ZoneOffset.UTC);
        for (Optional<ZonedDateTime> next = times.nextExecution(wall.atZone(ZoneOffset.UTC));
                next.isPresent() && next.get().isBefore(end);
                next = times.nextExecution(next.get())) {
            Instant slot = next.get().toLocalDateTime().atZone(zone).toInstant();
            if (slot.isAfter(after)) {
                return Optional.of(slot);
            }
        }
        return Optional.empty();
    }
}

package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Times as the clock on the reader's wall shows them. The browser tells its zone in a cookie (see
 * console.js); without one, or with one that is no zone, it is UTC.
 */
@Named
@RequestScoped
public class Zone {
    private static final String COOKIE = "holdfast-zone";
    private static final String SHAPE = "[A-Za-z][A-Za-z0-9_+/-]{0,49}";
    private static final DateTimeFormatter SECOND = format("yyyy-MM-dd HH:mm:ss z");
    private static final DateTimeFormatter MINUTE = format("d MMM yyyy HH:mm z");
    private static final DateTimeFormatter CLOCK = format("HH:mm:ss");
    private static final DateTimeFormatter NAME = format("z");

    @Inject private HttpServletRequest request;
    private ZoneId zone;

    protected Zone() {}

    Zone(ZoneId zone) {
        this.zone = zone;
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    private ZoneId zone() {
        if (zone == null) {
            zone = ZoneId.of("UTC");
            for (Cookie cookie :
                    request.getCookies() == null ? new Cookie[0] : request.getCookies()) {
                if (COOKIE.equals(cookie.getName())) {
                    zone = of(cookie.getValue());
                }
            }
        }
        return zone;
    }

    /** The zone of this name, UTC where there is none. */
    static ZoneId of(String name) {
        try {
            return name.matches(SHAPE) ? ZoneId.of(name) : ZoneId.of("UTC");
        } catch (DateTimeException e) {
            return ZoneId.of("UTC");
        }
    }

    /** {@code 2026-11-21 03:04:05 CET}; empty for null. */
    public String second(Instant instant) {
        return text(SECOND, instant);
    }

    /** {@code 21 Nov 2026 03:04 CET}; empty for null. */
    public String minute(Instant instant) {
        return text(MINUTE, instant);
    }

    /** {@code 03:04:05}; empty for null. */
    public String clock(Instant instant) {
        return text(CLOCK, instant);
    }

    /** As {@link Words#ago}, an old time's day by this zone. */
    public String ago(Instant instant) {
        return instant == null ? "" : Words.ago(instant, Instant.now(), zone());
    }

    /** For the hover of a distance: here, and in UTC where that is another. */
    public String both(Instant instant) {
        return instant == null || offset(instant).equals(ZoneOffset.UTC)
                ? Words.utc(instant)
                : second(instant) + " = " + Words.utc(instant);
    }

    /** What times of now are marked with: {@code CET}, {@code UTC}. */
    public String getName() {
        return text(NAME, Instant.now());
    }

    private ZoneOffset offset(Instant instant) {
        return zone().getRules().getOffset(instant);
    }

    private String text(DateTimeFormatter format, Instant instant) {
        return instant == null ? "" : format.withZone(zone()).format(instant);
    }
}

package org.holdfast.web.page;

import jakarta.faces.application.FacesMessage;
import jakarta.faces.component.UIComponent;
import jakarta.faces.context.FacesContext;
import jakarta.faces.convert.Converter;
import jakarta.faces.convert.ConverterException;
import jakarta.faces.convert.FacesConverter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** What a {@code datetime-local} field holds, read as UTC. */
@FacesConverter("utcMinute")
public class UtcMinuteConverter implements Converter<Instant> {
    @Override
    public Instant getAsObject(FacesContext context, UIComponent component, String value) {
        if (value == null || value.isBlank()) {
            return null;
        }
        try {
            return LocalDateTime.parse(value.strip()).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new ConverterException(
                    new FacesMessage(
                            FacesMessage.SEVERITY_ERROR,
                            "\"" + value + "\" is no time.",
                            "Write day and time in UTC, e.g. 2026-11-21T02:00."),
                    e);
        }
    }

    @Override
    public String getAsString(FacesContext context, UIComponent component, Instant value) {
        return value == null
                ? ""
                : LocalDateTime.ofInstant(value.truncatedTo(ChronoUnit.MINUTES), ZoneOffset.UTC)
                        .toString();
    }
}

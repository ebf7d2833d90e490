package org.holdfast.web.page;

import jakarta.faces.application.FacesMessage;
import jakarta.faces.component.UIComponent;
import jakarta.faces.component.UIViewParameter;
import jakarta.faces.context.FacesContext;
import jakarta.faces.convert.Converter;
import jakarta.faces.convert.ConverterException;
import jakarta.faces.convert.FacesConverter;
import java.util.UUID;

/**
 * Ids in addresses and forms. One in an address that cannot be read is none, and the page says what
 * it says without one: an error there would keep it from loading.
 */
@FacesConverter("id")
public class IdConverter implements Converter<UUID> {
    @Override
    public UUID getAsObject(FacesContext context, UIComponent component, String value) {
        if (value == null || value.isBlank()) {
            return null;
        }
        try {
            return UUID.fromString(value.strip());
        } catch (IllegalArgumentException e) {
            if (component instanceof UIViewParameter) {
                return null;
            }
            throw new ConverterException(
                    new FacesMessage(
                            FacesMessage.SEVERITY_ERROR,
                            "\"" + value + "\" is no id.",
                            "An id has 36 characters, e.g. 01936b2f-5c1e-7a40-9d3e-2f6a1c8b7e55."),
                    e);
        }
    }

    @Override
    public String getAsString(FacesContext context, UIComponent component, UUID value) {
        return value == null ? "" : value.toString();
    }
}

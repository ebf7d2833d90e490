package org.holdfast.web.page;

import jakarta.faces.application.FacesMessage;
import jakarta.faces.component.UIComponent;
import jakarta.faces.component.UIViewParameter;
import jakarta.faces.context.FacesContext;
import jakarta.faces.convert.Converter;
import jakarta.faces.convert.ConverterException;
import jakarta.faces.convert.FacesConverter;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;

/**
 * Ids in addresses and forms. An address with one that cannot be read leads nowhere: without it the
 * page would show something else than was asked for, such as the restores of all backups.
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
            String what = "\"" + value + "\" is no id.";
            String shape = "An id has 36 characters, e.g. 01936b2f-5c1e-7a40-9d3e-2f6a1c8b7e55.";
            if (component instanceof UIViewParameter) {
                throw new Refused("NOT-FOUND", what, shape);
            }
            throw new ConverterException(
                    new FacesMessage(FacesMessage.SEVERITY_ERROR, what, shape), e);
        }
    }

    @Override
    public String getAsString(FacesContext context, UIComponent component, UUID value) {
        return value == null ? "" : value.toString();
    }
}

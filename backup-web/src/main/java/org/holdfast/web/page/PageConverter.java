package org.holdfast.web.page;

import jakarta.faces.component.UIComponent;
import jakarta.faces.context.FacesContext;
import jakarta.faces.convert.Converter;
import jakarta.faces.convert.FacesConverter;

/**
 * Numbers of pages in addresses. None is refused: one that cannot be read stands for the first,
 * from where the others are found.
 */
@FacesConverter("page")
public class PageConverter implements Converter<Integer> {
    /** Far above what there is, and low enough to be multiplied by the length of a page. */
    static final int MOST = 1_000_000;

    @Override
    public Integer getAsObject(FacesContext context, UIComponent component, String value) {
        return number(value);
    }

    @Override
    public String getAsString(FacesContext context, UIComponent component, Integer value) {
        return value == null ? "" : value.toString();
    }

    /** At least 1, at most {@link #MOST}. */
    static int number(String value) {
        try {
            return value == null ? 1 : Math.min(Math.max(1, Integer.parseInt(value.strip())), MOST);
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}

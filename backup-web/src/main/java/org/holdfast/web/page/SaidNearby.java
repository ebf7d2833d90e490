package org.holdfast.web.page;

import jakarta.faces.component.NamingContainer;
import jakarta.faces.component.UICommand;
import jakarta.faces.component.UIComponent;
import jakarta.faces.component.UIForm;
import jakarta.faces.context.FacesContext;
import jakarta.faces.context.PartialViewContext;
import jakarta.faces.event.PhaseEvent;
import jakarta.faces.event.PhaseId;
import jakarta.faces.event.PhaseListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.omnifaces.util.Components;
import org.primefaces.component.outputpanel.OutputPanel;

/**
 * Draws the panel of messages ({@code hf:said}) that is nearest to what was pressed, where none is
 * among what is drawn anew: of an Ajax answer Faces shows only what the button names, and a refusal
 * would be silent. After a button the panel is drawn even if nothing is to be said, so that an
 * older message does not stay. Named in faces-config.xml.
 */
public class SaidNearby implements PhaseListener {
    private static final long serialVersionUID = 1L;
    private static final String PANEL = "said";

    @Override
    public PhaseId getPhaseId() {
        return PhaseId.RENDER_RESPONSE;
    }

    @Override
    public void beforePhase(PhaseEvent event) {
        FacesContext context = event.getFacesContext();
        PartialViewContext answer = context.getPartialViewContext();
        if (!answer.isAjaxRequest() || answer.isRenderAll()) {
            return;
        }
        UIComponent source = Components.getCurrentActionSource();
        if (source == null
                || !(source instanceof UICommand) && context.getMessageList().isEmpty()) {
            return;
        }
        List<UIComponent> panels = new ArrayList<>();
        collect(context.getViewRoot(), panels);
        Collection<String> drawn = answer.getRenderIds();
        if (panels.stream().noneMatch(panel -> isDrawn(panel, drawn, context))) {
            withParents(source)
                    .flatMap(around -> panels.stream().filter(p -> isWithin(p, around)))
                    .findFirst()
                    .ifPresent(panel -> drawn.add(panel.getClientId(context)));
        }
    }

    /** Rendered panels in the order of the page; what is repeated has none, and no row here. */
    private static void collect(UIComponent from, List<UIComponent> panels) {
        if (from instanceof NamingContainer && !(from instanceof UIForm) || !from.isRendered()) {
            return;
        }
        if (from instanceof OutputPanel panel && PANEL.equals(panel.getStyleClass())) {
            panels.add(panel);
        }
        Iterator<UIComponent> inner = from.getFacetsAndChildren();
        while (inner.hasNext()) {
            collect(inner.next(), panels);
        }
    }

    private static boolean isDrawn(
            UIComponent panel, Collection<String> drawn, FacesContext context) {
        return withParents(panel).anyMatch(c -> drawn.contains(c.getClientId(context)));
    }

    private static boolean isWithin(UIComponent panel, UIComponent around) {
        return withParents(panel).anyMatch(c -> c == around);
    }

    private static Stream<UIComponent> withParents(UIComponent from) {
        return Stream.iterate(from, c -> c != null, UIComponent::getParent);
    }
}

package org.holdfast.web.error;

import jakarta.ejb.EJBAccessException;
import jakarta.faces.FacesException;
import jakarta.faces.application.FacesMessage;
import jakarta.faces.context.ExceptionHandler;
import jakarta.faces.context.ExceptionHandlerFactory;
import jakarta.faces.context.ExceptionHandlerWrapper;
import jakarta.faces.context.FacesContext;
import jakarta.faces.event.ExceptionQueuedEvent;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import org.holdfast.domain.people.PasskeyAsked;
import org.holdfast.domain.shared.Refused;
import org.primefaces.PrimeFaces;

/**
 * What {@code app} refuses, told on the page it was asked on: the message first, then the remedy
 * and the code, everything typed kept. A page that was only opened (GET) and is refused as a whole
 * answers 404, 403 or 429 with the product's own error page. Where a passkey is asked for, the
 * browser is told to and nothing is said. Anything else goes on to the next handler.
 */
public class RefusedInPages extends ExceptionHandlerWrapper {

    private static final int TOO_MANY = 429;

    /** Named in faces-config.xml. */
    public static class Factory extends ExceptionHandlerFactory {
        public Factory(ExceptionHandlerFactory wrapped) {
            super(wrapped);
        }

        @Override
        public ExceptionHandler getExceptionHandler() {
            return new RefusedInPages(getWrapped().getExceptionHandler());
        }
    }

    /**
     * A refusal as a message: summary and detail as Faces has them, and the code of its runbook.
     */
    public static class RefusalMessage extends FacesMessage {
        private static final long serialVersionUID = 1L;
        private final String code;

        public RefusalMessage(Refused refused) {
            super(SEVERITY_ERROR, refused.getMessage(), refused.remedy());
            this.code = refused.code();
        }

        public String getCode() {
            return code;
        }
    }

    RefusedInPages(ExceptionHandler wrapped) {
        super(wrapped);
    }

    @Override
    public void handle() throws FacesException {
        Iterator<ExceptionQueuedEvent> events = getUnhandledExceptionQueuedEvents().iterator();
        FacesContext context = FacesContext.getCurrentInstance();
        while (events.hasNext()) {
            Optional<Refused> refused = refusal(events.next().getContext().getException());
            if (refused.isPresent() && !context.getResponseComplete()) {
                tell(context, refused.get());
                events.remove();
            }
        }
        super.handle();
    }

    private static void tell(FacesContext context, Refused refused) {
        if (refused instanceof PasskeyAsked asked
                && context.getPartialViewContext().isAjaxRequest()) {
            PrimeFaces.current().ajax().addCallbackParam("passkeyShow", asked.question());
            context.validationFailed();
            return;
        }
        if (context.isPostback()) {
            context.addMessage(null, new RefusalMessage(refused));
            context.validationFailed();
            return;
        }
        context.getExternalContext().getRequestMap().put("refused", refused);
        try {
            context.getExternalContext().responseSendError(status(refused), refused.getMessage());
        } catch (IOException e) {
            throw new FacesException(e);
        }
        context.responseComplete();
    }

    /** Of a page that is refused as a whole. */
    static int status(Refused refused) {
        int status = Problems.status(refused.code());
        return switch (status) {
            case HttpServletResponse.SC_FORBIDDEN, TOO_MANY -> status;
            default -> HttpServletResponse.SC_NOT_FOUND;
        };
    }

    /** The refusal within {@code thrown}, if it is one; a role that is missing is one, too. */
    static Optional<Refused> refusal(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refused refused) {
                return Optional.of(refused);
            }
            if (cause instanceof EJBAccessException) {
                return Optional.of(Problems.roleMissing());
            }
        }
        return Optional.empty();
    }
}

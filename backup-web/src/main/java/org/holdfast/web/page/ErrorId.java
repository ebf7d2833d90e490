package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.http.HttpServletRequest;

/** The id under which an error stands in the server's log; the page shows the same one. */
@Named
@RequestScoped
public class ErrorId {
    private static final String LOGGED = "org.omnifaces.exception_uuid";

    @Inject private HttpServletRequest request;

    /** Empty where nothing was logged, as for a page that is not there. */
    public String getId() {
        Object id = request.getAttribute(LOGGED);
        return id == null ? "" : id.toString();
    }
}

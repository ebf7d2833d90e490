package org.holdfast.web.page;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Where a browser that comes from the OpenID provider leaves the provider's redirects behind: from
 * this page on it is the console that leads, and the session's cookie is sent. No view of Faces,
 * which would begin another session.
 */
@WebServlet("/console/oidc/arrived")
public class Arrived extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String next = request.getParameter("next");
        String goal =
                (request.getContextPath() + (SignIn.inside(next) ? next : SignIn.HOME))
                        .replace("&", "&amp;")
                        .replace("\"", "&quot;")
                        .replace("<", "&lt;");
        response.setContentType("text/html;charset=UTF-8");
        response.getWriter()
                .write(
                        "<!DOCTYPE html><html lang=\"en\"><head><title>Signed in \u00b7 Holdfast</title>"
                                + "<meta name=\"color-scheme\" content=\"light dark\">"
                                + "<meta name=\"viewport\" content=\"width=device-width\">"
                                + "<meta http-equiv=\"refresh\" content=\"0;url="
                                + goal
                                + "\"></head><body><p><a href=\""
                                + goal
                                + "\">Go on to Holdfast</a></p></body></html>");
    }
}

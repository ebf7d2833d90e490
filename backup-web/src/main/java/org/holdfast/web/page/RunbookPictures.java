package org.holdfast.web.page;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.holdfast.web.runbook.Runbooks;

/** The pictures of the runbooks, for whoever is signed in. */
@WebServlet("/console/runbooks/images/*")
public class RunbookPictures extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject private transient Runbooks runbooks;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String path = request.getPathInfo();
        Optional<byte[]> picture =
                path == null ? Optional.empty() : runbooks.picture(path.substring(1));
        if (picture.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        response.setContentType("image/png");
        response.setContentLength(picture.get().length);
        response.getOutputStream().write(picture.get());
    }
}

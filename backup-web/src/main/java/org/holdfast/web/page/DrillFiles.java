package org.holdfast.web.page;

import jakarta.ejb.EJBAccessException;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.DrillEvidence;
import org.holdfast.app.PeriodEvidence;
import org.holdfast.domain.shared.Refused;

/**
 * A drill's evidence and its record as PDF, for the pages: {@code ?id=} of a drill that ended; and
 * the evidence of a period: {@code ?period=} and {@code source=}.
 */
@WebServlet({"/console/drill-evidence", "/console/drill-record.pdf", "/console/drills-evidence"})
public class DrillFiles extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject private transient DrillEvidence evidence;
    @Inject private transient PeriodEvidence periods;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            if (request.getServletPath().equals("/console/drills-evidence")) {
                period(request, response);
                return;
            }
            UUID id = UUID.fromString(String.valueOf(request.getParameter("id")));
            if (request.getServletPath().endsWith(".pdf")) {
                send(response, "application/pdf", evidence.paper(id));
            } else {
                send(response, "application/zip", evidence.bundle(id));
            }
        } catch (EJBAccessException e) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
        } catch (IllegalArgumentException | Refused e) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private void period(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        PeriodEvidence.File file =
                periods.file(
                        request.getParameter("period"),
                        Optional.ofNullable(request.getParameter("source"))
                                .filter(name -> !name.isEmpty()));
        response.setContentType("application/zip");
        response.setHeader("Content-Disposition", "attachment; filename=\"" + file.name() + "\"");
        file.content().writeTo(response.getOutputStream());
    }

    private static void send(
            HttpServletResponse response, String mediaType, DrillEvidence.File file)
            throws IOException {
        response.setContentType(mediaType);
        response.setContentLength(file.content().length);
        response.setHeader("Content-Disposition", "attachment; filename=\"" + file.name() + "\"");
        response.getOutputStream().write(file.content());
    }
}

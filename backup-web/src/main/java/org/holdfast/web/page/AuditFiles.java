package org.holdfast.web.page;

import jakarta.ejb.EJBAccessException;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.holdfast.app.AuditExport;
import org.holdfast.app.AuditTrail;
import org.holdfast.domain.audit.AuditFilter;

/** What the audit page hands out as files: the log, the verifier, the keys it is checked with. */
@WebServlet({"/console/audit-export", "/console/holdfast-verify.jar", "/console/signing.pub"})
public class AuditFiles extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String VERIFIER = "/WEB-INF/verify/holdfast-verify.jar";

    @Inject private transient AuditExport export;
    @Inject private transient AuditTrail trail;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            switch (request.getServletPath()) {
                case "/console/audit-export" -> log(request, response);
                case "/console/signing.pub" -> keys(response);
                default -> verifier(response);
            }
        } catch (EJBAccessException e) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
        }
    }

    private void log(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<AuditExport.Format> format =
                Arrays.stream(AuditExport.Format.values())
                        .filter(
                                one ->
                                        one.name()
                                                .toLowerCase(Locale.ROOT)
                                                .equals(request.getParameter("format")))
                        .findFirst();
        if (format.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        AuditExport.File file =
                export.file(
                        format.get(),
                        new AuditFilter(
                                Ledger.moment(given(request, "from"), AuditFilter::since),
                                Ledger.moment(given(request, "to"), AuditFilter::until),
                                Optional.ofNullable(given(request, "actor")),
                                Optional.ofNullable(given(request, "action")),
                                Optional.ofNullable(given(request, "subject"))));
        begin(response, file.mediaType(), file.name());
        file.content().writeTo(response.getOutputStream());
    }

    private static String given(HttpServletRequest request, String name) {
        String text = request.getParameter(name);
        return text == null || text.isEmpty() ? null : text;
    }

    private void keys(HttpServletResponse response) throws IOException {
        byte[] pem = String.join("", trail.publicKeys()).getBytes(StandardCharsets.US_ASCII);
        begin(response, "application/x-pem-file", "signing.pub");
        response.getOutputStream().write(pem);
    }

    private void verifier(HttpServletResponse response) throws IOException {
        begin(response, "application/java-archive", "holdfast-verify.jar");
        try (InputStream jar = getServletContext().getResourceAsStream(VERIFIER)) {
            jar.transferTo(response.getOutputStream());
        }
    }

    private static void begin(HttpServletResponse response, String mediaType, String name) {
        response.setContentType(mediaType);
        response.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
    }
}

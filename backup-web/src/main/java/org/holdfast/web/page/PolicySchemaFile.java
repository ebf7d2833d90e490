package org.holdfast.web.page;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.holdfast.app.Policies;

/** The schema of the policy, for an editor or a check; for whoever is signed in. */
@WebServlet("/console/policy.schema.json")
public class PolicySchemaFile extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject private transient Policies policies;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] schema = policies.schema().getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/schema+json");
        response.setContentLength(schema.length);
        response.getOutputStream().write(schema);
    }
}

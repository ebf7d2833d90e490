package org.holdfast.web.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** The application under {@code /admin}. */
@ApplicationPath("/admin")
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Holdfast",
                        version = "0.1.0",
                        description =
                                "PostgreSQL backups made, restored under control, and proved."
                                        + " Times are ISO 8601 UTC, sizes bytes, durations seconds."
                                        + " Lists are pages: items, and next to be given back as cursor."
                                        + " Refusals are application/problem+json with code, detail and remedy.",
                        license = @License(name = "Apache-2.0")),
        security = @SecurityRequirement(name = "token"))
@SecurityScheme(
        securitySchemeName = "token",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "A token made in the console or by the bootstrap.")
public class AdminApi extends Application {
    @Override
    public Map<String, Object> getProperties() {
        return Map.of(
                "jersey.config.server.wadl.disableWadl",
                true,
                // What Jersey refuses before any filter (a Content-Type that is none) has no body
                // then; otherwise the container answers, with a page that names itself.
                "jersey.config.server.response.setStatusOverSendError",
                true);
    }
}

package org.holdfast.web.error;

import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Every exception that leaves a resource becomes {@code application/problem+json}. */
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {
    @Override
    public Response toResponse(Throwable thrown) {
        Response.ResponseBuilder response = response(Problems.of(thrown));
        if (thrown instanceof NotAllowedException notAllowed) {
            response.header(
                    HttpHeaders.ALLOW, notAllowed.getResponse().getHeaderString(HttpHeaders.ALLOW));
        }
        return response.build();
    }

    /**
     * The answer that tells {@code problem}; the text is JSON already, so that any Accept gets it.
     */
    static Response.ResponseBuilder response(Problem problem) {
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem.json());
        if (problem.status() == 401) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"holdfast\"");
        }
        if (problem.status() == 429) {
            response.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return response;
    }
}

package org.holdfast.web.error;

import jakarta.ejb.EJBException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/**
 * Closer to an {@link EJBException} than {@link ProblemMapper}: otherwise the container's own
 * mapper takes it, which maps every exception twice and so logs two error ids for one error.
 */
@Provider
public class EjbProblemMapper implements ExceptionMapper<EJBException> {
    @Override
    public Response toResponse(EJBException thrown) {
        return ProblemMapper.response(Problems.of(thrown)).build();
    }
}

package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.reflect.Proxy;
import java.security.Principal;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final int MORE_THAN_A_BUCKET_HOLDS = 2000;

    private String header;
    private final Gate gate = new Gate(servlet(), () -> 0);

    @Test
    void one_token_has_one_bucket_however_its_header_is_spelled() {
        for (int i = 0; i < MORE_THAN_A_BUCKET_HOLDS; i++) {
            ask("Bearer hf_x");
        }

        assertThat(ask("Bearer hf_x")).isEqualTo("TOO-MANY-REQUESTS");
        assertThat(ask("Bearer  hf_x")).isEqualTo("TOO-MANY-REQUESTS");
        assertThat(ask("bEaReR hf_x ")).isEqualTo("TOO-MANY-REQUESTS");
        assertThat(ask("Bearer hf_y")).isNull();
    }

    private String ask(String authorization) {
        header = authorization;
        Refused refused = catchThrowableOfType(Refused.class, () -> gate.filter(request()));
        return refused == null ? null : refused.code();
    }

    private HttpServletRequest servlet() {
        return as(
                HttpServletRequest.class,
                method ->
                        switch (method) {
                            case "getHeader" -> header;
                            case "getRemoteAddr" -> "127.0.0.1";
                            default -> throw new UnsupportedOperationException(method);
                        });
    }

    private ContainerRequestContext request() {
        Principal somebody = () -> "somebody";
        SecurityContext known = as(SecurityContext.class, method -> somebody);
        return as(
                ContainerRequestContext.class,
                method ->
                        switch (method) {
                            case "getHeaderString" -> header + ",of another header";
                            case "getSecurityContext" -> known;
                            default -> throw new UnsupportedOperationException(method);
                        });
    }

    private interface Answers {
        Object to(String method);
    }

    private static <T> T as(Class<T> type, Answers answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> answers.to(method.getName())));
    }
}

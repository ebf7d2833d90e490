package org.holdfast.web.error;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * Headers every answer carries. Pages get their Content-Security-Policy with a nonce from
 * PrimeFaces; everything else gets one here that allows nothing. What depends on who asks is never
 * kept by a cache.
 */
@WebFilter(
        urlPatterns = "/*",
        dispatcherTypes = {DispatcherType.REQUEST, DispatcherType.ERROR})
public class SecurityHeaders extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String POLICY = "Content-Security-Policy";

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader(
                "Permissions-Policy",
                "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        String path = request.getServletPath();
        boolean resource = path.startsWith("/jakarta.faces.resource/");
        if (!resource) {
            response.setHeader("Cache-Control", "no-store");
        }
        boolean page = path.endsWith(".xhtml") && !resource;
        chain.doFilter(request, page ? new OnePolicy(response) : new AllowingNothing(response));
    }

    /**
     * Keeps one policy: the error page that takes over from a page has a nonce of its own, and with
     * two policies in force no script would satisfy both.
     */
    private static final class OnePolicy extends HttpServletResponseWrapper {
        OnePolicy(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void addHeader(String name, String value) {
            if (POLICY.equalsIgnoreCase(name)) {
                setHeader(name, value);
            } else {
                super.addHeader(name, value);
            }
        }
    }

    /**
     * Sets the policy when the body begins and not before: an error page that takes over sets its
     * own, and a header that is set cannot be taken back.
     */
    private static final class AllowingNothing extends HttpServletResponseWrapper {
        AllowingNothing(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            restrict();
            return super.getOutputStream();
        }

        @Override
        public PrintWriter getWriter() throws IOException {
            restrict();
            return super.getWriter();
        }

        private void restrict() {
            setHeader(POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
        }
    }
}

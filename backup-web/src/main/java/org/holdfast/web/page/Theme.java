package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/** Light, dark, or as the system has it: remembered by the browser in a cookie. */
@Named
@RequestScoped
public class Theme {
    private static final String COOKIE = "holdfast-theme";
    private static final String BY_SYSTEM = "auto";
    private static final Set<String> KNOWN = Set.of("light", "dark", BY_SYSTEM);

    @Inject private HttpServletRequest request;

    public String getChoice() {
        if (request.getCookies() != null) {
            for (Cookie cookie : request.getCookies()) {
                if (COOKIE.equals(cookie.getName()) && KNOWN.contains(cookie.getValue())) {
                    return cookie.getValue();
                }
            }
        }
        return BY_SYSTEM;
    }
}

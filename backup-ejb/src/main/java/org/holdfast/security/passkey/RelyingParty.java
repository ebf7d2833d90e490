package org.holdfast.security.passkey;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The one address at which passkeys are made and used. Browsers bind a passkey to the host's name;
 * the origin (scheme, name and port) is checked here on top of it.
 *
 * @param id the host's name, which WebAuthn calls RP ID
 * @param origin as browsers write it, e.g. {@code https://holdfast.example.org}
 */
public record RelyingParty(String id, String origin) {
    /** WebAuthn wants a name. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*|\\[.*");

    private static final String LOCAL = "localhost";
    private static final int HTTPS = 443;

    /**
     * That of {@code HOLDFAST_CONSOLE_URL}, and never what a request says of itself; empty where it
     * is no {@code https} address of a name.
     *
     * <p>Without that setting there is one on the machine itself, whatever the port: {@code
     * https://localhost} leads nowhere else.
     *
     * @param console the setting
     * @param host as the request names it
     * @param port as the request names it
     */
    public static Optional<RelyingParty> of(Optional<String> console, String host, int port) {
        if (console.isEmpty()) {
            return LOCAL.equals(host) ? Optional.of(at(LOCAL, port)) : Optional.empty();
        }
        URI address = URI.create(console.get());
        if (address.getHost() == null
                || !"https".equalsIgnoreCase(address.getScheme())
                || ADDRESS.matcher(address.getHost()).matches()) {
            return Optional.empty();
        }
        return Optional.of(at(address.getHost().toLowerCase(Locale.ROOT), address.getPort()));
    }

    private static RelyingParty at(String name, int port) {
        return new RelyingParty(
                name, "https://" + name + (port <= 0 || port == HTTPS ? "" : ":" + port));
    }
}

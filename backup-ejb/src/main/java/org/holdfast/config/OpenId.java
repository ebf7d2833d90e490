package org.holdfast.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Secret;

/**
 * The OpenID provider that people may sign in through.
 *
 * @param issuer exactly as the provider writes it in its tokens
 * @param scopes joined by blanks, {@code openid} among them
 * @param roleClaim path of the claim that names groups, segments joined by dots
 * @param roles roles by group
 * @param nameClaim path of the claim that becomes the user name at the first sign-in
 * @param label what the button says after "Sign in with"
 */
public record OpenId(
        String issuer,
        String clientId,
        Secret clientSecret,
        String scopes,
        String roleClaim,
        Map<String, Role> roles,
        String nameClaim,
        String label) {

    private static final List<String> NEEDED =
            List.of("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES");
    private static final List<String> MORE =
            List.of("OIDC_LABEL", "OIDC_NAME_CLAIM", "OIDC_ROLE_CLAIM", "OIDC_SCOPES");

    /** Empty where none is configured. */
    static Optional<OpenId> read(Values values) {
        List<String> missing = NEEDED.stream().filter(n -> values.text(n).isEmpty()).toList();
        if (missing.size() == NEEDED.size()
                && MORE.stream().allMatch(n -> values.text(n).isEmpty())) {
            return Optional.empty();
        }
        if (!missing.isEmpty()) {
            values.problem(
                    "Sign-in through an OpenID provider is configured by half: "
                            + String.join(", ", missing)
                            + (missing.size() == 1 ? " is" : " are")
                            + " not set.",
                    "Set all of " + String.join(", ", NEEDED) + ", or no OIDC_ name at all.");
            return Optional.empty();
        }
        Optional<String> issuer = issuer(values, values.text("OIDC_ISSUER").orElseThrow());
        Optional<Map<String, Role>> roles = roles(values, values.text("OIDC_ROLES").orElseThrow());
        Optional<String> scopes = scopes(values);
        Optional<String> roleClaim = claim(values, "OIDC_ROLE_CLAIM", "groups");
        Optional<String> nameClaim = claim(values, "OIDC_NAME_CLAIM", "preferred_username");
        Optional<String> label = label(values);
        if (Stream.of(issuer, roles, scopes, roleClaim, nameClaim, label)
                .anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        return Optional.of(
                new OpenId(
                        issuer.get(),
                        values.text("OIDC_CLIENT_ID").orElseThrow(),
                        Secret.of(values.text("OIDC_CLIENT_SECRET").orElseThrow()),
                        scopes.get(),
                        roleClaim.get(),
                        roles.get(),
                        nameClaim.get(),
                        label.get()));
    }

    private static Optional<String> issuer(Values values, String text) {
        Optional<String> against = against(text);
        against.ifPresent(
                why ->
                        values.problem(
                                "OIDC_ISSUER " + why,
                                "Copy the issuer from the provider's"
                                        + " /.well-known/openid-configuration, e.g."
                                        + " https://sso.example.org/realms/main."));
        return against.isPresent() ? Optional.empty() : Optional.of(text);
    }

    /**
     * Why an address is none that the provider may be called at: https is asked for, and http only
     * to this machine itself. Names are looked at when they are called.
     *
     * @return the rest of a sentence, empty where nothing is against it
     */
    public static Optional<String> against(String address) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            return Optional.of("is no address.");
        }
        if (uri.getHost() == null
                || uri.getUserInfo() != null
                || uri.getQuery() != null
                || uri.getFragment() != null) {
            return Optional.of("has to be a scheme, a host and a path only.");
        }
        Optional<InetAddress> literal = literal(uri.getHost());
        if (literal.filter(PostgresUrl::forbidden).isPresent()) {
            return Optional.of("is a link-local or metadata address.");
        }
        boolean here =
                uri.getHost().equals("localhost")
                        || literal.filter(InetAddress::isLoopbackAddress).isPresent();
        if (!"https".equals(uri.getScheme()) && !("http".equals(uri.getScheme()) && here)) {
            return Optional.of(
                    "has to begin with https:// (http:// is for a provider on this machine only).");
        }
        return Optional.empty();
    }

    private static Optional<InetAddress> literal(String host) {
        if (!host.matches("[0-9.]+|\\[.*]")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Map<String, Role>> roles(Values values, String text) {
        Map<String, Role> roles = new LinkedHashMap<>();
        for (String pair : text.split(",")) {
            int at = pair.lastIndexOf('=');
            String group = at < 0 ? "" : pair.substring(0, at).strip();
            Optional<Role> role =
                    Stream.of(Role.values())
                            .filter(r -> at >= 0 && r.name().equals(pair.substring(at + 1).strip()))
                            .findFirst();
            if (group.isEmpty() || role.isEmpty()) {
                values.problem(
                        "OIDC_ROLES: "
                                + Values.shape(pair.strip())
                                + " is no group=ROLE, with one of SUPER_GURU, ADMIN, OPERATOR and"
                                + " AUDITOR.",
                        "Write it as dba-leads=SUPER_GURU,dba=ADMIN,ops=OPERATOR,audit=AUDITOR.");
                return Optional.empty();
            }
            if (roles.put(group, role.get()) != null) {
                values.problem(
                        "OIDC_ROLES names group " + Values.shape(group) + " twice.",
                        "Keep one of them.");
                return Optional.empty();
            }
        }
        return Optional.of(Collections.unmodifiableMap(roles));
    }

    private static Optional<String> scopes(Values values) {
        String scopes = values.text("OIDC_SCOPES").orElse("openid profile");
        if (!scopes.matches("[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*")
                || !List.of(scopes.split(" ")).contains("openid")) {
            values.problem(
                    "OIDC_SCOPES has to be words joined by single blanks, openid among them.",
                    "Write it as openid profile groups.");
            return Optional.empty();
        }
        return Optional.of(scopes);
    }

    private static Optional<String> claim(Values values, String name, String otherwise) {
        String claim = values.text(name).orElse(otherwise);
        if (!claim.matches("[^.\\s]+(\\.[^.\\s]+)*")) {
            values.problem(
                    name + " has to be a claim's name, or a path of names joined by dots.",
                    "Write it as " + otherwise + " or realm_access.roles.");
            return Optional.empty();
        }
        return Optional.of(claim);
    }

    private static Optional<String> label(Values values) {
        String label = values.text("OIDC_LABEL").orElse("single sign-on");
        if (label.length() > 40) {
            values.problem(
                    "OIDC_LABEL has " + label.length() + " characters, but it stands on a button.",
                    "Give 40 or fewer.");
            return Optional.empty();
        }
        return Optional.of(label);
    }
}

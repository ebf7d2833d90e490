package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.faces.context.FacesContext;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.SecurityContext;
import jakarta.security.enterprise.authentication.mechanism.http.AuthenticationParameters;
import jakarta.security.enterprise.credential.Credential;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.holdfast.app.OwnPasskeys;
import org.holdfast.app.People;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/** The one way in for the pages that sign a person in. */
@RequestScoped
class Gate {
    @Inject private People people;
    @Inject private SecurityContext security;

    @Inject private OwnPasskeys passkeys;

    /**
     * Whether the person is signed in now; every failure looks the same.
     *
     * @throws Refused where what was typed was not looked at
     */
    boolean enter(String user, String password, String code, String recovery) {
        return with(
                people.credential(
                        user, Secret.of(password == null ? "" : password), code, recovery));
    }

    /** As {@link #enter}, by what the browser answered when it was asked for a passkey. */
    boolean enterByPasskey(String answer) {
        return with(passkeys.credential(answer));
    }

    private boolean with(Credential proof) {
        var external = FacesContext.getCurrentInstance().getExternalContext();
        HttpServletRequest request = (HttpServletRequest) external.getRequest();
        boolean entered =
                security.authenticate(
                                request,
                                (HttpServletResponse) external.getResponse(),
                                AuthenticationParameters.withParams().credential(proof))
                        == AuthenticationStatus.SUCCESS;
        if (request.getAttribute(Refused.class.getName()) instanceof Refused refused) {
            throw refused;
        }
        return entered;
    }
}

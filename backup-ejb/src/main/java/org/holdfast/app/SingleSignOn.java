package org.holdfast.app;

import jakarta.annotation.security.PermitAll;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;
import org.holdfast.config.OpenId;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.openid.Refusals;

/** What the sign-in page shows of the OpenID provider. */
@Stateless
@PermitAll
public class SingleSignOn {
    @Inject private Settings settings;

    /** What the button says after "Sign in with"; empty where no provider is configured. */
    public Optional<String> label() {
        return settings.openId().map(OpenId::label);
    }

    /** Why a sign-in through the provider was refused; empty where the code is none of those. */
    public Optional<Refused> refusal(String code) {
        return Refusals.of(code);
    }
}

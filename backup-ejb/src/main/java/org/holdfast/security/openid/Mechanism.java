package org.holdfast.security.openid;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import org.glassfish.soteria.mechanisms.OpenIdAuthenticationMechanism;

/**
 * The platform's mechanism as a bean of our own archive: into the platform's own bean the container
 * puts none of our alternatives ({@link CodeExchange}).
 */
@ApplicationScoped
@Typed(Mechanism.class)
public class Mechanism extends OpenIdAuthenticationMechanism {}

/**
 * Signing in through an OpenID provider, by the platform's own mechanism (Soteria's, of Jakarta
 * Security).
 *
 * <p>The mechanism does the round trip, state, nonce and the claims of an ID token. What it leaves
 * open is added here: its call for tokens is replaced by one that ends in time, follows no redirect
 * and is bound to the browser (PKCE), and a token has to be signed by a key of the provider. Why,
 * stands in runbooks/decisions. Who a proved person is in Holdfast is decided in {@code security}.
 */
package org.holdfast.security.openid;

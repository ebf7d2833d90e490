/**
 * Passkeys as <a href="https://www.w3.org/TR/webauthn-3/">WebAuthn</a> has them: what a browser is
 * asked, and whether its answer holds. webauthn4j reads and verifies; it is used here and nowhere
 * else.
 *
 * <p>Who may sign in, what is written down and what an act needs is decided in {@code security} and
 * {@code app}, by the same rules that hold for passwords and codes.
 */
package org.holdfast.security.passkey;

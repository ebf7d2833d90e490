/**
 * The REST contract that scripts and other people's tools rely on, under {@code /admin}.
 *
 * <p>Its own request and response records, so that the domain may change without breaking anybody.
 * Every method makes one call to {@code app}, where roles, rules and audit are; here is only the
 * form. Bearer tokens alone sign in: a browser's session counts for nothing, so no foreign page can
 * act through it.
 */
package org.holdfast.web.rest;

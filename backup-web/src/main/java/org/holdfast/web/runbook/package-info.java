/**
 * The pages of {@code runbooks/} as they are read in the console: the Markdown that the repository
 * holds is packed into the WAR and becomes HTML here, so that what an operator reads at night is of
 * the same version as the server that refused something.
 *
 * <p>Knows Markdown and addresses only. HTML in a page is shown as text, and what a link may lead
 * to is another page, a picture of ours or a web address.
 */
package org.holdfast.web.runbook;

/**
 * The console: one bean per view, which holds the form and makes one call to {@code app}.
 *
 * <p>No rule, no role check and no query lives here; what may not be done is refused by {@code app}
 * and told by {@code web.error}. Knows nothing of {@code web.rest}. Views are server-rendered
 * PrimeFaces pages under {@code /console}; their words stand in {@code messages.properties}.
 */
package org.holdfast.web.page;

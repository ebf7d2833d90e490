package org.holdfast.web.page;

import jakarta.faces.application.FacesMessage;
import jakarta.faces.context.FacesContext;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * Words of {@code messages.properties} for what a bean puts together itself; views take theirs with
 * {@code #{say…}}.
 */
final class Say {
    private static final String WORDS = "org.holdfast.web.page.messages";

    private Say() {}

    /**
     * The text of a key, its {@code {0}}, {@code {1}} … replaced.
     *
     * @param with texts: figures and times are put into words before
     */
    static String of(String key, String... with) {
        Locale locale = locale();
        String text = ResourceBundle.getBundle(WORDS, locale).getString(key);
        return with.length == 0 ? text : new MessageFormat(text, locale).format(with);
    }

    /** Tells at the page's head that something was done, and what it means. */
    static void done(String what, String means) {
        tell(FacesMessage.SEVERITY_INFO, what, means);
    }

    static void warn(String what, String means) {
        tell(FacesMessage.SEVERITY_WARN, what, means);
    }

    static void failed(String what, String means) {
        tell(FacesMessage.SEVERITY_ERROR, what, means);
    }

    private static void tell(FacesMessage.Severity severity, String what, String means) {
        FacesContext.getCurrentInstance().addMessage(null, new FacesMessage(severity, what, means));
    }

    private static Locale locale() {
        FacesContext faces = FacesContext.getCurrentInstance();
        return faces == null || faces.getViewRoot() == null
                ? Locale.ENGLISH
                : faces.getViewRoot().getLocale();
    }
}

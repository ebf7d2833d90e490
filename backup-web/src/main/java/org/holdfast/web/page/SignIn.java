package org.holdfast.web.page;

import jakarta.faces.context.FacesContext;
import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.holdfast.app.OwnPasskeys;
import org.holdfast.app.People;
import org.holdfast.app.SingleSignOn;
import org.holdfast.web.error.RefusedInPages;
import org.omnifaces.util.Faces;

/**
 * The sign-in page. It says the same for every failure, and leads back to where one wanted to go.
 */
@Named
@ViewScoped
public class SignIn implements Serializable {
    private static final long serialVersionUID = 1L;
    static final String HOME = "/console/dashboard.xhtml";
    private static final String PROFILE = "/console/profile.xhtml";

    @Inject private People people;
    @Inject private Gate gate;
    @Inject private SingleSignOn singleSignOn;
    @Inject private OwnPasskeys passkeys;

    private String next;
    private String refused;
    private String user;
    private String password;
    private String code;
    private String recovery;
    private String passkeyAnswer;

    /** While there is nobody, the first person is to be made. */
    public void load() throws IOException {
        if (people.bootstrapWaits()) {
            Faces.redirect("/console/bootstrap.xhtml");
            return;
        }
        singleSignOn
                .refusal(refused)
                .ifPresent(
                        why ->
                                FacesContext.getCurrentInstance()
                                        .addMessage(null, new RefusedInPages.RefusalMessage(why)));
    }

    /** What the provider is called; null where none is configured. */
    public String getProvider() {
        return singleSignOn.label().orElse(null);
    }

    /** Where signing in through the provider begins, from the server's root on. */
    public String getProviderStart() {
        return "/console/oidc/start"
                + (inside(next) ? "?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8) : "");
    }

    public void enter() throws IOException {
        if (gate.enter(user, password, code, recovery)) {
            goOn();
            return;
        }
        code = null;
        recovery = null;
        Say.failed(Say.of("sign_in_wrong"), Say.of("sign_in_wrong_do"));
        FacesContext.getCurrentInstance().validationFailed();
    }

    private void goOn() throws IOException {
        String goal = inside(next) ? next : HOME;
        Faces.redirect((people.me().recovered() ? PROFILE : goal).substring(1));
    }

    /** Where passkeys work; null where they do not. */
    public String getPasskeyAddress() {
        return passkeys.address().orElse(null);
    }

    public void askForPasskey() {
        AskedOfBrowser.show(passkeys.askForSignIn());
    }

    public void enterByPasskey() throws IOException {
        if (gate.enterByPasskey(passkeyAnswer)) {
            goOn();
            return;
        }
        passkeyAnswer = null;
        Say.failed(Say.of("passkey_wrong"), Say.of("passkey_wrong_do"));
        FacesContext.getCurrentInstance().validationFailed();
    }

    public String getPasskeyAnswer() {
        return passkeyAnswer;
    }

    public void setPasskeyAnswer(String passkeyAnswer) {
        this.passkeyAnswer = passkeyAnswer;
    }

    /** Only a page of the console, never another server's. */
    static boolean inside(String address) {
        return address != null
                && address.startsWith("/console/")
                && !address.contains("//")
                && !address.contains("\\")
                && !address.contains("..");
    }

    public void leave() throws IOException, ServletException {
        Faces.logout();
        Faces.invalidateSession();
        Faces.redirect("console/sign-in.xhtml");
    }

    public String getRefused() {
        return refused;
    }

    public void setRefused(String refused) {
        this.refused = refused;
    }

    public String getNext() {
        return next;
    }

    public void setNext(String next) {
        this.next = next;
    }

    public String getUser() {
        return user;
    }

    public void setUser(String user) {
        this.user = user;
    }

    public String getPassword() {
        return password;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    public String getCode() {
        return code;
    }

    public void setCode(String code) {
        this.code = code;
    }

    public String getRecovery() {
        return recovery;
    }

    public void setRecovery(String recovery) {
        this.recovery = recovery;
    }
}

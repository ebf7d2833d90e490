package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import org.holdfast.app.Joining;
import org.holdfast.app.People;
import org.holdfast.domain.people.Invitation;
import org.holdfast.domain.shared.Secret;

/**
 * Where a one-time link leads: a password, an authenticator, recovery codes, in this order; or
 * another password alone.
 */
@Named
@ViewScoped
public class Join implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Joining joining;

    private int step;
    private String token;
    private String password;
    private String code;
    private transient Joining.Invited invited;
    private transient People.Enrolment enrolment;
    private transient CodeSheet sheet;

    /** Only looks: opening the link changes nothing. */
    public void load() {
        invited = joining.look(secret(token)).orElse(null);
        step = invited == null ? 0 : 1;
    }

    public void begin() {
        enrolment = joining.begin(secret(token), secret(password));
        step = 2;
    }

    public void confirm() {
        sheet = new CodeSheet(invited.name(), joining.join(secret(token), secret(password), code));
        password = null;
        code = null;
        enrolment = null;
        step = 3;
    }

    /** Another password in the place of the forgotten one. */
    public void choose() {
        joining.choosePassword(secret(token), secret(password), code);
        password = null;
        code = null;
        step = 4;
    }

    private static Secret secret(String typed) {
        return Secret.of(typed == null ? "" : typed);
    }

    public Qr getQr() {
        return Qr.of(enrolment.otpauthUri().reveal());
    }

    /** Whether somebody comes back to set up another authenticator. */
    public boolean isBack() {
        return invited.kind() == Invitation.Kind.AUTHENTICATOR;
    }

    /** Whether somebody forgot the password. */
    public boolean isForgot() {
        return invited.kind() == Invitation.Kind.PASSWORD;
    }

    public int getStep() {
        return step;
    }

    public Joining.Invited getInvited() {
        return invited;
    }

    public People.Enrolment getEnrolment() {
        return enrolment;
    }

    public CodeSheet getSheet() {
        return sheet;
    }

    public String getToken() {
        return token;
    }

    public void setToken(String token) {
        this.token = token;
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
}

package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import org.holdfast.app.People;
import org.holdfast.domain.shared.Secret;

/** Making the first SUPER_GURU with the one-time token, and their authenticator. */
@Named
@ViewScoped
public class FirstPerson implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private People people;
    @Inject private Gate gate;

    private int step;
    private String token;
    private String user;
    private String password;
    private String code;
    private transient People.Enrolment enrolment;
    private transient CodeSheet sheet;

    public void load() {
        step = people.bootstrapWaits() ? 1 : 0;
    }

    public String make() {
        people.bootstrapUser(
                Secret.of(token == null ? "" : token.strip()),
                user,
                Secret.of(password == null ? "" : password));
        if (!gate.enter(user, password, null, null)) {
            return "/console/sign-in?faces-redirect=true";
        }
        password = null;
        token = null;
        enrolment = people.beginTotp(null, null);
        step = 2;
        return null;
    }

    public void confirm() {
        sheet = new CodeSheet(user, people.confirmTotp(code));
        enrolment = null;
        step = 3;
    }

    public Qr getQr() {
        return Qr.of(enrolment.otpauthUri().reveal());
    }

    public People.Enrolment getEnrolment() {
        return enrolment;
    }

    /** Shown once. */
    public CodeSheet getSheet() {
        return sheet;
    }

    public int getStep() {
        return step;
    }

    public String getToken() {
        return token;
    }

    public void setToken(String token) {
        this.token = token;
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
}

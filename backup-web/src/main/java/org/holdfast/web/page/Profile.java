package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.holdfast.app.People;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.shared.Secret;

/**
 * One's own authenticator, recovery codes, sessions, tokens and password. What is secret is shown
 * once.
 */
@Named
@ViewScoped
public class Profile implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int USUAL_DAYS = 90;

    @Inject private People people;

    private transient People.Me me;
    private transient List<ApiToken> tokens;
    private transient People.Enrolment enrolment;
    private transient People.NewToken made;
    private transient CodeSheet sheet;
    private transient List<People.OwnSession> sessions;
    private int codesLeft;
    private String presentCode;
    private String provenPassword;
    private String codesOtp;
    private String code;
    private String tokenName;
    private Role tokenRole = Role.OPERATOR;
    private int tokenDays = USUAL_DAYS;
    private String tokenOtp;
    private String presentPassword;
    private String nextPassword;
    private String passwordOtp;

    public void load() {
        me = people.me();
        tokens = people.tokens();
        sessions = people.sessions();
        codesLeft = people.recoveryCodesLeft();
    }

    public void begin() {
        enrolment =
                people.beginTotp(
                        presentCode, Secret.of(provenPassword == null ? "" : provenPassword));
        presentCode = null;
        provenPassword = null;
    }

    public void confirm() {
        sheet = new CodeSheet(me.name(), people.confirmTotp(code));
        enrolment = null;
        code = null;
        load();
        Say.done(Say.of("totp_active"), Say.of("totp_active_means"));
    }

    public void makeCodes() {
        sheet = new CodeSheet(me.name(), people.newRecoveryCodes(codesOtp));
        codesOtp = null;
        load();
    }

    public void end(UUID session) {
        people.endSession(session);
        load();
    }

    public void endOthers() {
        int ended = people.endOtherSessions();
        load();
        Say.done(
                Say.of(ended == 1 ? "session_ended_one" : "sessions_ended", Words.number(ended)),
                Say.of("sessions_ended_means"));
    }

    public void createToken() {
        made = people.createToken(tokenName, tokenRole, tokenDays, tokenOtp);
        tokenName = null;
        tokenOtp = null;
        load();
    }

    public void revoke(UUID id) {
        people.revokeToken(id);
        made = null;
        load();
    }

    public void changePassword() {
        people.changePassword(
                Secret.of(presentPassword == null ? "" : presentPassword),
                Secret.of(nextPassword == null ? "" : nextPassword),
                passwordOtp);
        passwordOtp = null;
        load();
        Say.done(Say.of("password_changed"), Say.of("password_changed_means"));
    }

    public boolean valid(ApiToken token) {
        return token.valid(Instant.now());
    }

    public List<Role> getRoles() {
        return Arrays.stream(Role.values()).filter(r -> me.role().covers(r)).toList();
    }

    public Qr getQr() {
        return Qr.of(enrolment.otpauthUri().reveal());
    }

    public People.Me getMe() {
        return me;
    }

    public List<ApiToken> getTokens() {
        return tokens;
    }

    public People.Enrolment getEnrolment() {
        return enrolment;
    }

    public People.NewToken getMade() {
        return made;
    }

    /** Recovery codes just made; shown once. */
    public CodeSheet getSheet() {
        return sheet;
    }

    public List<People.OwnSession> getSessions() {
        return sessions;
    }

    public int getCodesLeft() {
        return codesLeft;
    }

    public String getProvenPassword() {
        return provenPassword;
    }

    public void setProvenPassword(String provenPassword) {
        this.provenPassword = provenPassword;
    }

    public String getCodesOtp() {
        return codesOtp;
    }

    public void setCodesOtp(String codesOtp) {
        this.codesOtp = codesOtp;
    }

    public String getPresentCode() {
        return presentCode;
    }

    public void setPresentCode(String presentCode) {
        this.presentCode = presentCode;
    }

    public String getCode() {
        return code;
    }

    public void setCode(String code) {
        this.code = code;
    }

    public String getTokenName() {
        return tokenName;
    }

    public void setTokenName(String tokenName) {
        this.tokenName = tokenName;
    }

    public Role getTokenRole() {
        return tokenRole;
    }

    public void setTokenRole(Role tokenRole) {
        this.tokenRole = tokenRole;
    }

    public int getTokenDays() {
        return tokenDays;
    }

    public void setTokenDays(int tokenDays) {
        this.tokenDays = tokenDays;
    }

    public String getTokenOtp() {
        return tokenOtp;
    }

    public void setTokenOtp(String tokenOtp) {
        this.tokenOtp = tokenOtp;
    }

    public String getPresentPassword() {
        return presentPassword;
    }

    public void setPresentPassword(String presentPassword) {
        this.presentPassword = presentPassword;
    }

    public String getNextPassword() {
        return nextPassword;
    }

    public void setNextPassword(String nextPassword) {
        this.nextPassword = nextPassword;
    }

    public String getPasswordOtp() {
        return passwordOtp;
    }

    public void setPasswordOtp(String passwordOtp) {
        this.passwordOtp = passwordOtp;
    }
}

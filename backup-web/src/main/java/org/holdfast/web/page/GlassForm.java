package org.holdfast.web.page;

import java.io.Serializable;
import org.holdfast.domain.shared.BreakGlass;

/** What a person types who acts alone in an emergency; refused, the form stays open. */
public final class GlassForm implements Serializable {
    private static final long serialVersionUID = 1L;

    private String phrase;
    private String reason;
    private String otp;
    private boolean open;

    /** The act that is let through. */
    interface Act {
        void breakGlass(BreakGlass glass, String otp);
    }

    void send(Act act) {
        open = true;
        act.breakGlass(new BreakGlass(phrase, reason), otp);
        open = false;
        otp = null;
    }

    public boolean isOpen() {
        return open;
    }

    public String getPhrase() {
        return phrase;
    }

    public void setPhrase(String phrase) {
        this.phrase = phrase;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }
}

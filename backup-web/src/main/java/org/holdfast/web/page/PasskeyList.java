package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;
import java.util.UUID;
import org.holdfast.app.OwnPasskeys;
import org.holdfast.domain.people.Passkey;

/** One's own passkeys. To add one takes two calls: the browser is asked in between. */
@Named("passkeys")
@ViewScoped
public class PasskeyList implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private OwnPasskeys passkeys;
    @Inject private Frame frame;

    private transient List<Passkey> mine;
    private String name;
    private String otp;
    private String answer;
    private String removeOtp;

    public void load() {
        mine = passkeys.mine();
    }

    public void begin() {
        AskedOfBrowser.make(passkeys.begin(name, otp));
    }

    public void add() {
        Passkey added = passkeys.add(answer);
        frame.forgetPasskeys();
        name = null;
        otp = null;
        answer = null;
        load();
        Say.done(Say.of("passkey_added", added.name()), Say.of("passkey_added_means"));
    }

    public void remove(UUID id, String itsName) {
        passkeys.remove(id, removeOtp);
        frame.forgetPasskeys();
        removeOtp = null;
        load();
        Say.done(Say.of("passkey_removed", itsName), Say.of("passkey_removed_means"));
    }

    /** Where they work; null where they do not. */
    public String getAddress() {
        return passkeys.address().orElse(null);
    }

    public List<Passkey> getMine() {
        return mine;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public String getAnswer() {
        return answer;
    }

    public void setAnswer(String answer) {
        this.answer = answer;
    }

    public String getRemoveOtp() {
        return removeOtp;
    }

    public void setRemoveOtp(String removeOtp) {
        this.removeOtp = removeOtp;
    }
}

package org.holdfast.web.page;

import jakarta.faces.context.FacesContext;
import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Keys;
import org.holdfast.domain.keys.Keyring;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKey.Purpose;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.shared.Secret;

/**
 * Keys of the backups and of the server. An identity that was made is an attribute of the one
 * request whose answer shows it; this bean, which lives as long as the page, never has it.
 */
@Named("keys")
@ViewScoped
public class KeyList implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int OPENED_SHOWN = 50;

    /** What is being done with the chosen key. */
    public enum Act {
        OPENS,
        ROTATE,
        RETIRE,
        PROVE
    }

    /** Where a new key comes from. */
    public enum From {
        HERE,
        PASSPHRASE,
        PASTED
    }

    @Inject private Keys keys;

    private transient List<Keys.Entry> entries;
    private transient Keys.OfServer own;
    private transient List<RecipientKeys.Opened> opened;
    private UUID key;
    private Act act = Act.OPENS;
    private From from = From.HERE;
    private transient String passphrase;
    private String publicKey;
    private String answer;
    private String reason;
    private String otp;

    private From newFrom = From.HERE;
    private transient String newPassphrase;
    private String name;
    private Purpose purpose = Purpose.ESCROW;
    private String newKey;
    private String newReason;
    private String newOtp;
    private String serverOtp;

    public void load() {
        entries = keys.all();
        own = keys.ofServer();
        opened = key == null ? List.of() : keys.opened(key, OPENED_SHOWN);
    }

    public void choose(UUID id, Act next) {
        key = id;
        act = next;
        from = From.HERE;
        passphrase = null;
        publicKey = null;
        answer = null;
        reason = null;
        otp = null;
        load();
    }

    public void close() {
        choose(null, Act.OPENS);
    }

    public void add() {
        // Only for this call: whatever is refused, it is typed again.
        Secret protects = passphrase(newFrom, newPassphrase);
        newPassphrase = null;
        Keys.Made made =
                newFrom == From.PASTED
                        ? keys.add(name, purpose, newKey, newReason, newOtp)
                        : keys.generate(name, purpose, protects, newReason, newOtp);
        shown(made, "madeHere");
        if (!waits(made.approval())) {
            Say.done(Say.of("key_added", made.name()), Say.of("key_added_means"));
        }
        name = null;
        newKey = null;
        newReason = null;
        newOtp = null;
        load();
    }

    public void rotate() {
        String old = getChosen().key().name();
        Secret protects = passphrase(from, passphrase);
        passphrase = null;
        Keys.Made made =
                keys.rotate(key, from == From.PASTED ? publicKey : null, protects, reason, otp);
        close();
        shown(made, "madeInstead");
        if (!waits(made.approval())) {
            Say.done(Say.of("key_replaced", made.name(), old), Say.of("key_replaced_means", old));
        }
    }

    private static Secret passphrase(From from, String text) {
        return from == From.PASSPHRASE ? Secret.of(text == null ? "" : text) : null;
    }

    private static boolean waits(Optional<UUID> approval) {
        if (approval.isPresent()) {
            Say.done(Say.of("key_waits"), Say.of("key_waits_means"));
        }
        return approval.isPresent();
    }

    private static void shown(Keys.Made made, String attribute) {
        if (made.identityFile().isPresent()) {
            FacesContext.getCurrentInstance()
                    .getExternalContext()
                    .getRequestMap()
                    .put(attribute, made);
        }
    }

    public void retire() {
        String retired = getChosen().key().name();
        Optional<UUID> approval = keys.retire(key, reason, otp);
        close();
        if (!waits(approval)) {
            Say.done(Say.of("key_retired", retired), Say.of("key_retired_means"));
        }
    }

    public void challenge() {
        keys.challenge(key);
        load();
    }

    public void prove() {
        String proved = getChosen().key().name();
        keys.prove(key, answer, otp);
        close();
        Say.done(Say.of("key_proven", proved), Say.of("key_proven_means"));
    }

    public void rotateSigning() {
        own = keys.rotateSigning(serverOtp);
        serverOtp = null;
        Say.done(Say.of("key_signs_now"), Say.of("key_signs_now_means"));
    }

    public void rotateSealing() {
        long secrets = keys.rotateSealing(serverOtp);
        serverOtp = null;
        load();
        Say.done(
                Say.of(secrets == 1 ? "key_sealed_one" : "key_sealed_more", Words.number(secrets)),
                Say.of("key_sealed_means"));
    }

    /** The chosen key; null where none is. */
    public Keys.Entry getChosen() {
        return entries.stream().filter(e -> e.key().id().equals(key)).findFirst().orElse(null);
    }

    /** What is wrong with the keys as a whole; empty where nothing is. */
    public String getTrouble() {
        List<RecipientKey> active =
                entries.stream().map(Keys.Entry::key).filter(RecipientKey::active).toList();
        if (active.isEmpty()) {
            return "none";
        }
        if (active.size() < Keyring.LEAST) {
            return "one";
        }
        return active.stream().noneMatch(k -> k.purpose() == Purpose.ESCROW) ? "escrow" : "";
    }

    public boolean isSecondPerson() {
        return keys.asksSecondPerson();
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public String getNewReason() {
        return newReason;
    }

    public void setNewReason(String newReason) {
        this.newReason = newReason;
    }

    public Purpose[] getPurposes() {
        return Purpose.values();
    }

    public List<Keys.Entry> getEntries() {
        return entries;
    }

    public Keys.OfServer getOwn() {
        return own;
    }

    public List<RecipientKeys.Opened> getOpened() {
        return opened;
    }

    public UUID getKey() {
        return key;
    }

    public void setKey(UUID key) {
        this.key = key;
    }

    public Act getAct() {
        return act;
    }

    public From[] getWays() {
        return From.values();
    }

    public From getFrom() {
        return from;
    }

    public void setFrom(From from) {
        this.from = from;
    }

    /** Never shown again. */
    public String getPassphrase() {
        return null;
    }

    public void setPassphrase(String passphrase) {
        this.passphrase = passphrase;
    }

    public String getPublicKey() {
        return publicKey;
    }

    public void setPublicKey(String publicKey) {
        this.publicKey = publicKey;
    }

    public String getAnswer() {
        return answer;
    }

    public void setAnswer(String answer) {
        this.answer = answer;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }

    public From getNewFrom() {
        return newFrom;
    }

    public void setNewFrom(From newFrom) {
        this.newFrom = newFrom;
    }

    /** Never shown again. */
    public String getNewPassphrase() {
        return null;
    }

    public void setNewPassphrase(String newPassphrase) {
        this.newPassphrase = newPassphrase;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public Purpose getPurpose() {
        return purpose;
    }

    public void setPurpose(Purpose purpose) {
        this.purpose = purpose;
    }

    public String getNewKey() {
        return newKey;
    }

    public void setNewKey(String newKey) {
        this.newKey = newKey;
    }

    public String getNewOtp() {
        return newOtp;
    }

    public void setNewOtp(String newOtp) {
        this.newOtp = newOtp;
    }

    public String getServerOtp() {
        return serverOtp;
    }

    public void setServerOtp(String serverOtp) {
        this.serverOtp = serverOtp;
    }
}

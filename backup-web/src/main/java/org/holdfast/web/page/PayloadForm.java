package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.util.UUID;
import org.holdfast.app.Payloads;

/**
 * A backup's encrypted dump for the browser: first the code, by Ajax as everywhere, so that a
 * passkey does as well; then the file, which Ajax cannot take.
 */
@Named("payload")
@ViewScoped
public class PayloadForm implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Payloads payloads;
    @Inject private Clock clock;

    private String otp;
    private transient Payloads.Release release;

    public void release(UUID id) {
        release = payloads.release(id, otp);
        otp = null;
    }

    /** A second press is refused, and the page asks for a code again then. */
    public void download() throws IOException {
        Payloads.Release asked = release;
        release = asked.open(clock.instant()) ? asked : null;
        Downloads.payload(payloads.open(asked));
    }

    public boolean isReleased() {
        return release != null;
    }

    public Payloads.Release getRelease() {
        return release;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }
}

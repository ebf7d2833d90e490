package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import org.holdfast.app.Policies;
import org.holdfast.domain.shared.Refused;

/** One version of the policy: who made it, what it changed, and the document whole. */
@Named("policyVersion")
@ViewScoped
public class PolicyVersionDetail implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Policies policies;

    private String number;
    private transient Policies.Whole whole;

    public void load() {
        if (number == null) {
            throw Refused.notFound("policy version", "of no number");
        }
        whole = policies.version(read(number));
    }

    /**
     * The number of a version as an address has it.
     *
     * @throws Refused NOT-FOUND where it is none
     */
    static int read(String number) {
        try {
            return Integer.parseInt(number.strip());
        } catch (NumberFormatException e) {
            throw Refused.notFound("policy version", "\"" + number + "\"");
        }
    }

    public Policies.Whole getWhole() {
        return whole;
    }

    public String getNumber() {
        return number;
    }

    public void setNumber(String number) {
        this.number = number;
    }
}

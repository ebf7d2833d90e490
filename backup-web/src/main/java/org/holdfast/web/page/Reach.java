package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;
import org.holdfast.app.Policies;
import org.holdfast.domain.policy.OnCall;

/** Whom to call, by the policy in force. */
@Named
@RequestScoped
public class Reach {
    @Inject private Policies policies;
    private OnCall onCall;

    private OnCall onCall() {
        if (onCall == null) {
            onCall = policies.inForce().onCall();
        }
        return onCall;
    }

    public List<OnCall.Contact> getContacts() {
        return onCall().contacts();
    }

    public List<OnCall.Step> getEscalation() {
        return onCall().escalation();
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import org.holdfast.domain.keys.SealedSecrets;
import org.holdfast.domain.shared.Refused;
import org.holdfast.security.Sealer;

/**
 * Seals every secret of the catalog with a new key. The new key is in the file before the first
 * secret is touched, the old one stays in it, and the secrets change in the caller's one
 * transaction: wherever this is interrupted, every secret can be read, and the next run finishes
 * what was begun before it makes another key.
 */
@ApplicationScoped
public class SealRotation {
    private SealedSecrets sealed;
    private Sealer sealer;

    protected SealRotation() {}

    @Inject
    public SealRotation(SealedSecrets sealed, Sealer sealer) {
        this.sealed = sealed;
        this.sealer = sealer;
    }

    /**
     * @param old ids of the keys that sealed something before
     * @param secrets how many were sealed anew
     */
    record Done(Map<String, Long> old, long secrets) {}

    /**
     * @throws Refused SET-BY-CONFIGURATION where the configuration gives the key and no newer one
     */
    Done run() {
        Map<String, Long> before = sealed.byKey();
        boolean begun = before.keySet().stream().anyMatch(id -> !id.equals(sealer.keyId()));
        if (!begun) {
            sealer.addKey(before.keySet());
        }
        return new Done(before, sealed.reseal(text -> sealer.seal(sealer.unseal(text))));
    }
}

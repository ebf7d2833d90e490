package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import org.holdfast.domain.keys.AgeKeys;
import org.holdfast.domain.shared.Secret;
import org.holdfast.pipeline.Armor;
import org.holdfast.pipeline.Identity;
import org.holdfast.pipeline.Protected;
import org.holdfast.pipeline.Recipient;

/** Age keys for pages and rules, by the same code that encrypts the backups. */
@ApplicationScoped
class AgeKeysOfPipeline implements AgeKeys {
    @Inject private Clock clock;

    @Override
    public Pair generate() {
        Identity identity = Identity.generate();
        return new Pair(identity.recipient().value(), identity.file(clock.instant()));
    }

    @Override
    public String requirePublic(String text) {
        return new Recipient(text == null ? "" : text).value();
    }

    @Override
    public String protect(Secret identityFile, Secret passphrase) {
        return Protected.protect(identityFile, passphrase);
    }

    @Override
    public boolean isProtected(Secret given) {
        return Protected.looksLike(given);
    }

    @Override
    public Secret open(Secret armored, Secret passphrase) {
        return Protected.open(armored, passphrase);
    }

    @Override
    public String encrypt(String publicKey, Secret text) {
        return Armor.encrypt(List.of(new Recipient(publicKey)), text.reveal());
    }
}

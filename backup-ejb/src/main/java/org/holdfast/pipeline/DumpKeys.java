package org.holdfast.pipeline;

import java.util.List;
import java.util.Optional;
import org.holdfast.domain.shared.Secret;

/**
 * What may open a dump that was made elsewhere.
 *
 * @param identities for age files
 * @param key {@code BACKUP_ENCRYPTION_KEY}: 32 bytes in hexadecimal or Base64, or a passphrase
 * @param passphrase {@code BACKUP_ENCRYPTION_PASSPHRASE}
 * @param iterations of PBKDF2 where a script gave openssl {@code -iter}
 */
public record DumpKeys(
        List<Identity> identities,
        Optional<Secret> key,
        Optional<Secret> passphrase,
        int iterations) {}

package org.holdfast.pipeline;

import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.bech32.Bech32Address;
import java.util.Arrays;
import java.util.List;
import org.holdfast.domain.shared.Refused;

/**
 * A public key that files are encrypted to: age's X25519 recipient, {@code age1…} in Bech32 (BIP
 * 173), 62 characters. No secret.
 */
public record Recipient(String value) {
    private static final String PREFIX = "age";

    /**
     * @throws Refused KEY-RECIPIENT: it is no X25519 recipient
     */
    public Recipient {
        value = value.strip();
        if (value.regionMatches(true, 0, "AGE-SECRET-KEY-", 0, 15)) {
            throw new Refused(
                    "KEY-RECIPIENT",
                    "A secret identity was given where a recipient (age1…) belongs.",
                    "Give the public key that age-keygen -y prints for it, and keep the identity"
                            + " offline.");
        }
        if (!wellFormed(value)) {
            throw new Refused(
                    "KEY-RECIPIENT",
                    "\"" + value + "\" is no age recipient.",
                    "Give an X25519 recipient as age-keygen prints it: age1 and 58 more"
                            + " characters.");
        }
    }

    /** Reads recipients separated by commas, blanks or lines; {@code #} begins a comment line. */
    public static List<Recipient> parseAll(String text) {
        return text.lines()
                .filter(line -> !line.strip().startsWith("#"))
                .flatMap(line -> Arrays.stream(line.split("[,\\s]+")))
                .filter(word -> !word.isEmpty())
                .map(Recipient::new)
                .distinct()
                .toList();
    }

    static Recipient ofKey(byte[] publicKey) {
        return new Recipient(Bech32.getEncoder().encode(PREFIX, publicKey).toString());
    }

    private static boolean wellFormed(String text) {
        try {
            Bech32Address address = Bech32.getDecoder().decode(text);
            return address.getHumanReadablePart().toString().equals(PREFIX)
                    && address.getData().length == 32;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

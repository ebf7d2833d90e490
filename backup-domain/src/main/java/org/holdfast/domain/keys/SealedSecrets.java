package org.holdfast.domain.keys;

import java.util.Map;
import java.util.function.UnaryOperator;

/** Every sealed text of the catalog, whichever table it stands in. */
public interface SealedSecrets {
    /** How many there are, by the id of the key that sealed them. */
    Map<String, Long> byKey();

    /**
     * Writes each anew in the caller's transaction, nobody else writing meanwhile.
     *
     * @return how many texts were written
     */
    long reseal(UnaryOperator<String> again);
}

package org.holdfast.web.page;

import org.primefaces.PrimeFaces;

/** Hands a question about passkeys to {@code passkeys.js}, with the answer of this Ajax call. */
final class AskedOfBrowser {
    private AskedOfBrowser() {}

    /**
     * To show a passkey.
     *
     * @param options JSON
     */
    static void show(String options) {
        PrimeFaces.current().ajax().addCallbackParam("passkeyShow", options);
    }

    /**
     * To make one.
     *
     * @param options JSON
     */
    static void make(String options) {
        PrimeFaces.current().ajax().addCallbackParam("passkeyMake", options);
    }
}

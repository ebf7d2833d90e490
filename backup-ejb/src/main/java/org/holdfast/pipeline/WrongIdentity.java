package org.holdfast.pipeline;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * None of the identities given opens the file. The file itself does not tell whom it was encrypted
 * to (age hides it), so the recipients come from the manifest where there is one.
 */
public class WrongIdentity extends IOException {
    private final List<Recipient> given;
    private final List<Recipient> writtenFor;

    public WrongIdentity(List<Recipient> given, List<Recipient> writtenFor, Throwable cause) {
        super(words(given, writtenFor), cause);
        this.given = List.copyOf(given);
        this.writtenFor = List.copyOf(writtenFor);
    }

    /** Recipients of the identities that were tried. */
    public List<Recipient> given() {
        return given;
    }

    /** Recipients the manifest names; empty where it is not known. */
    public List<Recipient> writtenFor() {
        return writtenFor;
    }

    private static String words(List<Recipient> given, List<Recipient> writtenFor) {
        String tried =
                given.isEmpty()
                        ? "No identity was given"
                        : (given.size() == 1 ? "The identity given (" : "The identities given (")
                                + list(given)
                                + (given.size() == 1 ? ") does not open it" : ") do not open it");
        return tried
                + (writtenFor.isEmpty()
                        ? "; whom it was encrypted to is not known."
                        : "; it was encrypted to " + list(writtenFor) + ".");
    }

    private static String list(List<Recipient> recipients) {
        return recipients.stream().map(Recipient::value).collect(Collectors.joining(", "));
    }
}

package org.holdfast.web.rest;

/** A request without any body leaves the parameter null: that is a refusal too. */
final class Bodies {
    private Bodies() {}

    static <R extends Record> R require(R body) {
        if (body == null) {
            throw RecordReader.noObject();
        }
        return body;
    }
}

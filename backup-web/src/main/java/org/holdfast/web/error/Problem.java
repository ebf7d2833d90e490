package org.holdfast.web.error;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import org.holdfast.web.runbook.Runbook;

/**
 * A refusal or an error as it is told, <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC
 * 9457</a> with members of our own.
 *
 * @param type {@code urn:holdfast:problem:<code in lower case>}
 * @param title the same for every problem of this status
 * @param status of HTTP
 * @param code names a page of {@code runbooks/}
 * @param detail what happened, one sentence
 * @param remedy what to do next, one sentence
 * @param help where the console explains the code, a path on this server
 * @param errorId stands in the server's log beside the stack, null for refusals
 */
public record Problem(
        String type,
        String title,
        int status,
        String code,
        String detail,
        String remedy,
        String help,
        String errorId) {
    public static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String code, String detail, String remedy, String errorId) {
        return new Problem(
                "urn:holdfast:problem:" + code.toLowerCase(java.util.Locale.ROOT),
                title(status),
                status,
                code,
                detail,
                remedy,
                Runbook.ofCode(code),
                errorId);
    }

    /** As its body, JSON text. */
    String json() {
        JsonObjectBuilder json =
                Json.createObjectBuilder()
                        .add("type", type)
                        .add("title", title)
                        .add("status", status)
                        .add("code", code)
                        .add("detail", detail)
                        .add("remedy", remedy)
                        .add("help", help);
        if (errorId != null) {
            json.add("errorId", errorId);
        }
        return json.build().toString();
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "The request cannot be understood";
            case 401 -> "Sign in first";
            case 403 -> "Not allowed";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 406 -> "Not available in this form";
            case 409 -> "Not in the present state";
            case 413 -> "Too large";
            case 415 -> "Not in this form";
            case 422 -> "Refused";
            case 429 -> "Too many requests";
            default -> status >= 500 ? "Unexpected error" : "Refused";
        };
    }
}

package org.holdfast.adapter.s3;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * The store answered, and not with what was asked for. The body's {@code Code} and {@code Message}
 * are as in the S3 API reference, "Error responses"; a proxy's HTML page gives neither.
 */
final class Answered extends IOException {
    private static final int LOOK = 64 * 1024;
    private static final Pattern CODE = Pattern.compile("<Code>\\s*([A-Za-z0-9_.]+)\\s*</Code>");
    private static final Pattern MESSAGE = Pattern.compile("<Message>\\s*([^<]{1,300})");

    private final int status;
    private final String code;

    Answered(int status, String code, String message) {
        super(status + " " + (code.isEmpty() ? "" : code + " ") + message);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    /** E.g. {@code NoSuchKey}; empty where the answer had none, as to HEAD. */
    String code() {
        return code;
    }

    /** What to call it: the code where there is one, else the status. */
    String brief() {
        return code.isEmpty() ? "HTTP " + status : code;
    }

    boolean is(String... codes) {
        for (String one : codes) {
            if (one.equals(code)) {
                return true;
            }
        }
        return false;
    }

    /** Turns every answer but 2xx into this exception before the client interprets it. */
    static Response only2xx(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        if (response.isSuccessful()) {
            return response;
        }
        try (response) {
            String body =
                    chain.request().method().equals("HEAD") ? "" : response.peekBody(LOOK).string();
            String message = first(MESSAGE, body);
            if (response.header("Location") != null) {
                message = "redirects to " + response.header("Location");
            }
            throw new Answered(
                    response.code(),
                    first(CODE, body),
                    message.isEmpty() ? response.message() : message);
        }
    }

    /** Reads a 200 to its end and fails where it says that it went wrong after all. */
    static void requireNoError(Response response) throws IOException {
        String body = response.body().string();
        if (body.contains("<Error>") || body.contains("<Error ")) {
            throw new Answered(response.code(), first(CODE, body), first(MESSAGE, body));
        }
    }

    private static String first(Pattern pattern, String body) {
        Matcher matcher = pattern.matcher(body);
        return matcher.find() ? matcher.group(1).strip() : "";
    }
}

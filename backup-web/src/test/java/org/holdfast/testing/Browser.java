package org.holdfast.testing;

import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a browser does without its engine: keeps one cookie, follows nothing by itself, fills a form
 * and sends it with its hidden fields. For what pages look like and do, there are the browser
 * tests.
 */
public final class Browser {
    private static final Pattern HIDDEN = Pattern.compile("<input[^>]*type=\"hidden\"[^>]*>");
    private static final Pattern NONCE = Pattern.compile(" nonce=\"([^\"]+)\"");
    private static final Pattern COOKIE = Pattern.compile("(HOLDFAST)=([^;]*)");

    private final RestClient client;
    private String cookie;

    public Browser(RestClient client) {
        this.client = client;
    }

    public RestClient.Answer get(String path, String... headers) {
        HttpRequest.Builder request = client.request(path).GET().setHeader("Accept", "text/html");
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    /** Opens the sign-in page, fills it in and sends it. */
    public RestClient.Answer signIn(String user, String password, String code) {
        return signIn(user, password, code, "");
    }

    /** As the other; with a recovery code. */
    public RestClient.Answer signIn(String user, String password, String code, String recovery) {
        RestClient.Answer page = get("/console/sign-in.xhtml").require(200);
        return fill(
                page,
                "signIn",
                "enter",
                Map.of("user", user, "password", password, "code", code, "recovery", recovery));
    }

    /**
     * Fills a form of a page in and sends it by one of its buttons, without Ajax.
     *
     * @param fields names within the form, and what is typed
     */
    public RestClient.Answer fill(
            RestClient.Answer page, String form, String button, Map<String, String> fields) {
        String text = page.text();
        Matcher opened =
                Pattern.compile(
                                "<form id=\"" + form + "\"[^>]* action=\"([^\"]*)\".*?</form>",
                                Pattern.DOTALL)
                        .matcher(text);
        if (!opened.find()) {
            throw new AssertionError("No form " + form + " in " + text);
        }
        Map<String, String> sent = new LinkedHashMap<>();
        Matcher hidden = HIDDEN.matcher(opened.group());
        while (hidden.find()) {
            attribute(hidden.group(), "name")
                    .ifPresent(
                            name -> sent.put(name, attribute(hidden.group(), "value").orElse("")));
        }
        Matcher nonce = NONCE.matcher(text);
        if (nonce.find()) {
            sent.put("primefaces.nonce", nonce.group(1));
        }
        sent.put(form, form);
        fields.forEach((name, value) -> sent.put(form + ":" + name, value));
        sent.put(form + ":" + button, form + ":" + button);
        return submit(opened.group(1), sent);
    }

    /** Sends a form as it is given, with this session's cookie. */
    public RestClient.Answer submit(String path, Map<String, String> fields, String... headers) {
        HttpRequest.Builder request =
                client.request(path)
                        .setHeader("Accept", "text/html")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body(fields)));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    private static String body(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
                .collect(Collectors.joining("&"));
    }

    /** Whether the last form led into the console. */
    public static boolean entered(RestClient.Answer answer) {
        return answer.status() == 302
                && !answer.header("Location").orElse("").contains("sign-in.xhtml");
    }

    /** The session's id, null where there is none. */
    public String session() {
        return cookie;
    }

    /** Takes a session's id over, as somebody does who planted or stole it. */
    public void takeOver(String session) {
        cookie = session;
    }

    private RestClient.Answer send(HttpRequest.Builder request) {
        if (cookie != null) {
            request.setHeader("Cookie", "HOLDFAST=" + cookie);
        }
        RestClient.Answer answer = client.send(request);
        for (String set : answer.response().headers().allValues("Set-Cookie")) {
            Matcher matcher = COOKIE.matcher(set);
            if (matcher.find()) {
                cookie = matcher.group(2);
            }
        }
        return answer;
    }

    private static Optional<String> attribute(String tag, String name) {
        Matcher matcher = Pattern.compile(" " + name + "=\"([^\"]*)\"").matcher(tag);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

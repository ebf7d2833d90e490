package org.holdfast.web.page;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.holdfast.testing.Browser;
import org.holdfast.testing.RestClient;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * Goes wherever links lead, fills in every form with what a person might type, and presses every
 * button but the one that signs out.
 */
final class Spider {
    private static final int MOST_PAGES = 300;

    /** Beside those that are given: lists can be sorted and searched without end. */
    private static final int MOST_OF_KIND = 3;

    private static final String SIGN_OUT = "leave";
    private static final String STATE = "jakarta.faces.ViewState";

    private final Browser person;
    private final Supplier<String> code;
    private final List<String> broken = new ArrayList<>();
    private final Set<String> pressed = new LinkedHashSet<>();
    private final Set<String> seen = new LinkedHashSet<>();

    /**
     * A button of a form as it can be sent.
     *
     * @param page where it stands
     * @param button its name
     * @param fields what the form holds, filled in, the view's state left out
     */
    record Press(String page, String button, Map<String, String> fields) {}

    /**
     * @param person signed in
     * @param code of the person's authenticator
     */
    Spider(Browser person, Supplier<String> code) {
        this.person = person;
        this.code = code;
    }

    /**
     * Every page that can be reached from these, each once, forms and buttons not touched; of one
     * kind, some.
     */
    Map<String, Document> walk(List<String> from) {
        Deque<String> next = new ArrayDeque<>(from);
        seen.addAll(from);
        Map<String, Document> pages = new LinkedHashMap<>();
        Map<String, Integer> ofKind = new HashMap<>();
        while (!next.isEmpty() && seen.size() < MOST_PAGES) {
            String address = next.poll();
            Document page = open(address);
            if (page == null) {
                continue;
            }
            pages.put(address, page);
            for (Element link : page.select("a[href]")) {
                String goal = inside(address, link.attr("href"));
                if (goal != null
                        && !seen.contains(goal)
                        && ofKind.merge(kind(goal), 1, Integer::sum) <= MOST_OF_KIND) {
                    seen.add(goal);
                    next.add(goal);
                }
            }
        }
        if (!next.isEmpty()) {
            broken.add("There are more than " + MOST_PAGES + " pages: not all were opened.");
        }
        return pages;
    }

    /** The view and what is asked of it, whatever the values are. */
    static String kind(String address) {
        return address.replaceAll("=[^&]*", "");
    }

    private static String view(String address) {
        return address.replaceFirst("\\?.*", "");
    }

    private Document open(String address) {
        RestClient.Answer answer = person.get(address);
        if (answer.status() != 200) {
            broken.add(address + " answers " + answer.status());
            return null;
        }
        boolean html = answer.header("Content-Type").orElse("").startsWith("text/html");
        return html ? Jsoup.parse(answer.text(), address) : null;
    }

    private static String inside(String from, String href) {
        if (href.isEmpty() || href.startsWith("#") || href.matches("[a-z]+:.*")) {
            return null;
        }
        URI goal = URI.create(from).resolve(href);
        String address =
                goal.getRawPath() + (goal.getRawQuery() == null ? "" : "?" + goal.getRawQuery());
        return goal.getAuthority() == null && address.startsWith("/console/") ? address : null;
    }

    /**
     * Every button of these pages, with its form filled in; those that the template puts around
     * each page once a view, as what is asked for makes no other form of them.
     */
    List<Press> buttons(Map<String, Document> pages) {
        List<Press> presses = new ArrayList<>();
        Set<String> views = new LinkedHashSet<>();
        pages.forEach(
                (address, page) -> {
                    boolean first = views.add(view(address));
                    for (Element form : page.select("form[method=post]")) {
                        if (!first && form.closest("main") == null) {
                            continue;
                        }
                        Map<String, String> fields = filled(form);
                        for (Element button :
                                form.select(
                                        "button[type=submit][name], input[type=submit][name]")) {
                            if (!form.id().equals(SIGN_OUT)) {
                                presses.add(new Press(address, button.attr("name"), fields));
                            }
                        }
                        if (!form.id().equals(SIGN_OUT)) {
                            presses.add(new Press(address, form.id(), fields));
                        }
                    }
                });
        return presses;
    }

    private Map<String, String> filled(Element form) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (Element field : form.select("input[name], select[name], textarea[name]")) {
            String name = field.attr("name");
            String type = field.normalName().equals("input") ? field.attr("type") : "text";
            switch (type) {
                case "submit", "search" -> {}
                case "checkbox" -> fields.put(name, field.hasAttr("value") ? field.val() : "on");
                case "radio" -> {
                    if (field.hasAttr("checked") || !fields.containsKey(name)) {
                        fields.put(name, field.val());
                    }
                }
                case "hidden" -> fields.put(name, field.val());
                default -> fields.put(name, typed(field, name));
            }
        }
        fields.remove(STATE);
        fields.remove("primefaces.nonce");
        return fields;
    }

    private static String typed(Element field, String name) {
        if (field.normalName().equals("select")) {
            Element option = field.selectFirst("option[selected], option");
            return option == null ? "" : option.val();
        }
        if (!field.val().isEmpty()) {
            return field.val();
        }
        if (field.classNames().contains("otp")) {
            return "CODE";
        }
        String what = name.substring(name.indexOf(':') + 1).toLowerCase(java.util.Locale.ROOT);
        return switch (what) {
            case "url" -> "postgresql://somebody:canary-typed@127.0.0.1:5432/shop";
            case "directory" -> "/tmp/a-store-of-the-spider";
            case "kept", "days" -> "7";
            case "began", "ended" -> "2026-11-20T02:00";
            default -> "spider";
        };
    }

    /** Sends it from a fresh view of its page, plainly and as Ajax does. */
    void press(Press press) {
        for (boolean ajax : new boolean[] {false, true}) {
            Document page = open(press.page());
            if (page == null) {
                return;
            }
            Map<String, String> fields = new LinkedHashMap<>(press.fields());
            fields.replaceAll((name, value) -> value.equals("CODE") ? code.get() : value);
            fields.put(press.button(), press.button());
            Element state = page.selectFirst("input[name=" + STATE + "]");
            if (state == null) {
                broken.add(press.page() + " has no form any more");
                return;
            }
            fields.put(STATE, state.val());
            Element nonce = page.selectFirst("script[nonce]");
            fields.put("primefaces.nonce", nonce == null ? "" : nonce.attr("nonce"));
            RestClient.Answer answer;
            if (ajax) {
                fields.put("jakarta.faces.partial.ajax", "true");
                fields.put("jakarta.faces.source", press.button());
                fields.put("jakarta.faces.partial.execute", "@all");
                answer = person.submit(press.page(), fields, "Faces-Request", "partial/ajax");
            } else {
                answer = person.submit(press.page(), fields);
            }
            if (answer.status() >= 500) {
                broken.add(press.page() + " " + press.button() + " answers " + answer.status());
            }
        }
        pressed.add(press.page() + " " + press.button());
    }

    /** What answered as no page should, in words. */
    List<String> broken() {
        return broken;
    }

    /** Pages and buttons that were pressed. */
    Set<String> pressed() {
        return pressed;
    }
}

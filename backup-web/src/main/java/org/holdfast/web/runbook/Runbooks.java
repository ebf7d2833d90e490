package org.holdfast.web.runbook;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeMap;

/** The runbooks of this WAR, rendered once. */
@ApplicationScoped
public class Runbooks {
    private static final String PLACE = "/WEB-INF/runbooks/";
    private static final String PAGE = ".md";

    @Inject private ServletContext files;
    private Map<String, Runbook> pages = Map.of();

    @PostConstruct
    void read() {
        Map<String, String> texts = new TreeMap<>();
        collect(PLACE, texts);
        pages = render(texts);
    }

    /** Every text by its name, as pages that link to one another. */
    static Map<String, Runbook> render(Map<String, String> texts) {
        ResourceBundle words = ResourceBundle.getBundle("org.holdfast.web.page.messages");
        Markdown markdown = new Markdown(texts, words.getString("copy_lines"));
        Map<String, Runbook> rendered = new TreeMap<>();
        texts.forEach((name, text) -> rendered.put(name, markdown.render(name, text)));
        return rendered;
    }

    private void collect(String directory, Map<String, String> texts) {
        Set<String> found = files.getResourcePaths(directory);
        for (String path : found == null ? Set.<String>of() : found) {
            if (path.endsWith("/")) {
                collect(path, texts);
            } else if (path.endsWith(PAGE)) {
                texts.put(
                        path.substring(PLACE.length(), path.length() - PAGE.length()),
                        new String(bytes(path), StandardCharsets.UTF_8));
            }
        }
    }

    private byte[] bytes(String path) {
        try (InputStream in = files.getResourceAsStream(path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<Runbook> page(String name) {
        return Optional.ofNullable(pages.get(name));
    }

    /** All of them: the contents first, what to do by name, decisions last. */
    public List<Runbook> all() {
        return pages.values().stream()
                .sorted(
                        Comparator.comparing(Runbook::decision)
                                .thenComparing(page -> !page.name().equals(Runbook.CONTENTS))
                                .thenComparing(Runbook::name))
                .toList();
    }

    /** A picture by its file name, e.g. {@code history.png}. */
    public Optional<byte[]> picture(String name) {
        if (!name.matches("[a-z0-9][a-z0-9-]*\\.png")
                || files.getResourcePaths(PLACE + "images/") == null
                || !files.getResourcePaths(PLACE + "images/").contains(PLACE + "images/" + name)) {
            return Optional.empty();
        }
        return Optional.of(bytes(PLACE + "images/" + name));
    }
}

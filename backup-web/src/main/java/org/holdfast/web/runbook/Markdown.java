package org.holdfast.web.runbook;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableBody;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableHead;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.html.HtmlWriter;

/**
 * From Markdown (CommonMark with GitHub's tables) to the console's HTML: tables become cards on a
 * narrow screen, lines of code can be copied, links between pages stay inside, headings and the
 * codes that a table explains can be linked to. HTML in the text is escaped, a {@code javascript:}
 * address is dropped.
 */
final class Markdown {
    private static final List<Extension> TABLES = List.of(TablesExtension.create());
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9]+(?:[-_][A-Z0-9]+)*");
    private static final int HIGHEST = 6;

    private final Parser parser = Parser.builder().extensions(TABLES).build();
    private final Map<String, String> titles = new HashMap<>();
    private final String copy;

    /**
     * @param pages the texts that can be linked to, by name
     * @param copy what the button beside lines of code is called
     */
    Markdown(Map<String, String> pages, String copy) {
        pages.forEach((name, text) -> titles.put(name, takeTitle(parser.parse(text), name)));
        this.copy = copy;
    }

    Runbook render(String name, String text) {
        Node document = parser.parse(text);
        String title = takeTitle(document, name);
        Links links = new Links(name);
        document.accept(links);
        Shape shape = new Shape(name.equals(Runbook.CODES));
        document.accept(shape);
        String html =
                HtmlRenderer.builder()
                        .extensions(TABLES)
                        .escapeHtml(true)
                        .sanitizeUrls(true)
                        .attributeProviderFactory(context -> shape::attributes)
                        .nodeRendererFactory(Own::new)
                        .build()
                        .render(document);
        return new Runbook(name, title, html, List.copyOf(shape.ids), List.copyOf(links.dead));
    }

    /** The console writes it as the page's own heading. */
    private static String takeTitle(Node document, String otherwise) {
        if (document.getFirstChild() instanceof Heading heading && heading.getLevel() == 1) {
            heading.unlink();
            return words(heading);
        }
        return otherwise;
    }

    private static String words(Node node) {
        StringBuilder words = new StringBuilder();
        node.accept(
                new AbstractVisitor() {
                    @Override
                    public void visit(Text text) {
                        words.append(text.getLiteral());
                    }

                    @Override
                    public void visit(Code code) {
                        words.append(code.getLiteral());
                    }

                    @Override
                    public void visit(SoftLineBreak line) {
                        words.append(' ');
                    }

                    @Override
                    public void visit(HardLineBreak line) {
                        words.append(' ');
                    }
                });
        return words.toString().strip();
    }

    private static List<Node> children(Node node) {
        List<Node> children = new ArrayList<>();
        for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
            children.add(child);
        }
        return children;
    }

    // --- where links lead ----------------------------------------------------------------------

    private final class Links extends AbstractVisitor {
        private final List<String> dead = new ArrayList<>();
        private final URI here;

        Links(String name) {
            this.here = URI.create("/" + name + ".md");
        }

        @Override
        public void visit(Link link) {
            visitChildren(link);
            String to = link.getDestination();
            if (to.matches("(https?|mailto|tel):.*") || to.startsWith("#")) {
                return;
            }
            String inside = inside(to);
            if (inside == null) {
                dead.add(to);
                children(link).forEach(link::insertBefore);
                link.unlink();
            } else {
                nameIt(link, to);
                link.setDestination(inside);
            }
        }

        /** A file's name says less than its title. */
        private void nameIt(Link link, String to) {
            String name = here.resolve(to).getPath().substring(1).replaceFirst("\\.md$", "");
            if (titles.containsKey(name) && words(link).equals(to)) {
                children(link).forEach(Node::unlink);
                link.appendChild(new Text(titles.get(name)));
            }
        }

        @Override
        public void visit(Image image) {
            URI goal = here.resolve(image.getDestination());
            String path = goal.getAuthority() == null ? goal.getPath() : null;
            if (path != null && path.matches("/images/[a-z0-9][a-z0-9-]*\\.png")) {
                image.setDestination(path.substring(1));
            } else {
                dead.add(image.getDestination());
                image.unlink();
            }
        }

        /** Relative to where the console shows pages; null where no page is meant. */
        private String inside(String to) {
            URI goal;
            try {
                goal = here.resolve(to);
            } catch (IllegalArgumentException e) {
                return null;
            }
            if (goal.getScheme() != null || goal.getPath() == null) {
                return null;
            }
            String path = goal.getPath().substring(1).replaceFirst("/$", "");
            String anchor = goal.getFragment() == null ? "" : "#" + goal.getFragment();
            if (path.endsWith(".md") && titles.containsKey(path.substring(0, path.length() - 3))) {
                return "index.xhtml?page=" + path.substring(0, path.length() - 3) + anchor;
            }
            boolean directory =
                    titles.keySet().stream().anyMatch(page -> page.startsWith(path + "/"));
            return directory ? "index.xhtml#" + path : null;
        }
    }

    // --- what stands around and in it ----------------------------------------------------------

    /** An element that Markdown has no word for, around its children. */
    private static final class Around extends CustomBlock {
        private final String styleClass;

        Around(String styleClass) {
            this.styleClass = styleClass;
        }
    }

    /** One inline element around a cell's content, which a card shows beside its column's name. */
    private static final class CellContent extends CustomNode {}

    /** A code that can be linked to. */
    private static final class Explained extends CustomNode {
        private final String code;
        private final boolean first;

        Explained(String code, boolean first) {
            this.code = code;
            this.first = first;
        }
    }

    private static final class Shape extends AbstractVisitor {
        private final boolean codes;
        private final List<String> ids = new ArrayList<>();
        private final Map<Node, Map<String, String>> attributes = new HashMap<>();
        private List<String> columns = List.of();

        Shape(boolean codes) {
            this.codes = codes;
        }

        void attributes(Node node, String tag, Map<String, String> into) {
            if (!(node instanceof TableBlock) || tag.equals("table")) {
                into.putAll(attributes.getOrDefault(node, Map.of()));
            }
        }

        @Override
        public void visit(Heading heading) {
            String slug =
                    words(heading)
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^\\p{L}\\p{N} _-]", "")
                            .replace(' ', '-');
            String id = slug;
            for (int i = 1; ids.contains(id); i++) {
                id = slug + "-" + i;
            }
            ids.add(id);
            heading.setLevel(Math.min(HIGHEST, Math.max(2, heading.getLevel())));
            attributes.put(heading, Map.of("id", id));
        }

        @Override
        public void visit(CustomBlock block) {
            if (block instanceof TableBlock table) {
                Around around = new Around("scroll cards");
                table.insertBefore(around);
                around.appendChild(table);
                attributes.put(table, Map.of("class", "list"));
            }
            visitChildren(block);
        }

        @Override
        public void visit(CustomNode node) {
            if (node instanceof TableHead head) {
                columns = children(head.getFirstChild()).stream().map(Markdown::words).toList();
            } else if (node instanceof TableRow row && row.getParent() instanceof TableBody) {
                List<Node> cells = children(row);
                for (int i = 0; i < cells.size(); i++) {
                    cell((TableCell) cells.get(i), i);
                }
            } else {
                visitChildren(node);
            }
        }

        private void cell(TableCell cell, int column) {
            CellContent content = new CellContent();
            for (Node child : children(cell)) {
                child.unlink();
                if (codes && column == 0 && child instanceof Text text) {
                    explained(text.getLiteral()).forEach(content::appendChild);
                } else {
                    content.appendChild(child);
                }
            }
            cell.appendChild(content);
            attributes.put(cell, Map.of("data-label", columns.get(column)));
        }

        private List<Node> explained(String text) {
            List<Node> parts = new ArrayList<>();
            Matcher code = CODE.matcher(text);
            int at = 0;
            while (code.find()) {
                if (code.start() > at) {
                    parts.add(new Text(text.substring(at, code.start())));
                }
                boolean first = !ids.contains(code.group());
                if (first) {
                    ids.add(code.group());
                }
                parts.add(new Explained(code.group(), first));
                at = code.end();
            }
            if (at < text.length()) {
                parts.add(new Text(text.substring(at)));
            }
            return parts;
        }
    }

    // --- how our own elements are written ------------------------------------------------------

    private final class Own implements NodeRenderer {
        private final HtmlNodeRendererContext context;
        private final HtmlWriter out;
        private int blocks;

        Own(HtmlNodeRendererContext context) {
            this.context = context;
            this.out = context.getWriter();
        }

        @Override
        public Set<Class<? extends Node>> getNodeTypes() {
            return Set.of(
                    Around.class,
                    CellContent.class,
                    Explained.class,
                    Code.class,
                    FencedCodeBlock.class,
                    IndentedCodeBlock.class);
        }

        @Override
        public void render(Node node) {
            if (node instanceof Code code) {
                breakable(code.getLiteral());
            } else if (node instanceof FencedCodeBlock code) {
                lines(code.getLiteral());
            } else if (node instanceof IndentedCodeBlock code) {
                lines(code.getLiteral());
            } else if (node instanceof Explained explained) {
                out.tag(
                        "code",
                        explained.first ? Map.of("id", explained.code) : Map.<String, String>of());
                out.text(explained.code);
                out.tag("/code");
            } else if (node instanceof Around around) {
                out.line();
                out.tag("div", Map.of("class", around.styleClass));
                inner(node);
                out.tag("/div");
                out.line();
            } else {
                out.tag("span");
                inner(node);
                out.tag("/span");
            }
        }

        /** A long name may be broken where its words end, and nowhere else. */
        private void breakable(String code) {
            out.tag("code");
            String[] parts = code.split("(?<=[_/])");
            for (int i = 0; i < parts.length; i++) {
                if (i > 0) {
                    out.tag("wbr", Map.of(), true);
                }
                out.text(parts[i]);
            }
            out.tag("/code");
        }

        private void inner(Node node) {
            children(node).forEach(context::render);
        }

        private void lines(String code) {
            String id = "lines" + ++blocks;
            out.line();
            out.tag("div", Map.of("class", "with-copy"));
            out.tag("pre", ordered("class", "lines", "id", id, "tabindex", "0"));
            out.text(code.stripTrailing());
            out.tag("/pre");
            out.tag(
                    "button",
                    ordered(
                            "type",
                            "button",
                            "class",
                            "icon-button",
                            "data-copy-from",
                            id,
                            "aria-label",
                            copy,
                            "title",
                            copy));
            out.tag("i", ordered("class", "pi pi-copy", "aria-hidden", "true"));
            out.tag("/i");
            out.tag("/button");
            out.tag("/div");
            out.line();
        }

        private static Map<String, String> ordered(String... pairs) {
            Map<String, String> map = new java.util.LinkedHashMap<>();
            for (int i = 0; i < pairs.length; i += 2) {
                map.put(pairs[i], pairs[i + 1]);
            }
            return map;
        }
    }
}

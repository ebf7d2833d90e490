package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.holdfast.app.PolicyFields;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreState;
import org.holdfast.domain.snapshot.ForeignDump;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;
import org.xml.sax.InputSource;

class MessagesTest {
    private static final Path VIEWS = Path.of("src/main/webapp");
    private static final Path BEANS = Path.of("src/main/java/org/holdfast/web/page");
    private static final Path WORDS =
            Path.of("src/main/resources/org/holdfast/web/page/messages.properties");

    /** How a restore ended, as RestoreDetail chooses it. */
    private static final Set<String> FAILURES =
            Stream.of(RestoreState.values())
                    .flatMap(
                            ended ->
                                    Stream.of(
                                            RestoreDetail.failureKey(ended, null, false),
                                            RestoreDetail.failureKey(ended, null, true),
                                            RestoreDetail.failureKey(
                                                    ended, "RESTORE-EXPIRED", false)))
                    .filter(key -> !key.isEmpty())
                    .collect(Collectors.toSet());

    private static Properties words() throws IOException {
        Properties words = new Properties();
        try (Reader reader = Files.newBufferedReader(WORDS)) {
            words.load(reader);
        }
        return words;
    }

    private static Set<String> said() throws IOException {
        return new TreeSet<>(words().stringPropertyNames());
    }

    private static Set<String> asked(String pattern) throws IOException {
        return found(VIEWS, ".xhtml", pattern);
    }

    /** What beans put together themselves. */
    private static Set<String> askedByBeans() throws IOException {
        Set<String> asked = found(BEANS, ".java", "Say\\.of\\(\\s*\"([a-z0-9_]+)\"");
        asked.addAll(found(BEANS, ".java", "\\? \"([a-z0-9_]+)\" : \"[a-z0-9_]+\",\\s"));
        asked.addAll(found(BEANS, ".java", "\\? \"[a-z0-9_]+\" : \"([a-z0-9_]+)\",\\s"));
        return asked;
    }

    private static Set<String> found(Path root, String ending, String pattern) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> views = files.filter(f -> f.toString().endsWith(ending)).toList();
            Set<String> found = new TreeSet<>();
            for (Path view : views) {
                found.addAll(
                        Pattern.compile(pattern)
                                .matcher(Files.readString(view))
                                .results()
                                .map((MatchResult r) -> r.group(1))
                                .collect(Collectors.toSet()));
            }
            return found;
        }
    }

    @Test
    void every_word_a_view_asks_for_is_there() throws IOException {
        assertThat(said()).containsAll(asked("say\\.([A-Za-z0-9_]+)"));
        assertThat(said()).containsAll(askedByBeans());
        assertThat(said()).containsAll(FAILURES);
        for (RestoreMode mode : RestoreMode.values()) {
            assertThat(said()).contains("mode_" + mode, "short_" + mode);
        }
        for (RecipientKey.Purpose purpose : RecipientKey.Purpose.values()) {
            assertThat(said()).contains("key_for_" + purpose);
        }
        for (RecipientKey.State state : RecipientKey.State.values()) {
            assertThat(said()).contains("key_state_" + state);
        }
        for (Role role : Role.values()) {
            assertThat(said()).contains("may_" + role);
        }
        for (CheckKind kind : CheckKind.values()) {
            assertThat(said()).contains("drill_check_" + kind);
        }
        for (PolicyFields.When when : PolicyFields.When.values()) {
            assertThat(said()).contains("policy_when_" + when);
        }
        for (String keep : PolicyFields.KEEPS) {
            assertThat(said()).contains("policy_keep_" + keep);
        }
        for (KeyList.Act act : KeyList.Act.values()) {
            assertThat(said()).contains("key_act_" + act);
        }
        for (KeyList.From from : KeyList.From.values()) {
            assertThat(said()).contains("key_from_" + from);
        }
        for (Impact.Fit fit : Impact.Fit.values()) {
            assertThat(said()).contains("versions_" + fit);
        }
        for (ForeignDump.Kind kind : ForeignDump.Kind.values()) {
            assertThat(said()).contains("import_kind_" + kind);
        }
        for (ForeignDump.TimeBy by : ForeignDump.TimeBy.values()) {
            assertThat(said()).contains("import_by_" + by);
        }
        for (ForeignDump.Checksum checksum : ForeignDump.Checksum.values()) {
            assertThat(said()).contains("import_checksum_" + checksum);
        }
    }

    @Test
    void no_word_is_kept_that_nobody_says() throws IOException {
        Set<String> unused = said();
        unused.removeAll(asked("say\\.([A-Za-z0-9_]+)"));
        unused.removeAll(askedByBeans());
        unused.removeIf(key -> key.startsWith("mode_") || key.startsWith("short_"));
        unused.removeIf(key -> key.matches("may_[A-Z_]+"));
        unused.removeIf(key -> key.matches("drill_check_[A-Z_]+"));
        unused.removeIf(key -> key.matches("policy_when_[A-Z]+"));
        PolicyFields.KEEPS.forEach(keep -> unused.remove("policy_keep_" + keep));
        unused.removeIf(key -> key.matches("key_(act|for|from|state)_[A-Z]+"));
        unused.removeIf(key -> key.matches("versions_[A-Z]+"));
        unused.removeIf(key -> key.matches("import_(kind|by|checksum)_[A-Z_]+"));
        unused.removeAll(FAILURES);
        unused.removeAll(
                Set.of("alerts", "backups", "restores", "databases", "stores", "keys", "audit"));
        assertThat(unused).isEmpty();
    }

    /** What is a key, or a value that is compared, has no capital and no space. */
    @Test
    void what_is_told_at_the_head_of_a_page_stands_in_the_messages() throws IOException {
        Pattern told =
                Pattern.compile(
                        "(?s)\\b(?:done|warn|failed)\\(((?:[^;\"]|\"(?:[^\"\\\\]|\\\\.)*\")*)\\);");
        Pattern literal = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
        Set<String> literals = new TreeSet<>();
        assertThat(told.matcher("Say.done(\"Done; so.\");").results()).hasSize(1);
        try (Stream<Path> files = Files.walk(BEANS)) {
            for (Path bean : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                told.matcher(Files.readString(bean))
                        .results()
                        .flatMap(call -> literal.matcher(call.group(1)).results())
                        .map(text -> text.group(1))
                        .filter(text -> !text.matches("[a-z0-9_]+"))
                        .forEach(text -> literals.add(bean.getFileName() + ": " + text));
            }
        }
        assertThat(literals).as("move words to messages.properties").isEmpty();
    }

    @Test
    void a_failed_restore_claims_nothing_of_its_target_for_the_reason_says_how_it_was_left()
            throws IOException {
        Properties words = words();
        assertThat(words.getProperty(RestoreDetail.failureKey(RestoreState.FAILED, null, false)))
                .isEqualTo("The restore failed.");
        assertThat(words.getProperty(RestoreDetail.failureKey(RestoreState.FAILED, null, true)))
                .isEqualTo("The restore by hand failed.");
    }

    @Test
    void every_function_a_view_calls_is_there() throws IOException {
        String library = Files.readString(VIEWS.resolve("WEB-INF/holdfast.taglib.xml"));
        assertThat(asked("hf:([a-zA-Z]+)\\("))
                .allMatch(f -> library.contains("<function-name>" + f + "</function-name>"));
    }

    @Test
    void no_view_carries_a_script_or_a_style_of_its_own() throws IOException {
        assertThat(asked("(<script|<style|\\sstyle=|\\son[a-z]+=|javascript:)")).isEmpty();
    }

    /**
     * Names, which are the same in every language, examples of addresses, and one word that is
     * still to be moved to the messages (PRODUCTION). No other word is added here.
     */
    private static final Set<String> LITERALS =
            Set.of(
                    "Holdfast",
                    "PostgreSQL",
                    "SHA-256",
                    "AES-256-GCM",
                    "Ed25519",
                    "PID",
                    "age1…",
                    "age -d -i . holdfast-proof-.age",
                    "holdfast-proof-.age",
                    "PRODUCTION",
                    "postgresql://user:password@host:5432/database?sslmode=verify-full",
                    "https://s3.eu-central-1.amazonaws.com");

    @Test
    void every_word_of_a_view_stands_in_the_messages() throws Exception {
        Set<String> literals = new TreeSet<>();
        try (Stream<Path> files = Files.walk(VIEWS)) {
            for (Path view : files.filter(f -> f.toString().endsWith(".xhtml")).toList()) {
                collect(
                        DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(new InputSource(Files.newInputStream(view))),
                        literals);
            }
        }
        assertThat(literals).as("move words to messages.properties").isSubsetOf(LITERALS);
    }

    private static void collect(Node node, Set<String> literals) {
        if (node instanceof Text text) {
            literal(text.getData(), literals);
        } else if (node instanceof Element element) {
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                Attr attribute = (Attr) element.getAttributes().item(i);
                boolean shown =
                        attribute
                                .getName()
                                .replaceFirst("^pt:", "")
                                .matches(
                                        "title|aria-label|alt|placeholder|label|itemLabel|headerText|none"
                                                + "|summary|[a-z]+Message|currentPageReportTemplate");
                boolean value =
                        attribute.getName().equals("value")
                                && element.getTagName()
                                        .matches("p:commandButton|h:(outputLabel|outputText|link)");
                if (shown || value) {
                    literal(attribute.getValue(), literals);
                }
            }
        }
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            collect(child, literals);
        }
    }

    /** What is left without expressions, where it holds a word. */
    private static void literal(String text, Set<String> literals) {
        String left =
                text.replaceAll("'[^']*'", "")
                        .replaceAll("#\\{[^}]*\\}|\\{[A-Za-z]+\\}", "")
                        .replaceAll("[·\\s]+", " ")
                        .strip();
        if (left.matches("(?s).*[A-Za-z]{2}.*")) {
            literals.add(left);
        }
    }
}

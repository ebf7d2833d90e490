package org.holdfast.web.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkdownTest {
    private final Markdown markdown =
            new Markdown(
                    Map.of("restore", "# Restore", "decisions/0001-first", "# First", "codes", ""),
                    "Copy these lines");

    private String html(String text) {
        return markdown.render("restore", text).html();
    }

    @Test
    void the_first_heading_is_the_title_and_is_not_repeated() {
        Runbook page = markdown.render("restore", "# Restore `it`\n\nOpen it.");
        assertThat(page.title()).isEqualTo("Restore it");
        assertThat(page.html()).isEqualTo("<p>Open it.</p>\n");
    }

    @Test
    void html_in_a_page_is_shown_as_text() {
        assertThat(html("a <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>"))
                .doesNotContain("<script")
                .doesNotContain("<img")
                .contains("&lt;script&gt;");
    }

    @Test
    void an_address_that_would_run_a_script_leads_nowhere() {
        Runbook page = markdown.render("restore", "[here](javascript:alert(1)) it is");
        assertThat(page.html()).isEqualTo("<p>here it is</p>\n");
        assertThat(page.dead()).containsExactly("javascript:alert(1)");
    }

    @Test
    void links_between_pages_stay_in_the_console() {
        assertThat(html("[r](restore.md#cancel) [d](decisions/0001-first.md) [all](decisions)"))
                .contains("href=\"index.xhtml?page=restore#cancel\"")
                .contains("href=\"index.xhtml?page=decisions/0001-first\"")
                .contains("href=\"index.xhtml#decisions\"");
        assertThat(markdown.render("decisions/0001-first", "[back](../restore.md)").html())
                .contains("href=\"index.xhtml?page=restore\"");
    }

    @Test
    void a_link_that_is_called_by_its_file_gets_the_title() {
        assertThat(html("[restore.md](restore.md) [how](restore.md)"))
                .contains(">Restore</a>")
                .contains(">how</a>");
    }

    @Test
    void a_long_name_may_be_broken_where_its_words_end() {
        assertThat(html("`S3_BUCKET`")).isEqualTo("<p><code>S3_<wbr />BUCKET</code></p>\n");
    }

    @Test
    void a_link_to_what_is_not_packed_keeps_its_words_and_is_told() {
        Runbook page = markdown.render("restore", "see [the source](../pom.xml)");
        assertThat(page.html()).isEqualTo("<p>see the source</p>\n");
        assertThat(page.dead()).containsExactly("../pom.xml");
    }

    @Test
    void pictures_come_from_us_and_from_nowhere_else() {
        assertThat(html("![History](images/history.png)"))
                .contains("<img src=\"images/history.png\" alt=\"History\"");
        assertThat(html("![x](https://example.org/x.png)")).doesNotContain("<img");
    }

    @Test
    void lines_of_code_can_be_copied_and_reached_by_the_keyboard() {
        assertThat(html("```sh\nps <all>\n```"))
                .contains("<pre class=\"lines\" id=\"lines1\" tabindex=\"0\">ps &lt;all&gt;</pre>")
                .contains("data-copy-from=\"lines1\" aria-label=\"Copy these lines\"");
    }

    @Test
    void headings_can_be_linked_to_and_no_two_alike() {
        assertThat(markdown.render("restore", "## After wards!\n\n## After wards!").ids())
                .containsExactly("after-wards", "after-wards-1");
    }

    @Test
    void a_table_names_its_columns_in_every_cell() {
        assertThat(html("| code | what |\n|---|---|\n| A | **b** `c` |"))
                .contains("<div class=\"scroll cards\">")
                .contains("<table class=\"list\">")
                .contains("<td data-label=\"code\"><span>A</span></td>")
                .contains(
                        "<td data-label=\"what\"><span><strong>b</strong>"
                                + " <code>c</code></span></td>");
    }

    @Test
    void each_code_of_the_codes_page_can_be_linked_to() {
        Runbook page =
                markdown.render(
                        "codes",
                        "| code | what |\n|---|---|\n| SIGN-IN, NO_SPACE | ROLE matters |");
        assertThat(page.ids()).containsExactly("SIGN-IN", "NO_SPACE");
        assertThat(page.html())
                .contains(
                        "<span><code id=\"SIGN-IN\">SIGN-IN</code>, <code"
                                + " id=\"NO_SPACE\">NO_SPACE</code></span></td>")
                .contains("<span>ROLE matters</span>");
    }
}

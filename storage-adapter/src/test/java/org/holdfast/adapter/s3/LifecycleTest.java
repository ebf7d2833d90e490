package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Finding.Verdict;
import org.holdfast.domain.storage.Guard;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private static Lifecycle of(String prefix, String... rules) throws IOException {
        return Lifecycle.of(
                Xml.parse(
                        "<LifecycleConfiguration xmlns=\"%s\">%s</LifecycleConfiguration>"
                                .formatted(Xml.NAMESPACE, String.join("", rules))),
                prefix);
    }

    private static String rule(String scope, String content) {
        return "<Rule><ID>theirs</ID>" + scope + "<Status>Enabled</Status>" + content + "</Rule>";
    }

    private static String below(String prefix) {
        return "<Filter><Prefix>" + prefix + "</Prefix></Filter>";
    }

    private static String oldVersionsGoAfter(int days) {
        return "<NoncurrentVersionExpiration><NoncurrentDays>"
                + days
                + "</NoncurrentDays></NoncurrentVersionExpiration>";
    }

    private static Finding find(Lifecycle rules, Guard guard) {
        return rules.findings().stream().filter(f -> f.guard() == guard).findFirst().orElseThrow();
    }

    @Test
    void without_rules_three_can_be_set_and_nothing_removes_or_moves_objects() {
        Lifecycle none = Lifecycle.none("");
        assertThat(none.findings().stream().filter(Finding::settable).map(Finding::guard))
                .containsExactly(
                        Guard.OLD_VERSIONS, Guard.DELETE_MARKERS, Guard.UNFINISHED_UPLOADS);
        assertThat(find(none, Guard.EXPIRY).verdict()).isEqualTo(Verdict.FULFILLED);
        assertThat(find(none, Guard.TRANSITION).verdict()).isEqualTo(Verdict.FULFILLED);
    }

    @Test
    void a_rule_for_another_prefix_or_for_tagged_objects_only_does_not_count() throws IOException {
        assertThat(find(of("", rule(below("logs/"), oldVersionsGoAfter(30))), Guard.OLD_VERSIONS))
                .matches(Finding::settable);
        assertThat(
                        find(
                                of(
                                        "",
                                        rule(
                                                "<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>",
                                                oldVersionsGoAfter(30))),
                                Guard.OLD_VERSIONS))
                .matches(Finding::settable);
        assertThat(
                        find(
                                        of("holdfast/", rule(below(""), oldVersionsGoAfter(90))),
                                        Guard.OLD_VERSIONS)
                                .found())
                .isEqualTo("Rule \"theirs\" ends old versions after 90 days");
    }

    @Test
    void a_rule_that_ends_versions_sooner_is_told_and_not_papered_over() throws IOException {
        Finding found =
                find(
                        of(
                                "holdfast/",
                                rule(below(""), oldVersionsGoAfter(30)),
                                rule(below("holdfast/shop/"), oldVersionsGoAfter(1))),
                        Guard.OLD_VERSIONS);
        assertThat(found.verdict()).isEqualTo(Verdict.LACKING);
        assertThat(found.settable()).isFalse();
        assertThat(found.found()).isEqualTo("Rule \"theirs\" ends old versions after 1 day");
    }

    @Test
    void a_rule_that_removes_current_objects_or_freezes_them_is_lacking() throws IOException {
        Lifecycle rules =
                of(
                        "holdfast/",
                        rule(below(""), "<Expiration><Days>30</Days></Expiration>"),
                        rule(
                                "<Prefix/>",
                                "<Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition>"));
        assertThat(find(rules, Guard.EXPIRY).found())
                .isEqualTo("Current objects are removed by rule \"theirs\" after 30 days");
        assertThat(find(rules, Guard.EXPIRY).settable()).isFalse();
        assertThat(find(rules, Guard.TRANSITION).found())
                .isEqualTo("Moved to GLACIER after 3 days");
        assertThat(find(rules, Guard.TRANSITION).verdict()).isEqualTo(Verdict.LACKING);
        Lifecycle elsewhere =
                of("holdfast/", rule(below("logs/"), "<Expiration><Days>3</Days></Expiration>"));
        assertThat(find(elsewhere, Guard.EXPIRY).verdict()).isEqualTo(Verdict.FULFILLED);
    }

    @Test
    void a_disabled_rule_is_none() throws IOException {
        Lifecycle rules =
                of("", rule(below(""), oldVersionsGoAfter(30)).replace("Enabled", "Disabled"));
        assertThat(find(rules, Guard.OLD_VERSIONS).settable()).isTrue();
    }

    @Test
    void rules_are_added_in_the_form_that_is_there_and_leave_what_they_do_not_know()
            throws IOException {
        String theirs =
                "<Rule><ID>holdfast-old-versions</ID><Status>Disabled</Status><Filter><And>"
                        + "<Prefix>a/</Prefix><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></And></Filter>"
                        + "<SomethingNew><Days>1</Days></SomethingNew></Rule>";
        String written =
                of("holdfast/", theirs).with(List.of(Guard.OLD_VERSIONS, Guard.DELETE_MARKERS));
        assertThat(written).contains(theirs).doesNotContain("xmlns=\"\"");
        Lifecycle now = Lifecycle.of(Xml.parse(written), "holdfast/");
        assertThat(find(now, Guard.OLD_VERSIONS).found())
                .isEqualTo("Rule \"holdfast-old-versions-2\" ends old versions after 30 days");
        assertThat(find(now, Guard.DELETE_MARKERS).verdict()).isEqualTo(Verdict.FULFILLED);
        assertThat(find(now, Guard.UNFINISHED_UPLOADS).settable()).isTrue();

        String old =
                of("", rule("<Prefix>logs/</Prefix>", "<Expiration><Days>3</Days></Expiration>"))
                        .with(List.of(Guard.UNFINISHED_UPLOADS));
        assertThat(old).contains("<Prefix/>").doesNotContain("<Filter>");
    }
}

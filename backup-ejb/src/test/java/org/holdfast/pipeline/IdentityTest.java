package org.holdfast.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
    @TempDir Path scratch;

    @Test
    void a_generated_one_has_the_recipient_that_age_keygen_tells() throws Exception {
        for (int i = 0; i < 20; i++) {
            Identity identity = Identity.generate();
            Path file = scratch.resolve("id" + i);
            Files.writeString(file, identity.file(Instant.parse("2026-11-21T06:00:00Z")).reveal());
            assertThat(Tools.runWell(new byte[0], "age-keygen", "-y", file.toString()))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(identity.recipient() + "\n");
            assertThat(Identity.of(identity.secret()).recipient()).isEqualTo(identity.recipient());
        }
    }

    @Test
    void a_file_of_age_keygen_is_read_with_its_comments() {
        String file = new String(Tools.runWell(new byte[0], "age-keygen"), StandardCharsets.UTF_8);
        List<Identity> identities = Identity.parseAll(Secret.of(file));
        assertThat(identities).hasSize(1);
        assertThat(file).contains("# public key: " + identities.get(0).recipient() + "\n");
    }

    @Test
    void its_file_reads_as_age_keygen_would_have_written_it() {
        Identity identity = Identity.generate();
        assertThat(identity.file(Instant.parse("2026-11-21T06:00:00.123Z")).reveal())
                .isEqualTo(
                        "# created: 2026-11-21T06:00:00Z\n# public key: "
                                + identity.recipient()
                                + "\n"
                                + identity.secret().reveal()
                                + "\n");
    }

    @Test
    void it_prints_its_recipient_and_never_itself() {
        Identity identity = Identity.generate();
        assertThat(identity)
                .hasToString("(identity of " + identity.recipient() + ")")
                .asString()
                .doesNotContain("SECRET");
    }

    @Test
    void a_malformed_line_is_named_by_its_number_and_not_repeated() {
        String good = Identity.generate().secret().reveal();
        assertThatThrownBy(
                        () ->
                                Identity.parseAll(
                                        Secret.of("# mine\n" + good + "\nAGE-SECRET-KEY-1X")))
                .isInstanceOf(Refused.class)
                .hasMessage("Line 3 is no age identity.");
        String wrongSum = good.substring(0, good.length() - 1) + (good.endsWith("Q") ? "P" : "Q");
        assertThatThrownBy(() -> Identity.of(Secret.of(wrongSum)))
                .hasMessage("What was given is no age identity.");
        assertThatThrownBy(() -> Identity.parseAll(Secret.of("# nothing\n\n")))
                .hasMessage("There is no age identity in what was given.");
    }

    @Test
    void recipients_are_read_from_lists_and_files() {
        Recipient one = Identity.generate().recipient();
        Recipient two = Identity.generate().recipient();
        assertThat(Recipient.parseAll("# ops\n" + one + " , " + two + "\n\n" + one + "\n# end"))
                .containsExactly(one, two);
        assertThat(Recipient.parseAll("")).isEmpty();
    }

    @Test
    void an_identity_in_a_recipients_place_is_refused_without_repeating_it() {
        String secret = Identity.generate().secret().reveal();
        assertThatThrownBy(() -> new Recipient(secret))
                .isInstanceOf(Refused.class)
                .hasMessage("A secret identity was given where a recipient (age1…) belongs.");
        assertThatThrownBy(() -> new Recipient("age1nonsense"))
                .hasMessage("\"age1nonsense\" is no age recipient.");
    }
}

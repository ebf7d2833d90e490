package org.holdfast.web.error;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ejb.EJBAccessException;
import jakarta.faces.FacesException;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedInPagesTest {
    @Test
    void a_refusal_is_found_however_deep_it_is_wrapped() {
        Refused refused = new Refused("CODE", "Not so.", "Do this.");
        assertThat(RefusedInPages.refusal(new FacesException(new RuntimeException(refused))))
                .containsSame(refused);
    }

    @Test
    void a_missing_role_is_told_in_words() {
        Refused told =
                RefusedInPages.refusal(new FacesException(new EJBAccessException("no")))
                        .orElseThrow();
        assertThat(told).hasMessage("Your role does not allow this.");
        assertThat(told.code()).isEqualTo("ROLE");
    }

    @ParameterizedTest
    @CsvSource({"AUDIT-BUSY, 429", "IMPACT-BUSY, 429", "ROLE, 403", "NOT-FOUND, 404"})
    void a_page_that_is_refused_as_a_whole_answers_what_the_refusal_means(String code, int status) {
        assertThat(RefusedInPages.status(new Refused(code, "Not so.", "Do this.")))
                .isEqualTo(status);
    }

    @Test
    void anything_else_is_an_error_and_no_refusal() {
        assertThat(RefusedInPages.refusal(new IllegalStateException("broken"))).isEmpty();
    }
}

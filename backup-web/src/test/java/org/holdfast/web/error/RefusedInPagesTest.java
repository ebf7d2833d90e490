package org.holdfast.web.error;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ejb.EJBAccessException;
import jakarta.faces.FacesException;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;

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

    @Test
    void anything_else_is_an_error_and_no_refusal() {
        assertThat(RefusedInPages.refusal(new IllegalStateException("broken"))).isEmpty();
    }
}

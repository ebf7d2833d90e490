package org.holdfast.web.error;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ejb.EJBAccessException;
import jakarta.ejb.EJBException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.holdfast.domain.shared.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemsTest {
    private static final Refused REFUSED =
            new Refused("RESTORE-PHRASE", "It does not match.", "Type it exactly.");

    @Test
    void a_refusal_keeps_its_words() {
        assertThat(Problems.of(REFUSED))
                .isEqualTo(
                        new Problem(
                                "urn:holdfast:problem:restore-phrase",
                                "Refused",
                                422,
                                "RESTORE-PHRASE",
                                "It does not match.",
                                "Type it exactly.",
                                "/console/runbooks/index.xhtml?page=codes#RESTORE-PHRASE",
                                null));
    }

    @Test
    void a_refusal_that_the_container_wrapped_is_one_still() {
        assertThat(Problems.of(new EJBException(new IllegalStateException(REFUSED))))
                .isEqualTo(Problems.of(REFUSED));
    }

    @Test
    void a_missing_role_is_told_as_such() {
        Problem problem = Problems.of(new EJBAccessException("Client not authorized"));

        assertThat(problem.status()).isEqualTo(403);
        assertThat(problem.code()).isEqualTo("ROLE");
        assertThat(problem.detail()).isEqualTo("Your role does not allow this.");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT-FOUND, 404",
        "SIGN-IN, 401",
        "RESTORE-4EYES, 403",
        "STEP-UP, 403",
        "STEP-UP-WAIT, 403",
        "RESTORE-BUSY, 409",
        "BACKUP-ENDED, 409",
        "REQUEST-BODY, 400",
        "REQUEST-SIZE, 413",
        "TOO-MANY-REQUESTS, 429",
        "AUDIT-BUSY, 429",
        "IMPACT-BUSY, 429",
        "PASSWORD-BUSY, 429",
        "KEY-PASSPHRASE-BUSY, 429",
        "KEY-PASSPHRASE-WAIT, 429",
        "ANY-OTHER, 422"
    })
    void the_code_decides_the_status(String code, int status) {
        assertThat(Problems.of(new Refused(code, "m", "r")).status()).isEqualTo(status);
    }

    @Test
    void anything_else_is_told_by_an_id_that_the_log_knows_and_by_none_of_its_words() {
        List<LogRecord> logged = new ArrayList<>();
        Logger log = Logger.getLogger(Problems.class.getName());
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord entry) {
                        logged.add(entry);
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        log.addHandler(handler);
        log.setUseParentHandlers(false);
        try {
            Exception thrown = new EJBException(new SQLException("password=canary"));

            Problem problem = Problems.of(thrown);

            assertThat(problem.status()).isEqualTo(500);
            assertThat(problem.code()).isEqualTo("UNEXPECTED");
            assertThat(problem.toString()).doesNotContain("canary").doesNotContain("SQLException");
            assertThat(problem.detail())
                    .isEqualTo(
                            "Something unexpected went wrong; it was logged as error "
                                    + problem.errorId()
                                    + ".");
            assertThat(logged).hasSize(1);
            assertThat(logged.get(0).getMessage()).contains(problem.errorId());
            assertThat(logged.get(0).getThrown()).isSameAs(thrown);
        } finally {
            log.removeHandler(handler);
            log.setUseParentHandlers(true);
        }
    }
}

package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.domain.storage.StoreFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TroubleTest {
    private final Trouble trouble =
            new Trouble(
                    new StoreAccess.Bucket(
                            "s3-eu",
                            URI.create("https://s3.example.org"),
                            "eu-1",
                            "backups",
                            "",
                            "key",
                            Secret.of("secret"),
                            Duration.ofSeconds(60)));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403|SignatureDoesNotMatch|DENIED|refused the access key: SignatureDoesNotMatch."
                        + " Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.",
                "403|InvalidAccessKeyId|DENIED|refused the access key: InvalidAccessKeyId. Check"
                        + " S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.",
                "400|ExpiredToken|DENIED|refused the access key: ExpiredToken. Make a new one and"
                        + " set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.",
                "403|AccessDenied|DENIED|did not allow to write a/b: AccessDenied. Give"
                        + " S3_ACCESS_KEY_ID that permission on bucket \"backups\".",
                "403||DENIED|did not allow to write a/b: HTTP 403. Give S3_ACCESS_KEY_ID that"
                        + " permission on bucket \"backups\".",
                "403|RequestTimeTooSkewed|DENIED|refused the request: RequestTimeTooSkewed. Set"
                        + " this server's clock.",
                "400|AuthorizationHeaderMalformed|DENIED|is elsewhere: 400"
                        + " AuthorizationHeaderMalformed told. Check S3_REGION and S3_ENDPOINT.",
                "404|NoSuchBucket|MISSING|has no bucket \"backups\". Create it, or check"
                        + " S3_BUCKET.",
                "403|QuotaExceeded|NO_SPACE|could not write a/b: it is full (QuotaExceeded). Raise"
                        + " its quota or shorten the retention.",
                "507||NO_SPACE|could not write a/b: it is full (HTTP 507). Raise its quota or"
                        + " shorten the retention.",
                "400|BadDigest|CORRUPT|could not write a/b: the bytes arrived damaged each time"
                        + " (BadDigest). Check the network between here and the store.",
                "503|SlowDown|UNREACHABLE|could not write a/b: 503 SlowDown told.",
                "501|NotImplemented|DENIED|refused to write a/b: 501 NotImplemented told."
            })
    void an_answer_is_told_with_what_to_do(int status, String code, Kind kind, String words) {
        StoreFailure failure =
                trouble.with("write a/b", new Answered(status, code == null ? "" : code, "told"));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessage("S3 store \"s3-eu\" " + words);
    }

    @Test
    void an_untrusted_certificate_is_a_matter_for_people() {
        SSLHandshakeException cause = new SSLHandshakeException("PKIX path building failed");
        cause.initCause(new CertificateException("no path"));
        assertThat(Trouble.advice(cause)).isEqualTo(Trouble.Advice.GIVE_UP);
        StoreFailure failure = trouble.with("write a/b", cause);
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure)
                .hasMessage(
                        "S3 store \"s3-eu\" is not trusted: PKIX path building failed. Check"
                                + " S3_ENDPOINT, or add its certificate authority to the server's"
                                + " trust store.");
    }

    @Test
    void what_can_pass_is_waited_for() {
        assertThat(Trouble.advice(new IOException("reset"))).isEqualTo(Trouble.Advice.WAIT);
        assertThat(Trouble.advice(new UnknownHostException("s3"))).isEqualTo(Trouble.Advice.WAIT);
        assertThat(Trouble.advice(new Answered(500, "", ""))).isEqualTo(Trouble.Advice.WAIT);
        assertThat(Trouble.advice(new Answered(429, "", ""))).isEqualTo(Trouble.Advice.WAIT);
        assertThat(Trouble.advice(new Answered(200, "InternalError", "")))
                .isEqualTo(Trouble.Advice.WAIT);
        assertThat(Trouble.advice(new Answered(403, "", ""))).isEqualTo(Trouble.Advice.GIVE_UP);
        assertThat(Trouble.advice(new Answered(400, "BadDigest", "")))
                .isEqualTo(Trouble.Advice.SEND_AGAIN);
    }

    @Test
    void a_failure_after_all_attempts_tells_how_many_and_the_last_reason() {
        assertThat(
                        trouble.exhausted(
                                "look up a/b",
                                new UnknownHostException("s3.example.org"),
                                14,
                                Duration.ofSeconds(60)))
                .hasMessage(
                        "S3 store \"s3-eu\" could not look up a/b within 60 s (14 attempts): host"
                                + " not known (s3.example.org).");
    }
}

package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.holdfast.adapter.OpenStores;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.domain.storage.StoreFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as gateways answer them that do not quite keep to S3. */
class PagesTest {
    private static final String CUT = "<IsTruncated>true</IsTruncated>";
    private static final String ALL = "<IsTruncated>false</IsTruncated>";

    private final List<String> answers = new ArrayList<>();
    private HttpServer gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext(
                "/",
                exchange -> {
                    String answer = answers.size() > 1 ? answers.remove(0) : answers.get(0);
                    byte[] body =
                            ("<ListBucketResult xmlns=\""
                                            + Xml.NAMESPACE
                                            + "\"><Name>backups</Name>"
                                            + answer)
                                    .concat("</ListBucketResult>")
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "application/xml");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.stop(0);
    }

    private StoreAccess.Bucket bucket() {
        return new StoreAccess.Bucket(
                "gate",
                URI.create("http://127.0.0.1:" + gateway.getAddress().getPort()),
                "us-east-1",
                "backups",
                "p/",
                "key",
                Secret.of("secret"),
                Duration.ofSeconds(5));
    }

    private static String object(String name) {
        return "<Contents><Key>p/"
                + name
                + "</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size>"
                + "</Contents>";
    }

    private static String next(String token) {
        return "<NextContinuationToken>" + token + "</NextContinuationToken>";
    }

    private List<String> stored() throws StoreFailure {
        List<String> found = new ArrayList<>();
        try (BlobStore store = new OpenStores().open(bucket())) {
            store.list("", blob -> found.add(blob.key().value()));
        }
        return found;
    }

    /** What is found, and whether it is said to be all. */
    private record Foreign(List<String> names, boolean whole) {}

    private Foreign foreign() throws StoreFailure {
        List<String> found = new ArrayList<>();
        try (ForeignFiles files = new OpenStores().foreign(bucket(), true)) {
            boolean whole = files.list(10, entry -> found.add(entry.name()));
            return new Foreign(found, whole);
        }
    }

    @Test
    void pages_are_followed_to_the_last() throws StoreFailure {
        answers.addAll(
                List.of(CUT + next("t1") + object("a"), CUT + next("t2"), ALL + object("b")));
        assertThat(stored()).containsExactly("a", "b");
        answers.addAll(0, List.of(CUT + next("t1") + object("a")));
        assertThat(foreign()).isEqualTo(new Foreign(List.of("a", "b"), true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<NextContinuationToken></NextContinuationToken>"})
    void a_list_that_is_cut_without_a_way_on_is_not_taken_for_all(String token)
            throws StoreFailure {
        answers.add(CUT + token + object("a"));
        assertThatThrownBy(this::stored)
                .isInstanceOfSatisfying(
                        StoreFailure.class,
                        e -> assertThat(e.kind()).isEqualTo(StoreFailure.Kind.DENIED))
                .hasMessageStartingWith("S3 store \"gate\" did not list \"\" to its end: ")
                .hasMessageContaining("not how to go on");
        assertThat(foreign()).isEqualTo(new Foreign(List.of("a"), false));
    }

    @Test
    void a_page_that_leads_to_itself_does_not_go_on_for_ever() throws StoreFailure {
        answers.add(CUT + next("t1") + object("a"));
        assertThatThrownBy(this::stored).hasMessageContaining("the same one again");
        assertThat(foreign()).isEqualTo(new Foreign(List.of("a", "a"), false));
    }

    @Test
    void names_are_decoded_where_the_gateway_encodes_them_as_asked() throws StoreFailure {
        answers.add(
                ALL
                        + "<EncodingType>url</EncodingType>"
                        + object("a%01.dump")
                        + object("b%0Dc.dump")
                        + object("d+e%2Bf%25.dump"));
        assertThat(foreign().names()).containsExactly("a\u0001.dump", "b\rc.dump", "d e+f%.dump");
        answers.set(0, ALL + object("d+e%25.dump"));
        assertThat(foreign().names()).containsExactly("d+e%25.dump");
    }
}

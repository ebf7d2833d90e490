package org.holdfast.adapter.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import org.holdfast.adapter.OpenStores;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.StoreAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    private static BlobStore open(String endpoint) {
        return new OpenStores()
                .open(
                        new StoreAccess.Bucket(
                                "s3-eu",
                                URI.create(endpoint),
                                "us-east-1",
                                "bucket",
                                "",
                                "key",
                                Secret.of("secret"),
                                Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254",
                "http://169.254.0.1:9000",
                "https://[fe80::1]",
                "http://[fd00:ec2::254]",
                "http://[::ffff:169.254.169.254]",
                "http://[::169.254.169.254]",
                "http://[64:ff9b::a9fe:a9fe]",
                "http://100.100.100.200",
                "http://2852039166",
                "http://0.0.0.0:9000"
            })
    void link_local_and_metadata_addresses_are_refused(String endpoint) {
        Refused refused = catchThrowableOfType(Refused.class, () -> open(endpoint));
        assertThat(refused.code()).isEqualTo("STORE-ENDPOINT");
        assertThat(refused)
                .hasMessageStartingWith("The endpoint of S3 store \"s3-eu\" is ")
                .hasMessageEndingWith(
                        ", a link-local or metadata address; Holdfast does not speak to those.");
        assertThat(refused.remedy()).isEqualTo("Set S3_ENDPOINT to the store's own address.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://s3.example.org",
                "s3.example.org",
                "https://user:password@s3.example.org",
                "https://s3.example.org/bucket",
                "https://s3.example.org?x=1",
                "https:///"
            })
    void an_endpoint_is_scheme_host_and_port_only(String endpoint) {
        assertThatThrownBy(() -> open(endpoint))
                .isInstanceOf(Refused.class)
                .hasMessage(
                        "The endpoint of S3 store \"s3-eu\" is not of the shape https://host or"
                                + " https://host:port.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://s3.example.org:0",
                "https://s3.example.org:65536",
                "http://127.0.0.1:99999"
            })
    void a_port_that_there_is_not_is_refused(String endpoint) {
        Refused refused = catchThrowableOfType(Refused.class, () -> open(endpoint));
        assertThat(refused.code()).isEqualTo("STORE-ENDPOINT");
        assertThat(refused)
                .hasMessage(
                        "The port in the endpoint of S3 store \"s3-eu\" is not a number from 1 to"
                                + " 65535.");
        assertThat(refused.remedy())
                .isEqualTo("Correct S3_ENDPOINT; leave the port out where it is the usual one.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://s3.example.org",
                "https://s3.example.org/",
                "https://s3.example.org:65535",
                "http://127.0.0.1:9000",
                "http://[::1]:9000",
                "http://10.0.0.5:9000"
            })
    void other_endpoints_are_taken_without_a_look_up(String endpoint) {
        open(endpoint).close();
    }

    @Test
    void a_name_is_judged_by_its_addresses_at_each_look_up() throws UnknownHostException {
        assertThat(Addresses.isForbidden(InetAddress.getByName("169.254.169.254"))).isTrue();
        assertThat(Addresses.isForbidden(InetAddress.getByName("fd00:ec2::254"))).isTrue();
        assertThat(Addresses.isForbidden(InetAddress.getByName("fd00:ec3::253"))).isFalse();
        assertThat(Addresses.isForbidden(InetAddress.getByName("192.168.1.10"))).isFalse();
        assertThat(new Addresses().lookup("localhost")).isNotEmpty();
    }
}

package org.holdfast.domain.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {

    @Test
    void every_part_is_read_and_decoded() {
        PostgresUrl url =
                PostgresUrl.parse(
                        "postgres://back%40up:p%3Aw%2F%25%C3%A9@db.example.org:6432/my%20shop"
                                + "?sslmode=verify-full&options=-c%20statement_timeout%3D0"
                                + "&application_name=x&keepalives_idle=30");

        assertThat(url.host()).isEqualTo("db.example.org");
        assertThat(url.port()).isEqualTo(6432);
        assertThat(url.user()).isEqualTo("back@up");
        assertThat(url.password()).isEqualTo(Secret.of("p:w/%é"));
        assertThat(url.database()).isEqualTo("my shop");
        assertThat(url.parameters())
                .containsExactly(
                        Map.entry("sslmode", "verify-full"),
                        Map.entry("options", "-c statement_timeout=0"),
                        Map.entry("application_name", "x"),
                        Map.entry("keepalives_idle", "30"));
    }

    @Test
    void what_is_revealed_reads_back_as_the_same_url() {
        PostgresUrl url =
                PostgresUrl.parse(
                        "postgresql://u%2F:p%40%20s@[2001:db8::7]/d%27b%22?sslmode=require");

        assertThat(PostgresUrl.parse(url.reveal())).isEqualTo(url);
        assertThat(url.reveal())
                .isEqualTo(
                        "postgresql://u%2F:p%40%20s@[2001:db8::7]:5432/d%27b%22?sslmode=require");
    }

    @Test
    void as_text_it_shows_neither_password_nor_options() {
        PostgresUrl url =
                PostgresUrl.parse(
                        "postgresql://u:canary-7@h/d?options=-c%20app.key%3Dcanary-8&sslmode=prefer");

        assertThat(url.toString())
                .isEqualTo("postgresql://u:***@h:5432/d?options=***&sslmode=prefer")
                .isEqualTo(url.redacted())
                .doesNotContain("canary");
    }

    @Test
    void parameters_may_name_what_the_front_does_not() {
        PostgresUrl url =
                PostgresUrl.parse("postgresql:///?host=h&port=7&user=u&password=p&dbname=d");

        assertThat(url).isEqualTo(PostgresUrl.parse("postgresql://u:p@h:7/d"));
    }

    @Test
    void children_get_it_all_but_the_password_in_their_environment() {
        PostgresUrl url =
                PostgresUrl.parse(
                        "postgresql://u:canary@h:7/d%20b?sslmode=require&connect_timeout=9"
                                + "&tcp_user_timeout=5000");

        assertThat(url.libpqEnvironment())
                .containsExactly(
                        Map.entry("PGHOST", "h"),
                        Map.entry("PGPORT", "7"),
                        Map.entry("PGUSER", "u"),
                        Map.entry("PGDATABASE", "d b"),
                        Map.entry("PGSSLMODE", "require"),
                        Map.entry("PGCONNECT_TIMEOUT", "9"));
        assertThat(url.parametersWithoutVariable())
                .containsExactly(Map.entry("tcp_user_timeout", "5000"));
    }

    @Test
    void the_driver_gets_its_own_names() {
        PostgresUrl url =
                PostgresUrl.parse(
                        "postgresql://u:p@[::1]:7/d%20b?sslmode=verify-ca&sslrootcert=%2Fca.pem"
                                + "&connect_timeout=9&options=-c%20a%3Db&target_session_attrs=read-write");

        assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://[::1]:7/d%20b");
        assertThat(url.jdbcProperties())
                .containsOnly(
                        Map.entry("user", "u"),
                        Map.entry("password", "p"),
                        Map.entry("sslmode", "verify-ca"),
                        Map.entry("sslrootcert", "/ca.pem"),
                        Map.entry("connectTimeout", "9"),
                        Map.entry("options", "-c a=b"),
                        Map.entry("targetServerType", "primary"));
    }

    @Test
    void another_database_user_or_password_leaves_the_rest() {
        PostgresUrl url = PostgresUrl.parse("postgresql://u:p@h:7/d?sslmode=require");

        assertThat(url.withDatabase("a/b").withUser("o").withPassword(Secret.of("q")).reveal())
                .isEqualTo("postgresql://o:q@h:7/a%2Fb?sslmode=require");
        assertThat(url.reveal()).isEqualTo("postgresql://u:p@h:7/d?sslmode=require");
    }

    @Nested
    class Refusals {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                textBlock =
                        """
                        localhost/db                     | A PostgreSQL URL begins with postgresql://, but this value has no scheme.
                        mysql://u@h/d                    | A PostgreSQL URL begins with postgresql://, not with "mysql://".
                        jdbc:postgresql://u@h/d          | A PostgreSQL URL begins with postgresql://, not with "jdbc:postgresql://".
                        postgresql://h/d                 | The PostgreSQL URL names no user.
                        postgresql://u@h                 | The PostgreSQL URL names no database.
                        postgresql://u@h/                | The PostgreSQL URL names no database.
                        postgresql://u@/d                | The PostgreSQL URL names no host.
                        postgresql://u@a,b/d             | The PostgreSQL URL names several hosts; a backup must know which server it is of.
                        postgresql://u@a:1,b:2/d         | The PostgreSQL URL names several hosts; a backup must know which server it is of.
                        postgresql://u@/d?host=a,b       | The PostgreSQL URL names several hosts; a backup must know which server it is of.
                        postgresql://u@/d?host=/run/pg   | The PostgreSQL URL points to a unix socket; Holdfast connects by TCP only.
                        postgresql://u@%2Frun%2Fpg/d     | The PostgreSQL URL points to a unix socket; Holdfast connects by TCP only.
                        postgresql://u@h/d?host=%2Ftmp   | The PostgreSQL URL points to a unix socket; Holdfast connects by TCP only.
                        postgresql://u@h:0/d             | The PostgreSQL URL's port is not a number from 1 to 65535.
                        postgresql://u@h:65536/d         | The PostgreSQL URL's port is not a number from 1 to 65535.
                        postgresql://u@h:x/d             | The PostgreSQL URL's port is not a number from 1 to 65535.
                        postgresql://u:p@w@h/d           | The PostgreSQL URL has more than one @ before the host.
                        postgresql://u@[::1/d            | The PostgreSQL URL's IPv6 address has no closing bracket.
                        postgresql://u@::1/d             | The PostgreSQL URL's host has more than one colon.
                        postgresql://u:%zz@h/d           | The PostgreSQL URL's password has a % that is not followed by a byte.
                        postgresql://u:%00@h/d           | The PostgreSQL URL's password has a % that is not followed by a byte.
                        postgresql://u:%e9@h/d           | The PostgreSQL URL's password is not UTF-8 once decoded.
                        postgresql://u:a%0Ab@h/d         | The PostgreSQL URL's password has a control character in it.
                        postgresql://u@h/d?sslmode=on    | sslmode in the PostgreSQL URL is not one that libpq knows.
                        postgresql://u@h/d?flavour=x     | The PostgreSQL URL has a parameter libpq does not know: flavour.
                        postgresql://u@h/d?options=a&options=b | The PostgreSQL URL has the parameter options more than once.
                        postgresql://u@h/d?user=v        | The PostgreSQL URL says user twice: before the question mark and as a parameter.
                        postgresql://u@h/d?sslmode       | A parameter of the PostgreSQL URL has no name or no =.
                        postgresql://u@h/d?service=x     | The parameter service would make the connection depend on a file of this machine.
                        postgresql://u@h/d?hostaddr=1.2.3.4 | The parameter hostaddr of a PostgreSQL URL is not supported.
                        postgresql://u@0xa9fea9fe/d      | The PostgreSQL URL's host is neither a name nor an address of four decimal numbers.
                        postgresql://u@2852039166/d      | The PostgreSQL URL's host is neither a name nor an address of four decimal numbers.
                        """)
        void say_which_part_is_wrong(String text, String message) {
            assertThatThrownBy(() -> PostgresUrl.parse(text))
                    .isInstanceOf(Refused.class)
                    .hasMessage(message)
                    .satisfies(
                            thrown -> {
                                assertThat(((Refused) thrown).code()).isEqualTo("POSTGRES-URL");
                                assertThat(((Refused) thrown).remedy()).endsWith(".");
                            });
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "169.254.169.254",
                    "[fe80::1]",
                    "[::ffff:169.254.169.254]",
                    "[::169.254.169.254]",
                    "[64:ff9b::a9fe:a9fe]",
                    "[fd00:ec2::254]",
                    "100.100.100.200",
                    "metadata.google.internal",
                    "METADATA.google.internal.",
                    "224.0.0.1"
                })
        void keep_link_local_and_metadata_addresses_out(String host) {
            assertThatThrownBy(() -> PostgresUrl.parse("postgresql://u:canary@" + host + "/d"))
                    .isInstanceOf(Refused.class)
                    .hasMessageEndingWith(
                            " is a link-local or metadata address; Holdfast never connects to"
                                    + " those.")
                    .extracting(thrown -> ((Refused) thrown).code())
                    .isEqualTo("POSTGRES-ADDRESS");
        }

        @Test
        void never_repeat_the_password() {
            for (String text :
                    new String[] {
                        "postgresql://u:canary@h:x/d",
                        "postgresql://u:can@ary@h/d",
                        "postgresql://u:canary/canary@h/d",
                        "canary://u:canary@h/d".replace("canary://", "my:canary!://"),
                        "postgresql://u:canary@h/d?sslmode=canary",
                        "postgresql://u@h/d?password=canary&x=canary"
                    }) {
                assertThatThrownBy(() -> PostgresUrl.parse(text))
                        .isInstanceOf(Refused.class)
                        .satisfies(
                                thrown -> assertThat(thrown.getMessage()).doesNotContain("canary"));
            }
        }
    }

    @Test
    void loopback_and_private_addresses_are_allowed() throws Exception {
        for (String host :
                new String[] {"127.0.0.1", "::1", "10.0.0.1", "192.168.7.7", "fd12::7"}) {
            assertThat(PostgresUrl.forbidden(InetAddress.getByName(host))).as(host).isFalse();
        }
    }
}

package org.holdfast.engine;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.holdfast.domain.snapshot.Manifest;

/**
 * What a database is made with and cannot change later: encoding and locale (PostgreSQL manual,
 * CREATE DATABASE).
 *
 * @param encoding e.g. {@code UTF8}
 * @param collate LC_COLLATE
 * @param ctype LC_CTYPE
 * @param provider {@code libc}, {@code icu} or {@code builtin}
 * @param locale the provider's locale where it is not libc
 * @param icuRules PostgreSQL 16 and newer
 */
public record DatabaseForm(
        String encoding,
        String collate,
        String ctype,
        String provider,
        Optional<String> locale,
        Optional<String> icuRules) {

    /** As the manifest of a snapshot recorded it of the source. */
    public static DatabaseForm recorded(Manifest.Origin origin) {
        return new DatabaseForm(
                origin.encoding(),
                origin.collate(),
                origin.ctype(),
                origin.localeProvider(),
                origin.icuLocale(),
                Optional.empty());
    }

    /** Of an existing database; empty where there is none of this name. */
    static Optional<DatabaseForm> of(Session session, ServerVersion version, String database)
            throws IOException {
        return session.first(
                DatabaseForm::read,
                "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, "
                        + columns(version)
                        + " FROM pg_database WHERE datname = ?",
                database);
    }

    static String columns(ServerVersion version) {
        String locale =
                version.major() >= 17
                        ? "datlocale"
                        : version.major() >= 15 ? "daticulocale" : "NULL::text";
        return (version.major() >= 15 ? "datlocprovider::text" : "'c'")
                + " AS provider, "
                + locale
                + " AS locale, "
                + (version.major() >= 16 ? "daticurules" : "NULL::text")
                + " AS rules";
    }

    static DatabaseForm read(ResultSet row) throws SQLException {
        return new DatabaseForm(
                row.getString("encoding"),
                row.getString("datcollate"),
                row.getString("datctype"),
                switch (row.getString("provider")) {
                    case "i" -> "icu";
                    case "b" -> "builtin";
                    default -> "libc";
                },
                Optional.ofNullable(row.getString("locale")),
                Optional.ofNullable(row.getString("rules")));
    }

    /** The options of CREATE DATABASE; a server older than 15 knows libc only. */
    String options(ServerVersion version) {
        StringBuilder sql = new StringBuilder("TEMPLATE template0 ENCODING ");
        sql.append(Session.literal(encoding));
        sql.append(" LC_COLLATE ").append(Session.literal(collate));
        sql.append(" LC_CTYPE ").append(Session.literal(ctype));
        if (version.major() >= 15) {
            sql.append(" LOCALE_PROVIDER ").append(provider);
            locale.ifPresent(
                    value ->
                            sql.append(
                                            provider.equals("builtin")
                                                    ? " BUILTIN_LOCALE "
                                                    : " ICU_LOCALE ")
                                    .append(Session.literal(value)));
        }
        if (version.major() >= 16) {
            icuRules.ifPresent(rules -> sql.append(" ICU_RULES ").append(Session.literal(rules)));
        }
        return sql.toString();
    }

    /** E.g. {@code UTF8, en_US.UTF-8}. */
    String words() {
        return encoding
                + ", "
                + locale.orElse(collate)
                + (provider.equals("libc") ? "" : " (" + provider + ")");
    }
}

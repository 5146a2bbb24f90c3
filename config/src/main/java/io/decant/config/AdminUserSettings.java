package io.decant.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An entry of {@code users} of the admin port: a user, who is known by a token, by the name in a client's certificate,
 * or by either.
 *
 * @param token empty: that of {@code tokenFile}, or none
 * @param tokenFile file with the token, which may change
 * @param certificate a name that the client's certificate has; empty: no certificate is this user's
 */
public record AdminUserSettings(Secret token, Optional<Path> tokenFile, String certificate, AdminRight may) {

    private static final SectionKeys<AdminUserSettings> KEYS = SectionKeys.of(AdminUserSettings.class);

    static final Setting<AdminUserSettings, Secret> TOKEN = KEYS.optional(UserToken.TYPE, Secret.NONE, UserToken.DOC);

    static final Setting<AdminUserSettings, Optional<Path>> TOKEN_FILE =
            KEYS.optional(Types.OPTIONAL_PATH, Optional.empty(), UserToken.FILE_DOC);

    static final Setting<AdminUserSettings, String> CERTIFICATE = KEYS.optional(
            Types.text(
                    "a name in a certificate",
                    Pattern.compile("[ -~]{0,253}"),
                    () -> new InvalidValue("is not a name of a certificate", "write printable ASCII, e.g. edge-7")),
            "",
            "A client whose certificate has this name is this user, without a token: one of its DNS names, or, where it"
                    + " has none, the CN of its subject. It needs `tls.client-auth`.");

    static final Setting<AdminUserSettings, AdminRight> MAY = KEYS.optional(
            Types.choice(AdminRight.class),
            AdminRight.READ,
            "`read`: see everything, and change nothing; `operate`: change something as well, such as `POST"
                    + " /dlq/replay`.");

    static final Section<AdminUserSettings> SECTION = KEYS.section();

    /** The setting {@code users}. */
    static final ValueType<Map<String, AdminUserSettings>> TYPE = new OptionalSectionsType<>(
            "off", UserToken.USERS_MAX, new SectionsType<>("a user", UserToken.names(), SECTION));

    /** @throws IllegalArgumentException if a value is out of its range */
    public AdminUserSettings {
        TOKEN.check(token);
        TOKEN_FILE.check(tokenFile);
        CERTIFICATE.check(certificate);
        MAY.check(may);
    }

    /** A user with a token. */
    public static AdminUserSettings of(String token, AdminRight may) {
        return SECTION.with(SECTION.with(SECTION.defaults(), TOKEN, new Secret(token)), MAY, may);
    }

    /** The same user, known by a certificate, too. */
    public AdminUserSettings withCertificate(String name) {
        return SECTION.with(this, CERTIFICATE, name);
    }

    /** Its token, which it need not have. */
    public UserToken userToken() {
        return new UserToken(token, tokenFile);
    }

    /**
     * What does not fit together.
     *
     * @param path dotted key of the section of all users
     * @param tls of the port
     */
    static List<Conflict> conflicts(
            String path, Map<String, AdminUserSettings> users, Optional<ServerTlsSettings> tls) {
        List<Conflict> conflicts = new ArrayList<>();
        Map<String, String> byCertificate = new HashMap<>();
        boolean asksClients = tls.isPresent() && tls.get().asksClients();
        users.forEach((name, user) -> {
            String section = path + "." + name;
            boolean hasCertificate = !user.certificate.isEmpty();
            conflicts.addAll(
                    user.userToken().conflicts(section, hasCertificate ? List.of(CERTIFICATE.key()) : List.of()));
            if (!hasCertificate) {
                return;
            }
            String key = section + "." + CERTIFICATE.key();
            if (!asksClients) {
                conflicts.add(new Conflict(
                        Map.of(key, user.certificate),
                        "has no effect: clients are not asked for a certificate",
                        "set admin.tls.client-auth to need or want, with admin.tls.client-ca"));
            }
            String same = byCertificate.putIfAbsent(user.certificate.toLowerCase(Locale.ROOT), key);
            if (same != null) {
                conflicts.add(new Conflict(
                        Map.of(key, user.certificate), "is the same as " + same, "a certificate is one user's"));
            }
        });
        return conflicts;
    }

    /** The tokens of those that have one, by name. */
    public static Map<String, UserToken> tokens(Map<String, AdminUserSettings> users) {
        Map<String, UserToken> tokens = new LinkedHashMap<>();
        users.forEach((name, user) -> {
            if (user.userToken().isSet()) {
                tokens.put(name, user.userToken());
            }
        });
        return tokens;
    }

    /** The same users with paths as seen from the folder of the settings file. */
    static Map<String, AdminUserSettings> relativeTo(Map<String, AdminUserSettings> users, Path folder) {
        Map<String, AdminUserSettings> located = new LinkedHashMap<>();
        users.forEach(
                (name, user) -> located.put(name, SECTION.with(user, TOKEN_FILE, user.tokenFile.map(folder::resolve))));
        return located;
    }
}

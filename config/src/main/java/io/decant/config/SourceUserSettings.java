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
 * An entry of {@code users} of a source that listens: a user, who is known by a token, by the name in a client's
 * certificate, or by either.
 *
 * @param token empty: that of {@code tokenFile}, or none
 * @param tokenFile file with the token, which may change
 * @param certificate a name that the client's certificate has; empty: no certificate is this user's
 * @param maxConnections at a time; empty: no limit of its own
 * @param maxRate bytes of records a second; empty: no limit
 */
public record SourceUserSettings(
        Secret token,
        Optional<Path> tokenFile,
        String certificate,
        Optional<Integer> maxConnections,
        Optional<DataSize> maxRate) {

    private static final SectionKeys<SourceUserSettings> KEYS = SectionKeys.of(SourceUserSettings.class);

    static final Setting<SourceUserSettings, Secret> TOKEN = KEYS.optional(UserToken.TYPE, Secret.NONE, UserToken.DOC);

    static final Setting<SourceUserSettings, Optional<Path>> TOKEN_FILE =
            KEYS.optional(Types.OPTIONAL_PATH, Optional.empty(), UserToken.FILE_DOC);

    static final Setting<SourceUserSettings, String> CERTIFICATE = KEYS.optional(
            Types.text(
                    "a name in a certificate",
                    Pattern.compile("[ -~]{0,253}"),
                    () -> new InvalidValue("is not a name of a certificate", "write printable ASCII, e.g. edge-7")),
            "",
            "A client whose certificate has this name is this user, without a token: one of its DNS names, or, where it"
                    + " has none, the CN of its subject. It needs `tls.client-auth`.");

    static final Setting<SourceUserSettings, Optional<Integer>> MAX_CONNECTIONS = KEYS.optional(
            Types.orWord("off", Types.wholeNumber(1, 1_000_000)),
            Optional.empty(),
            "Connections of this user at a time, within `max-connections` of the source. A further one is refused:"
                    + " `too-many-connections`.");

    static final Setting<SourceUserSettings, Optional<DataSize>> MAX_RATE = KEYS.optional(
            Types.orWord("off", Types.size("1KiB", "1TiB")),
            Optional.empty(),
            "Bytes a second that are taken of this user, over all of its connections; a second's worth may come at"
                    + " once. Beyond it TCP is not read, and HTTP is answered 429 `rate-limited`.");

    static final Section<SourceUserSettings> SECTION = KEYS.section();

    /** The setting {@code users}. */
    static final ValueType<Map<String, SourceUserSettings>> TYPE = new OptionalSectionsType<>(
            "off", UserToken.USERS_MAX, new SectionsType<>("a user", UserToken.names(), SECTION));

    /** @throws IllegalArgumentException if a value is out of its range */
    public SourceUserSettings {
        TOKEN.check(token);
        TOKEN_FILE.check(tokenFile);
        CERTIFICATE.check(certificate);
        MAX_CONNECTIONS.check(maxConnections);
        MAX_RATE.check(maxRate);
    }

    /** A user with a token and no limits. */
    public static SourceUserSettings of(String token) {
        return SECTION.with(SECTION.defaults(), TOKEN, new Secret(token));
    }

    /** The same user, known by a certificate, too. */
    public SourceUserSettings withCertificate(String name) {
        return SECTION.with(this, CERTIFICATE, name);
    }

    /** The same user with limits. */
    public SourceUserSettings withLimits(Optional<Integer> connections, Optional<DataSize> rate) {
        return SECTION.with(SECTION.with(this, MAX_CONNECTIONS, connections), MAX_RATE, rate);
    }

    /** Its token, which it need not have. */
    public UserToken userToken() {
        return new UserToken(token, tokenFile);
    }

    /**
     * What does not fit together.
     *
     * @param path dotted key of the section of all users
     * @param tls of the source
     */
    static List<Conflict> conflicts(
            String path, Map<String, SourceUserSettings> users, Optional<ServerTlsSettings> tls) {
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
                        "set tls.client-auth to need or want, with tls.client-ca"));
            }
            String same = byCertificate.putIfAbsent(user.certificate.toLowerCase(Locale.ROOT), key);
            if (same != null) {
                conflicts.add(new Conflict(
                        Map.of(key, user.certificate), "is the same as " + same, "a certificate is one user's"));
            }
        });
        return conflicts;
    }

    /** What is wrong with files of tokens, whose paths are absolute, and with tokens that are the same. */
    static List<Conflict> fileConflicts(String path, Map<String, SourceUserSettings> users) {
        Map<String, UserToken> tokens = new LinkedHashMap<>();
        users.forEach((name, user) -> {
            if (user.userToken().isSet()) {
                tokens.put(name, user.userToken());
            }
        });
        return UserToken.fileConflicts(path, tokens);
    }

    /** The same with paths as seen from the folder of the settings file. */
    static Map<String, SourceUserSettings> relativeTo(Map<String, SourceUserSettings> users, Path folder) {
        Map<String, SourceUserSettings> located = new LinkedHashMap<>();
        users.forEach(
                (name, user) -> located.put(name, SECTION.with(user, TOKEN_FILE, user.tokenFile.map(folder::resolve))));
        return located;
    }
}

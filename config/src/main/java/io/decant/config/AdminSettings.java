package io.decant.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The section {@code admin}.
 *
 * @param address where the admin server listens; port 0 is any free port
 * @param hosts further names by which requests may call it, without a port
 * @param basePath below which a reverse proxy shows it, as {@code /decant}; empty: none
 * @param tls empty: connections are not encrypted
 * @param users by name; empty: everybody may read, and who may change something depends on the address
 */
public record AdminSettings(
        HostPort address,
        List<String> hosts,
        String basePath,
        Optional<ServerTlsSettings> tls,
        Map<String, AdminUserSettings> users) {

    private static final SectionKeys<AdminSettings> KEYS = SectionKeys.of(AdminSettings.class);

    static final Setting<AdminSettings, HostPort> ADDRESS = KEYS.optional(
            Types.ADDRESS,
            new HostPort("127.0.0.1", 8080),
            "Where `/healthz`, `/readyz`, `/metrics` and `/status` are served, to everyone who can connect where"
                    + " `users` are off. On another address than loopback nothing can be changed without `users`.");

    static final Setting<AdminSettings, List<String>> HOSTS = KEYS.optional(
            new ListType<>(
                    Types.text(
                            "a host name without a port",
                            Pattern.compile("[A-Za-z0-9._-]{1,253}"),
                            () -> new InvalidValue("is not a host name", "write it without a port")),
                    "a list of host names",
                    "none"),
            List.of(),
            "Host names that requests to this port may use, beside IP addresses, `localhost` and the host"
                    + " of `address`. A request with another name is answered 421, so that a web page cannot reach"
                    + " the port through a name that it controls. `/healthz` and `/readyz` answer to any name.");

    static final Setting<AdminSettings, String> BASE_PATH = KEYS.optional(
            Types.text("a path such as `/decant`, or empty", AdminSettings::checkBasePath),
            "",
            "The path at which a reverse proxy shows this port. Everything is served at the root and below this path,"
                    + " so the proxy may remove the path or leave it.");

    private static final int BASE_PATH_MAX = 200;
    private static final Pattern BASE_PATH_FORM = Pattern.compile("(/[A-Za-z0-9._~-]+)+");
    /** A base path that begins with one of these would hide what is served there. */
    private static final Pattern SERVED =
            Pattern.compile("/(healthz|readyz|metrics|status|history|batches|events|dlq|login|logout)(/.*)?");

    static final Setting<AdminSettings, Optional<ServerTlsSettings>> TLS = KEYS.optional(
            new OptionalSectionType<>("off", ServerTlsSettings.SECTION),
            Optional.empty(),
            "For https, with TLS 1.2 and 1.3 alone, see [security.md](security.md).");

    static final Setting<AdminSettings, Map<String, AdminUserSettings>> USERS = KEYS.optional(
            AdminUserSettings.TYPE,
            Map.of(),
            "Who may use this port, see [security.md](security.md). With any, a request says `Authorization: Bearer"
                    + " <token>`, or Basic with the user's name and the token, unless the client's certificate names a"
                    + " user or a browser has logged in; others are answered 401. `/healthz` and `/readyz` need no"
                    + " user. `off`: everybody who can connect.");

    static final Section<AdminSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public AdminSettings {
        Objects.requireNonNull(address, "address");
        HOSTS.check(hosts);
        BASE_PATH.check(basePath);
        TLS.check(tls);
        USERS.check(users);
        hosts = List.copyOf(hosts);
        users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
    }

    /** At the root alone, without TLS and users. */
    public AdminSettings(HostPort address, List<String> hosts) {
        this(address, hosts, "", Optional.empty(), Map.of());
    }

    private static void checkBasePath(String path) {
        if (path.isEmpty()) {
            return;
        }
        if (path.length() > BASE_PATH_MAX || !BASE_PATH_FORM.matcher(path).matches()) {
            throw new InvalidValue(
                    "is not a path",
                    "write e.g. /decant: with a slash at its start, none at its end, and of each name letters, digits"
                            + " and . _ ~ -");
        }
        if (SERVED.matcher(path).matches()) {
            throw new InvalidValue("begins with a path that is served itself", "write another one, e.g. /decant");
        }
    }

    /** Every value as it is when nothing is set. */
    public static AdminSettings defaults() {
        return SECTION.defaults();
    }

    AdminSettings relativeTo(Path folder) {
        return SECTION.with(
                SECTION.with(this, TLS, tls.map(section -> section.relativeTo(folder))),
                USERS,
                AdminUserSettings.relativeTo(users, folder));
    }

    /**
     * What does not fit together.
     *
     * @param path the section's dotted key
     */
    List<Conflict> conflicts(String path) {
        List<Conflict> conflicts = new ArrayList<>();
        tls.ifPresent(section -> conflicts.addAll(section.conflicts(path + "." + TLS.key())));
        conflicts.addAll(AdminUserSettings.conflicts(path + "." + USERS.key(), users, tls));
        return conflicts;
    }

    /**
     * What is wrong with the files that it names.
     *
     * @param path the section's dotted key
     */
    List<Conflict> fileConflicts(String path) {
        List<Conflict> conflicts = new ArrayList<>();
        tls.ifPresent(section -> conflicts.addAll(TlsFiles.problems(path + "." + TLS.key(), section)));
        conflicts.addAll(UserToken.fileConflicts(path + "." + USERS.key(), AdminUserSettings.tokens(users)));
        return conflicts;
    }
}

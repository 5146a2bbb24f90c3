package io.decant.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code tls} of a port that others connect to.
 *
 * @param certificate PEM certificate chain of the server, its own first
 * @param key PEM private key of the server, not encrypted
 * @param clientCa PEM certificates that clients' certificates must be signed by
 * @param clientAuth whether clients must show one
 */
public record ServerTlsSettings(Path certificate, Path key, Optional<Path> clientCa, ClientAuth clientAuth) {

    private static final SectionKeys<ServerTlsSettings> KEYS = SectionKeys.of(ServerTlsSettings.class);

    static final Setting<ServerTlsSettings, Path> CERTIFICATE = KEYS.required(
            Types.PATH,
            "PEM file of the server's certificate, and of those between it and the CA. These files are read again"
                    + " when they change.");

    static final Setting<ServerTlsSettings, Path> KEY =
            KEYS.required(Types.PATH, "PEM file of the private key to `certificate`, not encrypted.");

    static final Setting<ServerTlsSettings, Optional<Path>> CLIENT_CA = KEYS.optional(
            Types.OPTIONAL_PATH,
            Optional.empty(),
            "PEM file of the certificates that clients' certificates must be signed by. The platform's do not count.");

    static final Setting<ServerTlsSettings, ClientAuth> CLIENT_AUTH = KEYS.optional(
            Types.choice(ClientAuth.class),
            ClientAuth.NONE,
            "`none`: clients are not asked for a certificate; `want`: one that is shown must be valid; `need`: only"
                    + " clients with a valid one are let in. Both need `client-ca`.");

    static final Section<ServerTlsSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public ServerTlsSettings {
        CERTIFICATE.check(certificate);
        KEY.check(key);
        CLIENT_CA.check(clientCa);
        CLIENT_AUTH.check(clientAuth);
    }

    /** Whether a client's certificate is asked for. */
    public boolean asksClients() {
        return clientAuth != ClientAuth.NONE;
    }

    ServerTlsSettings relativeTo(Path folder) {
        return new ServerTlsSettings(
                folder.resolve(certificate), folder.resolve(key), clientCa.map(folder::resolve), clientAuth);
    }

    /**
     * What does not fit together.
     *
     * @param path the section's dotted key
     */
    List<Conflict> conflicts(String path) {
        List<Conflict> conflicts = new ArrayList<>();
        String auth = clientAuth.name().toLowerCase(Locale.ROOT);
        if (asksClients() && clientCa.isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + "." + CLIENT_AUTH.key(), auth),
                    "needs client-ca: without it no client's certificate could be checked",
                    "name the file of the CA that signs your clients' certificates"));
        }
        if (!asksClients() && clientCa.isPresent()) {
            conflicts.add(new Conflict(
                    Map.of(path + "." + CLIENT_CA.key(), clientCa.get().toString()),
                    "has no effect: clients are not asked for a certificate",
                    "set client-auth: need, or want, or remove client-ca"));
        }
        return conflicts;
    }
}

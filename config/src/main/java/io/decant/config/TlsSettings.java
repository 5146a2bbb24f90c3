package io.decant.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The section {@code tls} of a sink or a source that connects to a server: whom it trusts, and as whom it shows itself.
 *
 * @param caFile PEM certificates that are trusted in place of the platform's
 * @param certificate PEM certificate chain of the client, its own first
 * @param key PEM private key of the client, not encrypted
 * @param serverName whose certificate is expected; empty: that of the URL's host
 */
public record TlsSettings(Optional<Path> caFile, Optional<Path> certificate, Optional<Path> key, String serverName) {

    private static final SectionKeys<TlsSettings> KEYS = SectionKeys.of(TlsSettings.class);

    static final Setting<TlsSettings, Optional<Path>> CA_FILE = KEYS.optional(
            Types.OPTIONAL_PATH,
            Optional.empty(),
            "PEM file of the certificates that are trusted, in place of the platform's. These files are read again when"
                    + " they change.");

    static final Setting<TlsSettings, Optional<Path>> CERTIFICATE = KEYS.optional(
            Types.OPTIONAL_PATH,
            Optional.empty(),
            "PEM file of the client's own certificate, and of those between it and the CA.");

    static final Setting<TlsSettings, Optional<Path>> KEY = KEYS.optional(
            Types.OPTIONAL_PATH, Optional.empty(), "PEM file of the private key to `certificate`, not encrypted.");

    static final Setting<TlsSettings, String> SERVER_NAME = KEYS.optional(
            Types.text(
                    "a host",
                    Pattern.compile("[A-Za-z0-9.-]{0,253}"),
                    () -> new InvalidValue("is not a host", "write a name of the receiver's certificate")),
            "",
            "The name that is sent as SNI and that the receiver's certificate must have. Empty: the host of `url` or"
                    + " `address`.");

    static final Section<TlsSettings> SECTION = KEYS.section();

    /** The platform's trust, no client certificate, the URL's host. */
    public static final TlsSettings NONE = SECTION.defaults();

    /** @throws IllegalArgumentException if a value is out of its range */
    public TlsSettings {
        CA_FILE.check(caFile);
        CERTIFICATE.check(certificate);
        KEY.check(key);
        SERVER_NAME.check(serverName);
    }

    TlsSettings relativeTo(Path folder) {
        return new TlsSettings(
                caFile.map(folder::resolve), certificate.map(folder::resolve), key.map(folder::resolve), serverName);
    }

    /**
     * What is wrong where one of certificate and key is missing.
     *
     * @param path the section's dotted key
     */
    Optional<Conflict> pairProblem(String path) {
        if (certificate.isPresent() == key.isPresent()) {
            return Optional.empty();
        }
        String present = certificate.isPresent() ? "certificate" : "key";
        String absent = certificate.isPresent() ? "key" : "certificate";
        String file = certificate.or(() -> key).orElseThrow().toString();
        return Optional.of(new Conflict(
                Map.of(path + "." + present, file), "has no effect without tls." + absent, "set both or none"));
    }
}

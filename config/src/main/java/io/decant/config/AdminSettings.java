package io.decant.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The section {@code admin}.
 *
 * @param address where the admin server listens; port 0 is any free port
 * @param hosts further names by which requests may call it, without a port
 * @param tls empty: connections are not encrypted
 */
public record AdminSettings(HostPort address, List<String> hosts, Optional<ServerTlsSettings> tls) {

    private static final SectionKeys<AdminSettings> KEYS = SectionKeys.of(AdminSettings.class);

    static final Setting<AdminSettings, HostPort> ADDRESS = KEYS.optional(
            Types.ADDRESS,
            new HostPort("127.0.0.1", 8080),
            "Where `/healthz`, `/readyz`, `/metrics` and `/status` are served, to everyone who can connect.");

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

    static final Setting<AdminSettings, Optional<ServerTlsSettings>> TLS = KEYS.optional(
            new OptionalSectionType<>("off", ServerTlsSettings.SECTION),
            Optional.empty(),
            "For https, with TLS 1.2 and 1.3 alone, see [security.md](security.md).");

    static final Section<AdminSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public AdminSettings {
        Objects.requireNonNull(address, "address");
        HOSTS.check(hosts);
        TLS.check(tls);
        hosts = List.copyOf(hosts);
    }

    /** Without TLS. */
    public AdminSettings(HostPort address, List<String> hosts) {
        this(address, hosts, Optional.empty());
    }

    /** Every value as it is when nothing is set. */
    public static AdminSettings defaults() {
        return SECTION.defaults();
    }

    AdminSettings relativeTo(Path folder) {
        return SECTION.with(this, TLS, tls.map(section -> section.relativeTo(folder)));
    }

    /**
     * What does not fit together.
     *
     * @param path the section's dotted key
     */
    List<Conflict> conflicts(String path) {
        return tls.map(section -> section.conflicts(path + "." + TLS.key())).orElse(List.of());
    }

    /**
     * What is wrong with the files that it names.
     *
     * @param path the section's dotted key
     */
    List<Conflict> fileConflicts(String path) {
        return tls.map(section -> TlsFiles.problems(path + "." + TLS.key(), section))
                .orElse(List.of());
    }
}

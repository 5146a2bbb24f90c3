package io.decant.config;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The section {@code admin}.
 *
 * @param address where the admin server listens; port 0 is any free port
 * @param hosts further names by which requests may call it, without a port
 */
public record AdminSettings(HostPort address, List<String> hosts) {

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

    static final Section<AdminSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public AdminSettings {
        Objects.requireNonNull(address, "address");
        HOSTS.check(hosts);
        hosts = List.copyOf(hosts);
    }

    /** Every value as it is when nothing is set. */
    public static AdminSettings defaults() {
        return SECTION.defaults();
    }
}

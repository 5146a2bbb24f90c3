package io.decant.config;

import java.util.List;
import java.util.Objects;

/**
 * The section {@code admin}.
 *
 * @param address where the admin server listens; port 0 is any free port
 */
public record AdminSettings(HostPort address) {

    static final Setting<AdminSettings, HostPort> ADDRESS = Setting.optional(
            "address",
            Types.ADDRESS,
            new HostPort("127.0.0.1", 8080),
            AdminSettings::address,
            "Where `/healthz`, `/readyz`, `/metrics` and `/status` are served, to whoever can connect.");

    static final Section<AdminSettings> SECTION =
            new Section<>(AdminSettings.class, List.of(ADDRESS), values -> new AdminSettings(values.get(ADDRESS)));

    public AdminSettings {
        Objects.requireNonNull(address, "address");
    }

    /** Every value as it is when nothing is set. */
    public static AdminSettings defaults() {
        return SECTION.defaults();
    }
}

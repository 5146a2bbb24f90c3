package io.decant.ingest.admin;

import io.decant.config.AdminSettings;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** What may be a mistake of the section {@code admin}, for the start and {@code decant validate}. Stateless. */
public final class AdminWarnings {

    private AdminWarnings() {}

    /** A line each. Looks the host up. */
    public static List<String> of(AdminSettings settings) {
        List<String> warnings = new ArrayList<>();
        if (isLoopback(settings)) {
            return warnings;
        }
        String address = "admin.address " + settings.address() + " is not a loopback address";
        if (settings.users().isEmpty()) {
            warnings.add(
                    address + ", and admin.users is off: everybody who reaches it can read /status and /metrics, and"
                            + " what changes something, such as POST /dlq/replay, is refused; set admin.users, or"
                            + " admin.address to a loopback address");
        } else if (settings.tls().isEmpty()) {
            warnings.add(address + ", and admin.tls is off: tokens of admin.users cross the network unencrypted; set"
                    + " admin.tls, or put a proxy with TLS before it");
        }
        return warnings;
    }

    /** Whether nobody can reach the port from another machine. */
    static boolean isLoopback(AdminSettings settings) {
        InetSocketAddress at = new InetSocketAddress(
                settings.address().host(), settings.address().port());
        return !at.isUnresolved() && at.getAddress().isLoopbackAddress();
    }
}

package io.decant.ingest.admin;

import io.decant.config.Secret;
import io.decant.ingest.tls.ServerTls;
import java.util.Optional;

/**
 * What clients of the admin port must show.
 *
 * @param tls that is started and closed with the server; empty: connections are not encrypted
 * @param token of who runs commands beside the server, from its data directory; empty: nobody has it
 */
public record AdminSecurity(Optional<ServerTls> tls, Secret token) {

    /** Connections are not encrypted, and no token is known. */
    public static final AdminSecurity NONE = new AdminSecurity(Optional.empty(), Secret.NONE);
}

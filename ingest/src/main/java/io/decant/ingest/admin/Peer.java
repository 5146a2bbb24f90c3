package io.decant.ingest.admin;

import java.net.InetAddress;
import java.util.List;

/**
 * The client of a connection.
 *
 * @param address where it connects from; a proxy's where there is one
 * @param serverPort where it has connected to
 * @param encrypted whether it speaks TLS
 * @param certificateNames of the certificate that it has shown, in lower case; none where it has shown none
 */
record Peer(InetAddress address, int serverPort, boolean encrypted, List<String> certificateNames) {

    Peer {
        certificateNames = List.copyOf(certificateNames);
    }
}

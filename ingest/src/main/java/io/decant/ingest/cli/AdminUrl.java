package io.decant.ingest.cli;

import io.decant.config.HostPort;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Where a client on this machine reaches a server by its admin address. */
final class AdminUrl {

    private AdminUrl() {}

    /** The address as {@code host:port}; that of a server which listens everywhere is this machine's own. */
    static String ofThisMachine(String address) {
        HostPort listening = HostPort.parse(address);
        return switch (listening.host()) {
            case "0.0.0.0" -> "127.0.0.1:" + listening.port();
            case "::" -> "[::1]:" + listening.port();
            default -> address;
        };
    }

    /**
     * The URL of a path there, by the address itself: the JDK's client takes no name with an underscore.
     *
     * @param scheme {@code http} or {@code https}
     * @throws UnknownHostException where the name has no address
     */
    static URI connectable(String scheme, String address, String path) throws UnknownHostException {
        HostPort there = HostPort.parse(ofThisMachine(address));
        String ip = InetAddress.getByName(there.host()).getHostAddress();
        return URI.create(scheme + "://" + new HostPort(ip, there.port()) + path);
    }
}

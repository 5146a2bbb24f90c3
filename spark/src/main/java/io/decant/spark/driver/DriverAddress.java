package io.decant.spark.driver;

import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** By which of this machine's addresses a cluster reaches it. Stateless. */
final class DriverAddress {

    private DriverAddress() {}

    /**
     * The one in the settings; without a cluster, loopback; else that from which this machine reaches the resource manager.
     *
     * @param hadoop with {@code yarn-site.xml} in it
     */
    static InetAddress of(SparkSettings settings, Configuration hadoop) throws IOException {
        if (!settings.host().isEmpty()) {
            return InetAddress.getByName(settings.host());
        }
        if (!settings.onYarn()) {
            return InetAddress.getLoopbackAddress();
        }
        InetSocketAddress manager = new YarnConfiguration(hadoop)
                .getSocketAddr(
                        YarnConfiguration.RM_ADDRESS,
                        YarnConfiguration.DEFAULT_RM_ADDRESS,
                        YarnConfiguration.DEFAULT_RM_PORT);
        return towards(manager);
    }

    /** Asks the routing table; nothing is sent. */
    private static InetAddress towards(InetSocketAddress target) throws SocketException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(target);
            return socket.getLocalAddress();
        }
    }
}

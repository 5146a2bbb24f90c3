package io.decant.spark.driver;

import io.decant.config.SparkMaster;
import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** By which of this machine's addresses a cluster reaches it. Stateless. */
final class DriverAddress {

    private DriverAddress() {}

    /**
     * The one in the settings; without a cluster, loopback; else that from which this machine reaches the resource
     * manager or the standalone master.
     *
     * @param hadoop with {@code yarn-site.xml} in it
     */
    static InetAddress of(SparkSettings settings, Configuration hadoop) throws IOException {
        if (!settings.host().isEmpty()) {
            return ofThisMachine(settings.host());
        }
        if (settings.onStandalone()) {
            return towardsMaster(settings.master());
        }
        if (!settings.onYarn()) {
            return InetAddress.getLoopbackAddress();
        }
        InetSocketAddress manager = new YarnConfiguration(hadoop)
                .getSocketAddr(
                        YarnConfiguration.RM_ADDRESS,
                        YarnConfiguration.DEFAULT_RM_ADDRESS,
                        YarnConfiguration.DEFAULT_RM_PORT);
        return towards(InetAddress.getAllByName(manager.getHostString()), manager.getPort());
    }

    /** Of several masters the first that has an address: all of them are to be on one network. */
    private static InetAddress towardsMaster(String master) throws IOException {
        IOException unknown = null;
        for (String hostAndPort : SparkMaster.hostsAndPorts(master)) {
            int colon = hostAndPort.lastIndexOf(':');
            try {
                return towards(
                        InetAddress.getAllByName(hostAndPort.substring(0, colon)),
                        Integer.parseInt(hostAndPort.substring(colon + 1)));
            } catch (IOException e) {
                unknown = e;
            }
        }
        throw new IOException(master + " has no address that can be reached: " + unknown.getMessage(), unknown);
    }

    /** Of a name with several addresses the first that an interface of this machine has: the driver listens there. */
    private static InetAddress ofThisMachine(String host) throws IOException {
        InetAddress[] all = InetAddress.getAllByName(host);
        for (InetAddress address : all) {
            if (NetworkInterface.getByInetAddress(address) != null) {
                return address;
            }
        }
        return all[0];
    }

    /** Asks the routing table, which may have no way to the first of several addresses; nothing is sent. */
    static InetAddress towards(InetAddress[] targets, int port) throws IOException {
        IOException noRoute = null;
        for (InetAddress target : targets) {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(new InetSocketAddress(target, port));
                return socket.getLocalAddress();
            } catch (SocketException e) {
                noRoute = e;
            } catch (UncheckedIOException e) {
                noRoute = e.getCause();
            }
        }
        throw noRoute == null ? new IOException("the cluster has no address") : noRoute;
    }
}

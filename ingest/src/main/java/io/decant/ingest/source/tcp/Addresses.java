package io.decant.ingest.source.tcp;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** Socket addresses as people write them, and as they are counted. */
final class Addresses {

    private Addresses() {}

    /**
     * Whose connection it is, for limits per address: an IPv4 address, or the first 64 bits of an IPv6 one, as
     * a client that has one has all the others of the same 64 bits. Equal for equal clients, and for all whose address
     * is not known.
     */
    static Object client(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            return "";
        }
        if (inet.getAddress() instanceof Inet6Address six) {
            return ByteBuffer.wrap(six.getAddress()).getLong();
        }
        return ByteBuffer.wrap(inet.getAddress().getAddress()).getInt();
    }

    /** {@code ip:port}, an IPv6 address in brackets; never looks a name up. */
    static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            return String.valueOf(address);
        }
        String ip = inet.getAddress().getHostAddress();
        return (inet.getAddress() instanceof Inet6Address ? "[" + ip + "]" : ip) + ":" + inet.getPort();
    }
}

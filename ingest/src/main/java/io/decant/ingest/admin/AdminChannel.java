package io.decant.ingest.admin;

import io.decant.ingest.users.CertificateNames;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** The socket of a connection, encrypted or not: who is at its other end, and how it ends. Owned by the event loop. */
final class AdminChannel {

    private final SocketChannel channel;
    /** Null before it is asked for. */
    private Peer peer;

    AdminChannel(SocketChannel channel) {
        this.channel = channel;
    }

    /** The client, once it has sent a request. */
    Peer peer() {
        if (peer == null) {
            Optional<SslHandler> encryption = encryption();
            peer = new Peer(
                    channel.remoteAddress().getAddress(),
                    channel.localAddress().getPort(),
                    encryption.isPresent(),
                    encryption
                            .map(tls -> CertificateNames.of(tls.engine().getSession()))
                            .orElse(List.of()));
        }
        return peer;
    }

    /** Where the client is, for messages. */
    String client() {
        InetSocketAddress address = channel.remoteAddress();
        return address == null ? "a client" : NetUtil.toSocketAddressString(address);
    }

    /**
     * Ends our side. What comes from then on is not decrypted.
     *
     * @param then run once the end is said
     */
    void endOutput(Runnable then) {
        Optional<SslHandler> encryption = encryption();
        if (encryption.isEmpty()) {
            var unused = channel.shutdownOutput();
            then.run();
            return;
        }
        // Said in TLS first: otherwise the client could not trust it.
        encryption.get().closeOutbound().addListener(said -> {
            if (channel.isOpen()) {
                channel.pipeline().remove(encryption.get());
                var unused = channel.shutdownOutput();
                then.run();
            }
        });
    }

    /** Closes it now. */
    void close() {
        ChannelHandlerContext encryption = channel.pipeline().context(SslHandler.class);
        if (encryption == null) {
            var unused = channel.close();
        } else {
            var unusedEnd = ((SslHandler) encryption.handler()).closeOutbound();
            // Not by way of it: it would wait for a client that does not read, and the connection's place is given
            // away.
            var unused = encryption.close();
        }
    }

    private Optional<SslHandler> encryption() {
        return Optional.ofNullable(channel.pipeline().get(SslHandler.class));
    }
}

package io.decant.ingest.source.http;

import io.decant.ingest.source.SourceUser;
import io.decant.ingest.source.SourceUsers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The connection of a client, with its requests: one at a time, or several over HTTP/2. Belongs to its event loop. */
final class HttpPeer {

    /** How long a connection that is not served may take to ask. */
    private static final long REFUSED_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final HttpConnection connection;
    private final String client;
    private final PeerLimit.Admission admission;
    private final List<Exchange> exchanges = new ArrayList<>(1);

    /** Those that have sent a request on it; nearly always one. */
    private final Set<SourceUser> users = new HashSet<>(2);

    /** Null until it is looked for. */
    private Optional<SourceUser> certified;

    private long idleSinceNanos;

    HttpPeer(HttpConnection connection, PeerLimit.Admission admission, long nowNanos) {
        this.connection = connection;
        this.client = text(connection.remoteAddress());
        this.admission = admission;
        this.idleSinceNanos = nowNanos;
        // It is for clients that send nothing at all. From here on it would count the time of the journal, too.
        ChannelPipeline pipeline =
                ((HttpServerConnection) connection).channelHandlerContext().pipeline();
        if (pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
    }

    /** {@code ip:port}, an IPv6 address in brackets. */
    private static String text(SocketAddress address) {
        if (address == null) {
            return "";
        }
        String ip = address.hostAddress() == null ? String.valueOf(address.host()) : address.hostAddress();
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + address.port();
    }

    String client() {
        return client;
    }

    boolean isServed() {
        return admission == PeerLimit.Admission.SERVED;
    }

    /** Those that have not ended. */
    List<Exchange> exchanges() {
        return List.copyOf(exchanges);
    }

    /** The user whom the client's certificate names. */
    Optional<SourceUser> certified(SourceUsers known) {
        if (certified == null) {
            certified = connection.isSsl() ? known.ofCertificate(connection.sslSession()) : Optional.empty();
        }
        return certified;
    }

    /** Counts this connection for a user, once. False: the user has as many as it may. */
    boolean countFor(SourceUser user) {
        return users.contains(user) || (user.connect() && users.add(user));
    }

    /** It is closed. */
    void closed() {
        users.forEach(SourceUser::disconnect);
        users.clear();
    }

    void began(Exchange exchange) {
        exchanges.add(exchange);
    }

    void ended(Exchange exchange, long nowNanos) {
        exchanges.remove(exchange);
        idleSinceNanos = nowNanos;
    }

    boolean isIdle() {
        return exchanges.isEmpty();
    }

    /** @param idleNanosMax 0: for ever */
    boolean isOverdue(long nowNanos, long idleNanosMax) {
        long max = isServed() ? idleNanosMax : REFUSED_NANOS_MAX;
        return isIdle() && max > 0 && nowNanos - idleSinceNanos > max;
    }

    /** Closes the connection behind what is written. */
    void close() {
        var unused = connection.close();
    }

    /** Closes it now: its client reads nothing, so nothing can be written, or does not stop sending. */
    void cut() {
        Channel channel =
                ((HttpServerConnection) connection).channelHandlerContext().channel();
        // Not by way of Vert.x, which would write first.
        channel.unsafe().close(channel.voidPromise());
    }
}

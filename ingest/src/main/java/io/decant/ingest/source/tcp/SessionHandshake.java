package io.decant.ingest.source.tcp;

import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceUser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * How a connection comes by its session: reads the session line, claims the session, and keeps what came along with the
 * line until the claim is answered. Belongs to the connection's event loop; the answers come from the registry's and
 * are passed on.
 */
final class SessionHandshake implements SessionRegistry.Claimant {

    private final Connection connection;
    private final EventLoop loop;
    private final Object client;
    private final SessionRegistry sessions;
    private final Duration lineTimeout;
    private final LineClock clock = new LineClock();
    private final SessionLine line = new SessionLine();

    /** Few and small: nothing is asked of the socket meanwhile, though the end of its input may bring something. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(1);

    /** @param peer for whom a session counts that has no user */
    SessionHandshake(Connection connection, Channel channel, SocketAddress peer, ConnectionContext context) {
        this.connection = connection;
        this.loop = channel.eventLoop();
        this.client = Addresses.client(peer);
        this.sessions = context.sessions();
        this.lineTimeout = context.settings().lineTimeout();
    }

    /** Whether nothing was sent yet. */
    boolean isSilent() {
        return line.isEmpty();
    }

    /**
     * To be called at each tick of {@code line-timeout}.
     *
     * @return why the connection must end, or null
     */
    CloseReason lineTick() {
        return clock.tick(isSilent() ? 0 : 1) ? CloseReason.lineTimeout(lineTimeout) : null;
    }

    /**
     * Takes a read of the session line. Once that is complete, the claim is on its way.
     *
     * @param user whose session it is; null: of whoever knows its id
     */
    SessionLine.Result take(ByteBuf read, SourceUser user) {
        SessionLine.Result result = line.take(read);
        if (result == SessionLine.Result.COMPLETE && read.isReadable()) {
            early.add(read);
        } else {
            read.release();
        }
        if (result == SessionLine.Result.COMPLETE) {
            if (user == null) {
                sessions.claim(line.id(), client, this);
            } else {
                sessions.claim(user.session(line.id()), user, this);
            }
        }
        return result;
    }

    /** Keeps a read until the claim is answered. */
    void keep(ByteBuf read) {
        early.add(read);
    }

    /** The first of the reads that were kept, or null. */
    ByteBuf nextKept() {
        return early.poll();
    }

    void drop() {
        early.forEach(ByteBuf::release);
        early.clear();
    }

    @Override
    public void granted(StreamId session, long next) {
        loop.execute(() -> ConnectionLoop.guard(connection, claimant -> claimant.resume(session, next)));
    }

    @Override
    public void denied(CloseReason ending, long durable) {
        loop.execute(() -> ConnectionLoop.guard(connection, claimant -> claimant.denied(ending, durable)));
    }

    @Override
    public void takenOver(CloseReason ending) {
        loop.execute(() -> ConnectionLoop.guard(connection, holder -> holder.end(ending)));
    }
}

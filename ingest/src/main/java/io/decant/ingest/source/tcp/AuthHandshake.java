package io.decant.ingest.source.tcp;

import io.decant.ingest.source.SourceUser;
import io.decant.ingest.source.SourceUsers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;

/**
 * How a connection comes by its user: by the name in the client's certificate, or by the line {@code AUTH <token>}. One
 * that the certificate names need not send the line; it must be this user's token if it does, so that a token never
 * becomes a record. Holds the user's place among its connections. Belongs to the connection's event loop.
 */
final class AuthHandshake {

    /** How long it may take until the line is complete. */
    static final long AUTH_MILLIS_MAX = 10_000;

    /** What is known. */
    enum Result {
        /** Nothing yet, or nothing more. */
        UNFINISHED,
        /** Whose connection it is; what was kept can be gone on with. */
        KNOWN,
        /** That it must end: see {@link #refusal()}. */
        REFUSED
    }

    private final SourceUsers users;
    private final EventLoop loop;
    private final AuthLine line = new AuthLine();

    /** What is to be looked at again as what follows, or as no such line; small in number, as the line's beginning. */
    private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>(1);

    /** Null until it is known. */
    private SourceUser user;

    private boolean holdsPlace;

    /** Null unless it is refused. */
    private CloseReason refusal;

    /** Null until it begins. */
    private Future<?> deadline;

    AuthHandshake(SourceUsers users, EventLoop loop) {
        this.users = users;
        this.loop = loop;
    }

    /** The line may be sent from now on. */
    void begin(Runnable onLate) {
        deadline = loop.schedule(onLate, AUTH_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    /** The handshake of TLS is over: the line may be sent now, and must be unless the certificate names a user. */
    Result secured(SSLSession session, Runnable onLate) {
        Optional<SourceUser> named = users.ofCertificate(session);
        if (named.isPresent()) {
            return accept(named.get());
        }
        begin(onLate);
        return Result.UNFINISHED;
    }

    /** Whether the user is known, though the line may yet come. */
    boolean isKnown() {
        return user != null;
    }

    /** Whether nothing was sent yet. */
    boolean isSilent() {
        return line.isEmpty();
    }

    /** Whether the line has come, and not a record in its place. */
    boolean hadLine() {
        return !line.isPrefix();
    }

    /** Once it is known. */
    SourceUser user() {
        return user;
    }

    /** Takes a read of what should be the line. */
    Result take(ByteBuf read) {
        int start = read.readerIndex();
        AuthLine.Result result = line.take(read);
        if (isKnown() && line.isPrefix()) {
            // So far it might be a record, or is one.
            kept.add(read.readerIndex(start));
            return result == AuthLine.Result.OTHER ? Result.KNOWN : Result.UNFINISHED;
        }
        drop();
        if (result == AuthLine.Result.COMPLETE && read.isReadable()) {
            kept.add(read);
        } else {
            read.release();
        }
        return switch (result) {
            case UNFINISHED -> Result.UNFINISHED;
            case COMPLETE -> authenticate();
            case BAD, OTHER -> refuse(CloseReason.UNAUTHORIZED);
        };
    }

    private Result authenticate() {
        Optional<SourceUser> presented = users.ofToken(line.token());
        line.clear();
        if (presented.isEmpty() || (isKnown() && presented.get() != user)) {
            return refuse(CloseReason.UNAUTHORIZED);
        }
        return isKnown() ? Result.KNOWN : accept(presented.get());
    }

    private Result accept(SourceUser known) {
        user = known;
        holdsPlace = known.connect();
        stopWaiting();
        return holdsPlace ? Result.KNOWN : refuse(CloseReason.tooManyConnectionsOfUser(known.connectionsMax()));
    }

    private Result refuse(CloseReason reason) {
        refusal = reason;
        return Result.REFUSED;
    }

    /** Why the connection must end, once it is refused. */
    CloseReason refusal() {
        return refusal;
    }

    /** The first of the reads that were kept, or null. */
    ByteBuf nextKept() {
        return kept.poll();
    }

    private void drop() {
        kept.forEach(ByteBuf::release);
        kept.clear();
    }

    /** The connection ends: gives back what it holds. */
    void end(CloseReason ending, String client) {
        drop();
        line.clear();
        stopWaiting();
        if (holdsPlace) {
            holdsPlace = false;
            user.disconnect();
        }
        if (ending.refusal() == ErrorCode.UNAUTHORIZED) {
            users.refused(client);
        }
    }

    private void stopWaiting() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}

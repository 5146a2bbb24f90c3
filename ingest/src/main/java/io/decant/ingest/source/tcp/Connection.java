package io.decant.ingest.source.tcp;

import static io.decant.ingest.source.tcp.ConnectionState.AUTHENTICATING;
import static io.decant.ingest.source.tcp.ConnectionState.CLAIMING;
import static io.decant.ingest.source.tcp.ConnectionState.CLOSED;
import static io.decant.ingest.source.tcp.ConnectionState.GREETING;
import static io.decant.ingest.source.tcp.ConnectionState.LINGERING;
import static io.decant.ingest.source.tcp.ConnectionState.NEW;
import static io.decant.ingest.source.tcp.ConnectionState.PAUSED;
import static io.decant.ingest.source.tcp.ConnectionState.SETTLING;
import static io.decant.ingest.source.tcp.ConnectionState.STREAMING;
import static io.decant.ingest.source.tcp.ConnectionState.TELLING;
import static io.decant.ingest.source.tcp.ConnectionState.THROTTLED;

import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceCounters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of a client, or to a server that is read from: the state machine of {@link ConnectionState}. It reads
 * only when it is asked to, one read at a time, and asks only while there is room for what was read before.
 *
 * <p>However it ends, what it handed in is synced and counted first. Then a client is told, unless its connection is
 * lost. A server is told nothing, at no time: from {@link ConnectionState#SETTLING} it goes straight to
 * {@link ConnectionState#CLOSED}. Nor does a server have a session. Belongs to its event loop, {@link #due()} excepted.
 */
final class Connection implements Acknowledger.Client {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final ConnectionContext context;
    private final ConnectionLoop loop;
    private final DuplexChannel channel;
    private final String name;
    private final LineReader lines;
    private final AckWriter acks;
    private final ConnectionSlot slot;
    private final LingeringClose farewell;
    private final IdleWatch idle;
    private final SessionHandshake greeting;

    /** Null where everybody may send. */
    private final AuthHandshake auth;

    private final RateGate rate;

    private final Consumer<CloseReason> onClosed;
    private final ResetWatch resets = new ResetWatch();
    private final AtomicBoolean due = new AtomicBoolean();

    private ConnectionState state = NEW;

    /** Null until the stream is known. */
    private BlockFeed feed;

    /** What a client is told whose session is not available; 0 for any other. */
    private long durableElsewhere;

    /** Null until the connection is to end. */
    private CloseReason ending;

    private boolean awaitsRoom;

    /**
     * @param peer at the other end
     * @param onClosed run once nothing is left of the connection, with the reason for its end; throws nothing
     */
    Connection(
            ConnectionContext context,
            ConnectionLoop loop,
            DuplexChannel channel,
            SocketAddress peer,
            Consumer<CloseReason> onClosed) {
        this.context = context;
        this.loop = loop;
        this.channel = channel;
        this.onClosed = onClosed;
        this.name = Addresses.text(peer) + "#" + context.accepted().incrementAndGet();
        this.lines = new LineReader(context, channel, reason -> ConnectionLoop.guard(this, it -> it.end(reason)));
        this.acks = new AckWriter(channel, context.settings().ack(), this::answerFailed);
        this.slot = new ConnectionSlot(context.limit());
        this.farewell = new LingeringClose(channel, slot);
        this.greeting = new SessionHandshake(this, channel, peer, context);
        this.auth = context.users()
                .map(users -> new AuthHandshake(users, channel.eventLoop()))
                .orElse(null);
        this.rate = new RateGate(channel.eventLoop());
        this.idle = new IdleWatch(channel.eventLoop(), context.settings().idleTimeout());
    }

    /** It is there. Not called again. */
    void opened() {
        loop.opened(this);
        boolean served = slot.serve();
        if (loop.closing() != null) {
            end(loop.closing());
        } else if (!served) {
            end(CloseReason.tooManyConnections(context.limit().servedMax()));
        } else {
            idle.start(this::isAwaitingClient, () -> ConnectionLoop.guard(this, it -> it.end(CloseReason.IDLE)));
            if (auth == null) {
                admit();
            } else {
                become(AUTHENTICATING, "it must be a user's");
                if (context.tls().isEmpty()) {
                    auth.begin(this::authLate);
                }
            }
            readOn();
        }
    }

    /** It may send, whoever it is. */
    private void admit() {
        if (context.sessionRequired()) {
            become(GREETING, "a session is required");
        } else {
            feed = newFeed(new StreamId(context.source(), name, false), 0);
            become(STREAMING, "no session");
        }
    }

    private BlockFeed newFeed(StreamId stream, long start) {
        return context.newFeed(stream, start, counters(), this::wake);
    }

    /** Those of the user, which are added to those of the source, or those of the source. */
    private SourceCounters counters() {
        return auth != null && auth.isKnown() ? auth.user().counters() : context.counters();
    }

    private void authLate() {
        ConnectionLoop.guard(this, it -> it.end(CloseReason.AUTH_LATE));
    }

    /** Takes a read over. */
    void heard(ByteBuf read) {
        idle.heard();
        pass(read);
    }

    private void pass(ByteBuf read) {
        switch (state) {
            case AUTHENTICATING -> authenticate(read);
            case GREETING -> greet(read);
            case CLAIMING -> greeting.keep(read);
            case STREAMING, PAUSED, THROTTLED -> take(read);
            case NEW, SETTLING, TELLING, CLOSED -> read.release();
            case LINGERING -> farewell.discard(read);
        }
    }

    /** The handshake of TLS is over. */
    void secured(SSLSession session) {
        if (state == AUTHENTICATING && auth.secured(session, this::authLate) == AuthHandshake.Result.REFUSED) {
            end(auth.refusal());
        }
    }

    /** There is no TLS with this client. */
    void notSecured(Throwable cause) {
        context.tls().orElseThrow().handshakeFailed(name, cause);
    }

    /** @param secured where TLS has its own word for the end of input, which has not come */
    void socketEnded(boolean secured) {
        if (farewell.isInputEnded()) {
            return;
        }
        if (secured) {
            resets.truncated();
        }
        inputEnded();
    }

    /** The other end sends no more. */
    void inputEnded() {
        farewell.inputEnded();
        if (state == AUTHENTICATING && auth.isKnown()) {
            // By its certificate: what has come is no line for us.
            authenticated();
        }
        switch (state) {
            case AUTHENTICATING -> end(auth.isSilent() ? CloseReason.INPUT_ENDED : CloseReason.UNAUTHORIZED);
            case GREETING -> end(greeting.isSilent() ? CloseReason.INPUT_ENDED : CloseReason.BAD_SESSION);
            case STREAMING, PAUSED, THROTTLED -> {
                if (!rate.holds()) {
                    end(resets.inputEnd());
                }
            }
            case NEW, CLAIMING, SETTLING, TELLING, LINGERING, CLOSED -> {
                // Looked at when its time comes.
            }
        }
    }

    /** The socket is closed. */
    void lost() {
        if (state == TELLING || state == LINGERING) {
            close();
        } else {
            end(CloseReason.LOST);
        }
    }

    /**
     * It cannot be read from.
     *
     * @param cause for the log
     */
    void broken(IOException failure, Throwable cause) {
        resets.readFailed(failure);
        log.debug("{} {}: {}", context.source(), name, cause.toString());
        farewell.close();
        wake();
    }

    /**
     * An error of the server's, such as a lack of memory for the next answer: it ends this connection and nothing else.
     */
    void failed(Throwable cause) {
        log.error("{} {}: the connection is closed after an error of the server's", context.source(), name, cause);
        farewell.close();
        if (acks.giveUp()) {
            // Where it is settling already, and all is synced, nothing else would conclude it.
            wake();
        }
    }

    /** Of a client. Reading continues: what arrived before it closed is taken. */
    private void answerFailed(Throwable cause) {
        log.debug("{} {}: an answer cannot be written: {}", context.source(), name, cause.toString());
        resets.writeFailed(cause);
        wake();
    }

    /** Whether {@link #progress()} is to be called. Any thread. */
    @Override
    public AtomicBoolean due() {
        return due;
    }

    /** Some blocks were synced, or the other end has read some of what it was sent. */
    void progress() {
        switch (state) {
            case STREAMING, PAUSED, THROTTLED -> acks.write(feed.durable());
            case SETTLING -> {
                acks.write(feed.durable());
                concludeOnceSettled();
            }
            case TELLING -> tell();
            case NEW, AUTHENTICATING, GREETING, CLAIMING, LINGERING, CLOSED -> {
                // Nothing was handed in, or everything is said.
            }
        }
    }

    /** There may be room in the journal again. False: there is not enough, ask again. */
    boolean roomAgain() {
        feed.offerKept();
        if (feed.waitsForRoom()) {
            return false;
        }
        awaitsRoom = false;
        if (state == PAUSED) {
            become(STREAMING, "the journal has room");
            readOn();
        }
        return true;
    }

    /** The loop's tick for {@code line-timeout}. Time in which nothing is read is not the client's. */
    void lineTick() {
        CloseReason late = state == GREETING ? greeting.lineTick() : state == STREAMING ? lines.tick() : null;
        if (late != null) {
            end(late);
        }
    }

    /**
     * Takes no more, has what was handed in synced, tells a client, and closes. The first reason given stands.
     */
    void end(CloseReason reason) {
        switch (state) {
            case NEW, AUTHENTICATING, GREETING -> {
                ending = reason;
                conclude();
            }
            case CLAIMING -> {
                // The claim is answered in any case, and only then is it known what the client is to be told.
                ending = ending == null ? reason : ending;
            }
            case STREAMING, PAUSED, THROTTLED -> {
                boolean endsLine =
                        reason.equals(CloseReason.INPUT_ENDED) && !feed.stream().kept();
                CloseReason refusal = endsLine ? lines.finish(feed) : null;
                ending = refusal == null ? reason : refusal;
                lines.drop();
                become(SETTLING, ending);
                if (feed.waitsForRoom()) {
                    awaitRoom();
                }
                concludeOnceSettled();
            }
            case SETTLING, TELLING, LINGERING, CLOSED -> {
                // It is ending already.
            }
        }
        if (loop.closing() != null && (state == TELLING || state == LINGERING)) {
            farewell.closeWithin(loop.lingerMillis());
        }
    }

    /** The session is this connection's: its records continue from {@code next}. */
    void resume(StreamId session, long next) {
        feed = newFeed(session, next);
        acks.startAt(next);
        if (ending != null) {
            conclude();
            return;
        }
        become(STREAMING, session);
        acks.answerClaim();
        for (ByteBuf read = greeting.nextKept(); read != null; read = greeting.nextKept()) {
            pass(read);
        }
        if (farewell.isInputEnded()) {
            inputEnded();
        } else {
            readOn();
        }
    }

    /** The session is not available. */
    void denied(CloseReason reason, long durable) {
        durableElsewhere = durable;
        ending = ending == null ? reason : ending;
        conclude();
    }

    /** Ends without waiting: nothing more will be synced. */
    void abort(CloseReason reason) {
        if (feed != null) {
            feed.abandon();
        }
        if (isStreaming() || state == SETTLING) {
            ending = reason;
            conclude();
        } else {
            end(reason);
        }
    }

    /** Reads what comes next, unless something holds it up. */
    void readOn() {
        if (state == STREAMING && loop.room().isShort()) {
            pause();
        } else if (state == STREAMING && rate.isClosed()) {
            throttle();
        } else if (state == AUTHENTICATING
                || state == GREETING
                || state == STREAMING
                || (state == LINGERING && farewell.lingers())) {
            channel.read();
        }
    }

    /** Whether records are its concern, whatever holds the next read up. */
    private boolean isStreaming() {
        return state == STREAMING || state == PAUSED || state == THROTTLED;
    }

    private void throttle() {
        if (state == STREAMING) {
            become(THROTTLED, "the user is at its max-rate");
            rate.whenOpen(() -> ConnectionLoop.guard(this, Connection::rateAgain));
        }
    }

    /** The user's rate may allow more. */
    private void rateAgain() {
        if (state != THROTTLED) {
            return;
        }
        become(STREAMING, "the rate is looked at again");
        for (ByteBuf read = rate.nextDue(); read != null; read = state == STREAMING ? rate.nextDue() : null) {
            takeNow(read);
        }
        if (state == STREAMING && farewell.isInputEnded() && !rate.holds()) {
            end(resets.inputEnd());
        } else {
            readOn();
        }
    }

    private void authenticate(ByteBuf read) {
        switch (auth.take(read)) {
            case KNOWN -> authenticated();
            case REFUSED -> end(auth.refusal());
            case UNFINISHED -> {
                // The rest of it is read next.
            }
        }
    }

    private void authenticated() {
        if (auth.hadLine()) {
            lines.trustFirstLine();
        }
        auth.user().rate().ifPresent(rate::limitTo);
        admit();
        for (ByteBuf read = auth.nextKept(); read != null; read = auth.nextKept()) {
            pass(read);
        }
    }

    private void greet(ByteBuf read) {
        switch (greeting.take(read, auth == null ? null : auth.user())) {
            case COMPLETE -> become(CLAIMING, "the session line is complete");
            case BAD -> end(CloseReason.BAD_SESSION);
            case UNFINISHED -> {
                // The rest of it is read next.
            }
        }
    }

    private void take(ByteBuf read) {
        if (rate.isClosed()) {
            rate.hold(read);
            throttle();
        } else {
            takeNow(read);
        }
    }

    private void takeNow(ByteBuf read) {
        rate.taken(read.readableBytes());
        CloseReason refusal = lines.take(read, feed);
        if (refusal != null) {
            end(refusal);
        } else if (feed.waitsForRoom()) {
            pause();
        }
    }

    private void pause() {
        if (state == STREAMING || state == THROTTLED) {
            become(PAUSED, "the journal has no room");
        }
        awaitRoom();
    }

    private void awaitRoom() {
        if (!awaitsRoom) {
            awaitsRoom = true;
            loop.room().await(this);
        }
    }

    private void concludeOnceSettled() {
        if (state == SETTLING && feed.settled()) {
            conclude();
        }
    }

    /** Everything is counted: gives back all but the socket, and begins to tell a client, or closes. */
    private void conclude() {
        lines.drop();
        rate.drop();
        greeting.drop();
        idle.stop();
        if (feed != null && feed.stream().kept()) {
            context.sessions().release(feed.stream(), feed.durable());
        }
        if (ending.isRefusal() || ending.equals(CloseReason.LOST)) {
            counters().refused();
        }
        if (auth != null) {
            auth.end(ending, name);
        }
        if (ending.equals(CloseReason.LOST)
                && resets.isReset()
                && acks.hasAnswered()
                && !feed.stream().kept()) {
            context.unread().reset();
        }
        if (context.connects()) {
            // A server that is read from is told nothing.
            farewell.close();
            close();
        } else if (channel.isActive()) {
            become(TELLING, ending);
            tell();
        } else {
            close();
        }
    }

    private void tell() {
        long durable = feed == null ? durableElsewhere : feed.durable();
        farewell.closeWithin(loop.lingerMillis());
        if (feed != null && !acks.write(durable)) {
            return;
        }
        ByteBuf last = acks.lastWord(durable, ending, feed != null);
        become(LINGERING, "the last answer is written");
        farewell.say(last, this::linger);
    }

    private void linger() {
        farewell.closeWithin(loop.lingerMillis());
        readOn();
    }

    private void close() {
        become(CLOSED, ending);
        farewell.closed();
        loop.closed(this);
        onClosed.accept(ending);
    }

    /**
     * Whether silence is that of the other end: neither does the journal hold it up nor does it wait for an
     * acknowledgement.
     */
    private boolean isAwaitingClient() {
        return state == AUTHENTICATING || state == GREETING || (state == STREAMING && feed.settled());
    }

    /** Has {@link #progress()} called soon. */
    void wake() {
        loop.acknowledger().wake(this);
    }

    private void become(ConnectionState next, Object reason) {
        log.debug("{} {}: {} -> {}, {}", context.source(), name, state, next, reason);
        state = next;
    }
}

package io.decant.ingest.admin;

import io.decant.ingest.admin.AdminRequest.BadRequest;
import io.decant.ingest.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the admin port. It is served one request at a time: the next is not read, nor taken out of what was read,
 * before the answer to the one before is written. What a client sends or leaves unread costs no more memory than one
 * request and one answer. Owned by the event loop.
 */
final class AdminConnection extends ChannelInboundHandlerAdapter {

    /** Bytes that are read at a time. */
    static final int READ_BYTES_MAX = 4 << 10;

    private static final int LINE_BYTES_MAX = 4 << 10;
    private static final int HEADER_BYTES_MAX = 8 << 10;
    private static final int BODY_BYTES_MAX = 4 << 10;
    /** Bytes of an answer that are handed to the socket at a time. */
    private static final int WRITE_BYTES_MAX = 16 << 10;
    /** What a refused client may still send before its connection is reset. It is read and forgotten. */
    private static final int LINGER_BYTES_MAX = 2 << 20;

    /** How soon a client is expected to ask. */
    private static final long NEW_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(AdminConnection.class);

    /** What a connection is waiting for, and for how long it may. */
    private enum State {
        /** For the first byte of a request. */
        IDLE(60),
        /** For the rest of it, and for the handshake before the first. */
        READING(10),
        /** For the answer to be made. */
        ANSWERING(300),
        /** For the client to take more of it. */
        WRITING(10),
        /** For events, or for the client to take them: a heartbeat comes sooner than this. */
        STREAMING(30),
        /** For a refused client to read why. */
        LINGERING(2),
        CLOSED(0);

        private final long nanosMax;

        State(int secondsMax) {
            this.nanosMax = TimeUnit.SECONDS.toNanos(secondsMax);
        }
    }

    private final AdminRoutes routes;
    private final AdminConnections all;
    private final Optional<ServerTls> tls;
    private final Decoder decoder = new Decoder();
    private ChannelHandlerContext context;
    private AdminChannel channel;
    /** A client that connects has something to ask. */
    private State state = State.READING;

    private final long cameNanos = System.nanoTime();
    private long movedNanos = cameNanos;
    /** Whether anything has come from the client. */
    private boolean hasSpoken;

    /** Whether the decoder has handed out something since it was last asked. */
    private boolean decoded;

    private AdminRequest request;
    /** The page that was asked for last; null where none was. */
    private Runnable queued;

    private ByteArrayOutputStream body;
    /** Whether the last request was a HEAD. */
    private boolean headOnly;

    private Answer answer;
    /** Of {@code STREAMING}. */
    private EventStream stream;

    private int written;
    private boolean keepAlive;
    private int lingered;

    /** @param tls that has its handler before this one; empty: the connection is not encrypted */
    AdminConnection(AdminRoutes routes, AdminConnections all, Optional<ServerTls> tls) {
        this.routes = routes;
        this.all = all;
        this.tls = tls;
    }

    /** Hands out one piece of a request at a time, and keeps the rest. */
    private final class Decoder extends HttpRequestDecoder {
        Decoder() {
            super(new HttpDecoderConfig()
                    .setMaxInitialLineLength(LINE_BYTES_MAX)
                    .setMaxHeaderSize(HEADER_BYTES_MAX)
                    .setMaxChunkSize(READ_BYTES_MAX));
            setSingleDecode(true);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
            hasSpoken |= ((ByteBuf) bytes).isReadable();
            if (state == State.IDLE && ((ByteBuf) bytes).isReadable()) {
                enter(State.READING);
            }
            super.channelRead(ctx, bytes);
        }

        boolean hasMore() {
            return actualReadableBytes() > 0;
        }

        /** Hands out the next piece of what it has kept. */
        void goOn() {
            try {
                channelRead(context.pipeline().context(this), Unpooled.EMPTY_BUFFER);
            } catch (Exception e) {
                // As the pipeline does with what a handler throws.
                close(e.toString());
            }
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        channel = new AdminChannel((SocketChannel) ctx.channel());
        ctx.pipeline().addBefore(ctx.name(), "decoder", decoder);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (all.add(this)) {
            ctx.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close("the client closed the connection");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            tls.orElseThrow().handshakeFailed(channel.client(), handshake.cause());
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable e) {
        close(e.toString());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            decoded = true;
            if (state == State.LINGERING || state == State.STREAMING) {
                linger(message);
            } else if (isAwaitingInput()) {
                take(message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.LINGERING || state == State.STREAMING || (!decoded && isAwaitingInput())) {
            ctx.read();
        }
        decoded = false;
    }

    private boolean isAwaitingInput() {
        return state == State.IDLE || state == State.READING;
    }

    /** Reads on in what has come; then, in what comes. */
    private void readOn() {
        if (!isAwaitingInput()) {
            return;
        }
        if (decoder.hasMore()) {
            decoded = false;
            if (state == State.IDLE) {
                enter(State.READING);
            }
            decoder.goOn();
            if (decoded) {
                decoded = false;
                return;
            }
        }
        context.read();
    }

    private void take(Object message) {
        if (message instanceof HttpRequest head) {
            begin(head);
        }
        if (message instanceof HttpContent content && state == State.READING) {
            if (body.size() + content.content().readableBytes() > BODY_BYTES_MAX) {
                refuse(Answer.text(413, "the body is too large\n"));
                return;
            }
            append(content.content());
            if (message instanceof LastHttpContent) {
                ask();
                return;
            }
        }
        if (state == State.READING) {
            context.executor().execute(this::readOn);
        }
    }

    private void begin(HttpRequest head) {
        body = new ByteArrayOutputStream(0);
        headOnly = head.method().equals(HttpMethod.HEAD);
        DecoderResult result = head.decoderResult();
        if (result.isFailure()) {
            refuse(malformed(result.cause()));
            return;
        }
        try {
            request = AdminRequest.of(head, channel.peer(), routes.basePath());
        } catch (BadRequest e) {
            refuse(Answer.text(400, e.getMessage() + "\n"));
        }
    }

    private static Answer malformed(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Answer.text(414, "the path is too long\n");
        }
        return cause instanceof TooLongFrameException
                ? Answer.text(431, "the header is too large\n")
                : Answer.text(400, "not HTTP\n");
    }

    private void append(ByteBuf content) {
        try {
            content.readBytes(body, content.readableBytes());
        } catch (IOException e) {
            throw new IllegalStateException("no I/O takes part", e);
        }
    }

    /** Probes, and what is there already, are answered immediately, before all pages that others wait for. */
    private void ask() {
        enter(State.ANSWERING);
        AdminRequest asked = request;
        String text = body.toString(StandardCharsets.UTF_8);
        if (routes.isReady(asked)) {
            answer(asked, text);
        } else {
            queued = all.queue(() -> answer(asked, text));
        }
    }

    private void answer(AdminRequest asked, String text) {
        var unused = routes.answer(asked, text)
                .thenAccept(made -> context.executor().execute(() -> reply(made, asked.keepAlive())));
    }

    /** Answers what was not read to its end; nothing more is read of it. */
    private void refuse(Answer refusal) {
        reply(refusal, false);
    }

    private void reply(Answer made, boolean goesOn) {
        if (state == State.CLOSED) {
            return;
        }
        if (made.events() != null && !headOnly) {
            stream(made);
            return;
        }
        answer = all.reserve(made.body().length) ? made : all.reserved(Answer.text(503, "busy\n"));
        body = null;
        // The answer to a HEAD has the header of the answer to a GET, and no body.
        written = headOnly ? answer.body().length : 0;
        keepAlive = goesOn && made.events() == null;
        enter(State.WRITING);
        var unused = context.write(Unpooled.wrappedBuffer(answer.head(keepAlive)));
        writeOn();
    }

    /** Sends events for as long as the client takes them. What it sends meanwhile is read to see it leave. */
    private void stream(Answer made) {
        Runnable moved = () -> movedNanos = System.nanoTime();
        stream = new EventStream(context, all.readers(), made.events().live(), moved, this::close);
        if (!all.readers().add(stream)) {
            stream = null;
            reply(Answer.text(503, "too many readers of events\n"), false);
            return;
        }
        enter(State.STREAMING);
        context.pipeline().remove(decoder);
        var unused = context.write(Unpooled.wrappedBuffer(made.head(false)));
        stream.begin(made.events().lastId());
        context.read();
    }

    private void writeOn() {
        int bytes = Math.min(WRITE_BYTES_MAX, answer.body().length - written);
        context.writeAndFlush(Unpooled.wrappedBuffer(answer.body(), written, bytes))
                .addListener((ChannelFuture piece) -> {
                    if (state != State.WRITING) {
                        return;
                    }
                    if (!piece.isSuccess()) {
                        close("the answer cannot be written: " + piece.cause());
                        return;
                    }
                    movedNanos = System.nanoTime();
                    written += bytes;
                    // Not from here: a socket that takes everything would make the stack as deep as the answer is long.
                    context.executor().execute(written < answer.body().length ? this::writeOnIfOpen : this::answered);
                });
    }

    private void writeOnIfOpen() {
        if (state == State.WRITING) {
            writeOn();
        }
    }

    private void answered() {
        if (state != State.WRITING) {
            return;
        }
        release();
        if (keepAlive) {
            enter(State.IDLE);
            readOn();
        } else {
            // To close with input unread would reset the connection, and the client might never see the answer.
            enter(State.LINGERING);
            context.pipeline().remove(decoder);
            channel.endOutput(context::read);
        }
    }

    private void linger(Object message) {
        lingered += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        if (lingered > LINGER_BYTES_MAX) {
            close("the client keeps sending");
        }
    }

    /** Whether it has waited for longer than it may. */
    boolean isOverdue(long nowNanos) {
        return nowNanos - movedNanos > state.nanosMax;
    }

    /** Whether it has just come and not had the time to ask. */
    boolean isNew(long nowNanos) {
        return !hasSpoken && nowNanos - cameNanos < NEW_NANOS_MAX;
    }

    /** Whether an answer is being made, which others wait for, or goes on for as long as there are events. */
    boolean isAnswering() {
        return state == State.ANSWERING || state == State.STREAMING;
    }

    /** Closes it because it has waited for longer than it may. */
    void closeOverdue() {
        if (stream != null) {
            all.readers().cutOff();
        }
        close("idle for too long");
    }

    long movedNanos() {
        return movedNanos;
    }

    void close(String why) {
        if (state == State.CLOSED) {
            return;
        }
        log.debug("admin: {} is closed: {}", context.channel().remoteAddress(), why);
        if (stream != null) {
            stream.over();
        }
        enter(State.CLOSED);
        release();
        all.remove(this, queued);
        channel.close();
    }

    private void release() {
        if (answer != null) {
            all.release(answer.body().length);
            answer = null;
        }
    }

    private void enter(State next) {
        log.trace("admin: {}: {} -> {}", context.channel().remoteAddress(), state, next);
        state = next;
        movedNanos = System.nanoTime();
    }
}

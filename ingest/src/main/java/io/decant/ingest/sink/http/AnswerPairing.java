package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Outcome;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a request is answered by its own final answer: stands in a connection between Netty's codec and
 * Vert.x, which would take an interim answer that it does not know for the final one, and then each answer for the one
 * before it.
 *
 * <ul>
 *   <li>Interim answers (1xx) are passed over, up to {@link #INTERIM_BYTES_MAX} for one request. 101 is a failure.
 *   <li>A success that begins before the request is sent whole is a failure: the receiver cannot have the part. Any
 *       other early answer counts, and is the last of its connection.
 *   <li>The end of an answer is held back until all that was read together with it is decoded. Where more bytes follow,
 *       the answer is the last of its connection. Where they are another final answer, neither counts.
 *   <li>Bytes that come while no request is under way close the connection.
 * </ul>
 *
 * A failure reaches the {@link VertxExchange} as an {@link AnswerException}. One request at a time is under way: there
 * is no pipelining. What cannot be detected is an extra answer that arrives after the next request was sent.
 *
 * <pre>
 *   IDLE --> REQUESTED --> ANSWERING --> ANSWERED --> IDLE
 *     |          |             |             |
 *     +----------+-------------+-------------+------> CLOSED
 * </pre>
 *
 * Lives on the transport's event loop.
 */
final class AnswerPairing extends ChannelDuplexHandler {

    /** Status lines and headers of all interim answers to one request; more than that is a failure. */
    static final int INTERIM_BYTES_MAX = 1 << 20;

    private static final Logger log = LoggerFactory.getLogger(AnswerPairing.class);

    private static final String CODEC = "codec";
    private static final String VERTX = "handler";
    private static final String TOO_LARGE = " is larger than 64 KiB";

    private enum State {
        /** No request is under way. */
        IDLE,
        /** A request was begun, its final answer was not. */
        REQUESTED,
        /** The final answer's head was read, its end was not. */
        ANSWERING,
        /** The final answer's end was read, and is held back. */
        ANSWERED,
        /** Nothing more is taken from this connection. */
        CLOSED
    }

    private final AnswerDecoder decoder;
    private State state = State.IDLE;
    /** Done when the request under way is sent whole; null until its end is written. */
    private ChannelPromise sent;

    private long interimBytes;
    private HttpResponse head;
    private LastHttpContent end;

    private AnswerPairing(AnswerDecoder decoder) {
        this.decoder = decoder;
    }

    /** Into a connection that Vert.x has just made. */
    static void install(ChannelPipeline pipeline) {
        AnswerDecoder decoder = new AnswerDecoder();
        pipeline.replace(CODEC, CODEC, new CombinedChannelDuplexHandler<>(decoder, new HttpRequestEncoder()));
        pipeline.addBefore(VERTX, "pairing", new AnswerPairing(decoder));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpRequest) {
            if (state != State.IDLE) {
                ReferenceCountUtil.release(message);
                promise.tryFailure(
                        state == State.CLOSED
                                ? new ClosedChannelException()
                                : new IllegalStateException("a request on a connection where one is under way"));
                return;
            }
            sent = null;
            interimBytes = 0;
            state(ctx, State.REQUESTED);
        }
        ChannelPromise done = promise;
        if (message instanceof LastHttpContent) {
            done = promise.unvoid();
            sent = done;
        }
        ctx.write(message, done);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (state) {
            case IDLE -> {
                ReferenceCountUtil.release(message);
                unasked(ctx);
            }
            case REQUESTED -> begin(ctx, message);
            case ANSWERING -> goOn(ctx, (HttpContent) message);
            case ANSWERED -> behind(ctx, message);
            case CLOSED -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpResponse answer)) {
            // The end of an interim answer.
            ReferenceCountUtil.release(message);
            return;
        }
        Throwable broken = answer.decoderResult().cause();
        if (broken != null) {
            ReferenceCountUtil.release(answer);
            broken(ctx, answer, broken);
            return;
        }
        int status = answer.status().code();
        if (status / 100 == 1) {
            interim(ctx, answer);
        } else if (status / 100 == 2 && !sentWhole()) {
            ReferenceCountUtil.release(answer);
            fail(ctx, Outcome.Kind.UNUSABLE, status + " before the request was sent completely");
        } else {
            head = answer;
            if (!sentWhole() || !HttpUtil.isKeepAlive(answer)) {
                isLast();
            }
            state(ctx, State.ANSWERING);
            ctx.fireChannelRead(answer);
        }
    }

    private void interim(ChannelHandlerContext ctx, HttpResponse answer) {
        HttpMessageDecoderResult size = (HttpMessageDecoderResult) answer.decoderResult();
        interimBytes += size.totalSize();
        ReferenceCountUtil.release(answer);
        if (answer.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            fail(ctx, Outcome.Kind.UNUSABLE, "101, a change of protocol that was not requested");
        } else if (interimBytes > INTERIM_BYTES_MAX) {
            fail(ctx, Outcome.Kind.UNUSABLE, "more than 1 MiB of interim answers (1xx) and no final one");
        }
    }

    private void broken(ChannelHandlerContext ctx, HttpResponse answer, Throwable broken) {
        boolean tooLarge = broken instanceof TooLongHttpHeaderException;
        boolean tooLong =
                broken instanceof TooLongHttpLineException && answer.status().code() < 600;
        if (!tooLarge && !tooLong) {
            fail(ctx, kind(broken), describe(broken));
        } else if (successOrInterim(answer)) {
            fail(
                    ctx,
                    Outcome.Kind.HEAD_TOO_LARGE,
                    answer.status().code() + ", and " + (tooLong ? "the status line" : "the header of the answer")
                            + TOO_LARGE);
        } else {
            // The status says all there is to be known; Vert.x must not see what is wrong with the rest.
            head = new DefaultHttpResponse(answer.protocolVersion(), answer.status(), answer.headers());
            isLast();
            end = LastHttpContent.EMPTY_LAST_CONTENT;
            state(ctx, State.ANSWERED);
            ctx.fireChannelRead(head);
        }
    }

    private void goOn(ChannelHandlerContext ctx, HttpContent content) {
        Throwable broken = content.decoderResult().cause();
        if (broken == null) {
            if (content instanceof LastHttpContent last) {
                end = last;
                state(ctx, State.ANSWERED);
            } else {
                ctx.fireChannelRead(content);
            }
            return;
        }
        ReferenceCountUtil.release(content);
        if (!(broken instanceof TooLongHttpHeaderException)) {
            fail(ctx, kind(broken), describe(broken));
        } else if (successOrInterim(head)) {
            fail(
                    ctx,
                    Outcome.Kind.HEAD_TOO_LARGE,
                    head.status().code() + ", and the header of the answer, with its trailers," + TOO_LARGE);
        } else {
            isLast();
            end = LastHttpContent.EMPTY_LAST_CONTENT;
            state(ctx, State.ANSWERED);
        }
    }

    /** Something follows an answer. */
    private void behind(ChannelHandlerContext ctx, Object message) {
        boolean another = message instanceof HttpResponse answer
                && answer.decoderResult().isSuccess()
                && answer.status().code() / 100 != 1;
        ReferenceCountUtil.release(message);
        if (another) {
            twoAnswers(ctx);
        } else {
            isLast();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.IDLE && decoder.hasUnread()) {
            unasked(ctx);
        } else if (state == State.ANSWERED && decoder.hasUnread()) {
            if (decoder.unreadBeginsAnswer()) {
                twoAnswers(ctx);
            } else {
                isLast();
            }
        }
        if (state == State.ANSWERED) {
            LastHttpContent last = end;
            end = null;
            state(ctx, HttpUtil.isKeepAlive(head) ? State.IDLE : State.CLOSED);
            head = null;
            // Vert.x may send the next request from within this call.
            ctx.fireChannelRead(last);
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        letGo();
        state(ctx, State.CLOSED);
        ctx.fireChannelInactive();
    }

    private boolean sentWhole() {
        return sent != null && sent.isSuccess();
    }

    private static boolean successOrInterim(HttpResponse answer) {
        return answer.status().code() < 300;
    }

    /** Vert.x closes the connection when this answer ends, and gives it to no other request. */
    private void isLast() {
        head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }

    private void twoAnswers(ChannelHandlerContext ctx) {
        fail(ctx, Outcome.Kind.UNUSABLE, "two answers to one request");
    }

    /** Through the whole pipeline, so that Vert.x takes the connection out of its pool immediately. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing is left to be done for a connection that is closed
    private void unasked(ChannelHandlerContext ctx) {
        log.debug(
                "connection to {}: closed, since bytes came without a request",
                ctx.channel().remoteAddress());
        state(ctx, State.CLOSED);
        ctx.channel().close();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nothing is left to be done for a connection that is closed
    private void fail(ChannelHandlerContext ctx, Outcome.Kind kind, String message) {
        letGo();
        state(ctx, State.CLOSED);
        ctx.fireExceptionCaught(new AnswerException(kind, message));
        ctx.close();
    }

    private void letGo() {
        head = null;
        if (end != null) {
            ReferenceCountUtil.release(end);
            end = null;
        }
    }

    private static Outcome.Kind kind(Throwable broken) {
        return broken instanceof PrematureChannelClosureException ? Outcome.Kind.RESET : Outcome.Kind.PROTOCOL;
    }

    private static String describe(Throwable broken) {
        if (broken instanceof TooLongHttpLineException) {
            return "a line" + TOO_LARGE;
        }
        // Netty throws a bare NumberFormatException where a chunk has no size.
        return broken.getMessage() == null ? "the size of a chunk cannot be read" : broken.getMessage();
    }

    private void state(ChannelHandlerContext ctx, State next) {
        log.trace("connection to {}: {} -> {}", ctx.channel().remoteAddress(), state, next);
        state = next;
    }
}

package io.decant.ingest.sink;

import io.netty.buffer.ByteBuf;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One request and its answer, from the wait for a connection to the answer's last byte. Lives on the transport's event
 * loop alone.
 *
 * <p>Vert.x wraps the body so that Netty cannot release it; it is released here, once its write has ended one way or
 * the other. For that to come soon, a connection whose request was given up is closed at once: Vert.x's own close waits
 * until everything is written, which a peer that has stopped reading can put off for ever.
 */
final class VertxExchange {

    private static final long NO_TIMER = -1;

    private final ByteBuf body;
    private final PartRequest part;
    private final Consumer<Outcome> completion;
    private final Consumer<VertxExchange> onSettled;
    private ContextInternal context;
    private HostAndPort authority;
    private HttpClientRequest request;
    private HttpClientResponse response;
    private long timer = NO_TIMER;
    private AnswerBody answerBody;
    private boolean writing;
    private boolean written;
    private boolean settled;
    private boolean unreached;

    /** @param onSettled called once, just before the completion */
    VertxExchange(PartRequest part, Consumer<Outcome> completion, Consumer<VertxExchange> onSettled) {
        this.part = part;
        this.body = part.body();
        this.completion = completion;
        this.onSettled = onSettled;
    }

    /**
     * @param target where the request goes
     * @param host what it says in {@code Host}
     */
    void start(ContextInternal on, HttpClient client, RequestOptions target, HostAndPort host, long timeoutMillis) {
        context = on;
        authority = host;
        timer = on.setTimer(
                timeoutMillis,
                fired -> giveUp(Outcome.Kind.TIMEOUT, "no whole answer within " + timeoutMillis + " ms"));
        try {
            client.request(target).onComplete(this::connected, this::failed);
        } catch (RuntimeException e) {
            // Vert.x throws what it cannot make of a host, and fails the future with all else.
            failed(e);
        }
    }

    private void connected(HttpClientRequest obtained) {
        if (settled) {
            // Nothing was written on it: this gives the connection back to the pool.
            obtained.reset();
            return;
        }
        request = obtained;
        obtained.exceptionHandler(this::failed);
        obtained.response().onComplete(this::answered, this::failed);
        obtained.authority(authority);
        part.headers().forEach(obtained::putHeader);
        writing = true;
        obtained.end(BufferInternal.buffer(body)).onComplete(this::bodyEnded);
    }

    private void bodyEnded(AsyncResult<Void> result) {
        written = true;
        body.release();
        if (result.failed()) {
            failed(result.cause());
        }
    }

    private void answered(HttpClientResponse answer) {
        response = answer;
        answer.exceptionHandler(this::failed);
        answer.handler(this::answerChunk);
        List<String> codings = new ArrayList<>(answer.headers().getAll(HttpHeaders.CONTENT_ENCODING));
        codings.addAll(answer.headers().getAll(HttpHeaders.TRANSFER_ENCODING));
        answerBody = new AnswerBody(answer.statusCode(), codings);
        answer.endHandler(end -> {
            if (!settled) {
                settle(answerBody.end(retryAfter()));
            }
            if (!written) {
                // The receiver did not wait for the whole body: what is left of it must not stand before a next
                // request.
                closeConnection();
            }
        });
    }

    private void answerChunk(Buffer chunk) {
        if (!settled && !answerBody.feed(chunk.getBytes())) {
            settle(answerBody.cut(retryAfter()));
            closeConnection();
        }
    }

    private String retryAfter() {
        String value = response.getHeader(HttpHeaders.RETRY_AFTER);
        return value == null ? "" : value;
    }

    private void failed(Throwable cause) {
        if (!settled) {
            Outcome.Failed failure = TransportFailure.of(cause);
            giveUp(failure.kind(), failure.message());
        }
    }

    /** Ends the exchange without an answer, wherever it stands. */
    void giveUp(Outcome.Kind kind, String message) {
        if (!settled) {
            unreached = request == null && (kind == Outcome.Kind.CONNECT || kind == Outcome.Kind.TIMEOUT);
            settle(new Outcome.Failed(kind, message));
            closeConnection();
        }
    }

    /** Whether it ended because there was no connection for it. */
    boolean unreached() {
        return unreached;
    }

    private void settle(Outcome outcome) {
        if (settled) {
            return;
        }
        settled = true;
        if (timer != NO_TIMER) {
            context.owner().cancelTimer(timer);
        }
        if (!writing) {
            body.release();
        }
        if (answerBody != null) {
            answerBody.close();
        }
        onSettled.accept(this);
        completion.accept(outcome);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nothing is left to be done for a connection that is closed
    private void closeConnection() {
        if (request != null) {
            ((HttpClientConnection) request.connection())
                    .channelHandlerContext()
                    .close();
        }
    }
}

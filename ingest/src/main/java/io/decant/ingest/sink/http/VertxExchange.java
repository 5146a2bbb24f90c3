package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Outcome;
import io.netty.buffer.ByteBuf;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One request and its answer, from the wait for a connection to the answer's last byte. Lives on the transport's event
 * loop alone.
 *
 * <p>Vert.x wraps the body so that Netty cannot release it; it is released here, once its write has ended one way or
 * the other. The web client does not say when that is, so {@link #intercept} writes the request in its place. For the
 * end of the write to come soon, a connection whose request was abandoned is closed immediately: Vert.x's own close
 * waits until everything is written, which a peer that has stopped reading can delay forever.
 */
final class VertxExchange implements BodyCodec<Void>, BodyStream<Void> {

    private static final long NO_TIMER = -1;

    private final ByteBuf body;
    private final PartRequest part;
    private final Consumer<Outcome> completion;
    private final Consumer<VertxExchange> onSettled;
    private final Promise<Void> read = Promise.promise();
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
     * @param target where the request goes, and by which method; the part may have a path of its own
     * @param host what it says in {@code Host}
     */
    void start(ContextInternal on, WebClient client, RequestOptions target, HostAndPort host, long timeoutMillis) {
        context = on;
        authority = host;
        timer = on.setTimer(
                timeoutMillis,
                fired -> giveUp(Outcome.Kind.TIMEOUT, "no complete answer within " + timeoutMillis + " ms"));
        try {
            HttpRequest<Void> asked = client.request(target).as(this);
            if (!part.uri().isEmpty()) {
                asked.uri(part.uri());
            }
            part.headers().forEach(asked::putHeader);
            asked.send().onComplete(this::answered, this::failed);
        } catch (RuntimeException e) {
            // Vert.x throws what it cannot make of a host, and fails the future with all else.
            failed(e);
        }
    }

    /** What the web client does with a request of this class in each of its phases. */
    static void intercept(HttpContext<?> of) {
        VertxExchange exchange = (VertxExchange) of.request().bodyCodec();
        switch (of.phase()) {
            case SEND_REQUEST -> exchange.connected(of);
            case RECEIVE_RESPONSE -> {
                exchange.answering(of.clientResponse());
                of.next();
            }
            default -> of.next();
        }
    }

    private void connected(HttpContext<?> of) {
        HttpClientRequest obtained = of.clientRequest();
        if (settled) {
            // Nothing was written on it: this gives the connection back to the pool.
            obtained.reset();
            return;
        }
        request = obtained;
        obtained.exceptionHandler(this::failed);
        obtained.response().onComplete(answer -> of.receiveResponse(answer.pause()), this::failed);
        obtained.authority(authority);
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

    private void answering(HttpClientResponse answer) {
        response = answer;
        List<String> codings = new ArrayList<>(answer.headers().getAll(HttpHeaders.CONTENT_ENCODING));
        codings.addAll(answer.headers().getAll(HttpHeaders.TRANSFER_ENCODING));
        answerBody = new AnswerBody(answer.statusCode(), codings);
        if (settled) {
            answerBody.close();
        }
    }

    @Override
    public BodyStream<Void> stream() {
        return this;
    }

    @Override
    public Future<Void> write(Buffer piece) {
        if (!settled && !answerBody.feed(piece.getBytes())) {
            settle(answerBody.cut(retryAfter()));
            closeConnection();
        }
        return Future.succeededFuture();
    }

    /** Called where the answer breaks off as well: only {@link #answered} says that it is whole. */
    @Override
    public Future<Void> end() {
        read.tryComplete();
        return read.future();
    }

    @Override
    public Future<Void> result() {
        return read.future();
    }

    private void answered(HttpResponse<Void> whole) {
        if (!settled) {
            settle(answerBody.end(retryAfter()));
        }
        if (!written) {
            // The receiver did not wait for the whole body: what is left of it must not stand before a next request.
            closeConnection();
        }
    }

    @Override
    public void handle(Throwable failure) {
        failed(failure);
    }

    @Override
    public BodyStream<Void> exceptionHandler(Handler<Throwable> handler) {
        return this;
    }

    @Override
    public BodyStream<Void> setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public BodyStream<Void> drainHandler(Handler<Void> handler) {
        return this;
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

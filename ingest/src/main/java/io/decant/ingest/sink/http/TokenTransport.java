package io.decant.ingest.sink.http;

import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.tls.ServerTls;
import io.vertx.core.internal.ContextInternal;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Puts an access token into each request of another transport. A 401 to a token that was good before is no outage: the
 * request goes again under a new one. Safe from any thread.
 */
final class TokenTransport implements HttpTransport {

    private static final int UNAUTHORIZED = 401;
    private static final String RENEWED = "the receiver no longer takes the access token; another one is asked for";

    private final ContextInternal context;
    private final HttpTransport transport;
    private final TokenKeeper keeper;

    /**
     * @param context of an event loop, which the keeper belongs to
     * @param transport closed with this
     */
    TokenTransport(ContextInternal context, HttpTransport transport, TokenKeeper keeper) {
        this.context = context;
        this.transport = transport;
        this.keeper = keeper;
    }

    @Override
    public void post(PartRequest request, Consumer<Outcome> completion) {
        run(
                () -> keeper.ask(token -> send(request, token, completion), refused -> {
                    request.body().release();
                    completion.accept(refused);
                }),
                () -> {
                    request.body().release();
                    completion.accept(new Outcome.Failed(Outcome.Kind.CLOSED, "the event loop is closed"));
                });
    }

    private void send(PartRequest request, AccessToken token, Consumer<Outcome> completion) {
        transport.post(
                request.with(SetHeaders.AUTHORIZATION, "Bearer " + token.value()),
                outcome -> run(() -> completion.accept(judged(outcome, token)), () -> completion.accept(outcome)));
    }

    private Outcome judged(Outcome outcome, AccessToken token) {
        if (!(outcome instanceof Outcome.Answered answer)) {
            return outcome;
        }
        if (answer.status() != UNAUTHORIZED) {
            keeper.accepted(token);
            return outcome;
        }
        return keeper.refused(token) ? new Outcome.Judged(AnswerClass.AGAIN, "status 401", RENEWED) : outcome;
    }

    /** @param otherwise in its place where the event loop has ended */
    private void run(Runnable task, Runnable otherwise) {
        try {
            context.runOnContext(ready -> task.run());
        } catch (RejectedExecutionException e) {
            otherwise.run();
        }
    }

    @Override
    public String redact(String text) {
        return keeper.redact(transport.redact(text));
    }

    @Override
    public Optional<ServerTls.Status> tls() {
        return transport.tls();
    }

    @Override
    public void close() {
        run(keeper::close, () -> {});
        transport.close();
    }
}

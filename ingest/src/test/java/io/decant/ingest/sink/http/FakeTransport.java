package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Outcome;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Keeps requests until the test says what becomes of them. */
final class FakeTransport implements HttpTransport {

    /** A request that was sent. */
    static final class Sent {

        private final String uri;
        private final Map<String, String> headers;
        private final String text;
        private final ByteBuf body;
        private final Consumer<Outcome> completion;

        Sent(PartRequest request, Consumer<Outcome> completion) {
            this.uri = request.uri();
            this.headers = request.headers();
            this.body = request.body();
            this.text = body.toString(StandardCharsets.ISO_8859_1);
            this.completion = completion;
        }

        /** Empty: that of the settings. */
        String uri() {
            return uri;
        }

        Map<String, String> headers() {
            return headers;
        }

        String text() {
            return text;
        }

        String key() {
            return headers.get("Idempotency-Key");
        }

        int bucket() {
            return Integer.parseInt(headers.get("Decant-Bucket"));
        }

        long first() {
            return Long.parseLong(headers.get("Decant-First"));
        }

        long end() {
            return first() + Long.parseLong(headers.get("Decant-Records"));
        }

        @Override
        public String toString() {
            return key();
        }
    }

    private final List<Sent> underWay = new ArrayList<>();
    private final List<Sent> all = new ArrayList<>();
    private boolean closed;

    @Override
    public void post(PartRequest request, Consumer<Outcome> completion) {
        Sent sent = new Sent(request, completion);
        underWay.add(sent);
        all.add(sent);
    }

    List<Sent> underWay() {
        return underWay;
    }

    /** Every request so far. */
    List<Sent> all() {
        return all;
    }

    boolean closed() {
        return closed;
    }

    void end(Sent sent, Outcome outcome) {
        if (!underWay.remove(sent)) {
            throw new IllegalStateException(sent + " is not under way");
        }
        sent.body.release();
        sent.completion.accept(outcome);
    }

    /** Ends the oldest request under way by a status. */
    void answer(int status) {
        end(underWay.get(0), new Outcome.Answered(status, "", ""));
    }

    @Override
    public void close() {
        closed = true;
    }
}

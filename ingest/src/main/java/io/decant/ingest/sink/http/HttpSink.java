package io.decant.ingest.sink.http;

import io.decant.config.HttpSinkSettings;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Part;
import io.decant.ingest.sink.PartSender;
import io.decant.ingest.sink.PartSink;
import io.decant.ingest.sink.body.PartBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Delivers buckets by HTTP: each part of a bucket is the body of one POST. */
public final class HttpSink extends PartSink {

    /**
     * @param name the sink's name in the settings, as it stands in idempotency keys
     * @param transport to the settings' URL; closed with the sink
     * @param allocator of the bodies, which are direct buffers
     * @param clock what dates in {@code Retry-After} are compared with, and the time of signatures
     * @param wakeUp run on the transport's thread whenever an answer came
     */
    public HttpSink(
            String name,
            HttpSinkSettings settings,
            HttpTransport transport,
            ByteBufAllocator allocator,
            RandomGenerator random,
            InstantSource clock,
            Runnable wakeUp) {
        super(
                name,
                HttpSink.class,
                new Limits(settings.concurrency(), settings.retryMaxDelay(), settings.refusedInARow()),
                new Sender(name, settings, transport, new RequestCoding(settings, allocator, clock)),
                allocator,
                random,
                clock,
                wakeUp);
    }

    /** Puts the headers before the body. */
    private static final class Sender implements PartSender {
        private final String sink;
        private final String contentType;
        private final SetHeaders setHeaders;
        private final HttpTransport transport;
        private final RequestCoding coding;
        private PartHeaders headers;

        Sender(String sink, HttpSinkSettings settings, HttpTransport transport, RequestCoding coding) {
            this.sink = sink;
            this.contentType = settings.contentType();
            this.setHeaders = new SetHeaders(settings);
            this.transport = Objects.requireNonNull(transport, "transport");
            this.coding = coding;
        }

        @Override
        public void begin(OpenBatch batch, SinkShape shape, PartBody body) {
            headers =
                    new PartHeaders(batch, sink, contentType.isEmpty() ? body.contentType() : contentType, setHeaders);
        }

        @Override
        public void send(Part part, ByteBuf content, Consumer<Outcome> completion) {
            int bytes = content.readableBytes();
            transport.post(
                    coding.request(headers.of(part.bucket(), part.carriedFirst(), part.carried(), bytes), content),
                    completion);
        }

        @Override
        public String redact(String text) {
            return setHeaders.redact(text);
        }

        @Override
        public void close() {
            transport.close();
        }
    }
}

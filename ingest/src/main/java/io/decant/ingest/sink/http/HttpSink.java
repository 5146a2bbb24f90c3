package io.decant.ingest.sink.http;

import io.decant.bucketer.RecordKey;
import io.decant.config.HttpSinkSettings;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Part;
import io.decant.ingest.sink.PartSender;
import io.decant.ingest.sink.PartSink;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.sink.body.PartBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Delivers buckets by HTTP: each part of a bucket is the body of one request. */
public final class HttpSink extends PartSink {

    private final HttpTransport transport;

    /**
     * @param name the sink's name in the settings, as it stands in idempotency keys
     * @param transport to the settings' URL; closed with the sink
     * @param allocator of the bodies, which are direct buffers
     * @param clock what dates in {@code Retry-After} are compared with, and the time of signatures
     * @param wakeUp run on the transport's thread whenever an answer came
     * @param builders help with bodies
     */
    public HttpSink(
            String name,
            HttpSinkSettings settings,
            HttpTransport transport,
            ByteBufAllocator allocator,
            RandomGenerator random,
            InstantSource clock,
            Runnable wakeUp,
            BuilderThreads builders) {
        super(
                name,
                HttpSink.class,
                new Limits(settings.concurrency(), settings.retryMaxDelay(), settings.refusedInARow()),
                new Sender(name, settings, transport, new RequestCoding(settings, allocator, clock)),
                allocator,
                random,
                clock,
                wakeUp,
                builders);
        this.transport = transport;
    }

    @Override
    public SinkStatus status() {
        return super.status().with(transport.tls());
    }

    /** Puts the headers before the body, and says where it goes. */
    private static final class Sender implements PartSender {
        private static final String CUT_WITHOUT_KEY =
                "the batch was cut before max-records was 1, or its records have no"
                        + " single key; remove {key} from the url until it is delivered";

        private final String sink;
        private final String contentType;
        private final SetHeaders setHeaders;
        private final HttpTransport transport;
        private final RequestCoding coding;
        private final StatusRules statuses;
        private final UrlTemplate url;
        private PartHeaders headers;
        private long batch;
        /** Null where the URL has none, or the records of the batch have no single key. */
        private RecordKey key;

        Sender(String sink, HttpSinkSettings settings, HttpTransport transport, RequestCoding coding) {
            this.sink = sink;
            this.contentType = settings.contentType();
            this.setHeaders = new SetHeaders(settings);
            this.transport = Objects.requireNonNull(transport, "transport");
            this.coding = coding;
            this.statuses = new StatusRules(settings.retryOn(), settings.refuseOn());
            this.url = new UrlTemplate(settings);
        }

        @Override
        public void begin(OpenBatch next, SinkShape shape, PartBody body) {
            headers = new PartHeaders(next, sink, contentType.isEmpty() ? body.contentType() : contentType, setHeaders);
            batch = next.cut().batch();
            closeKey();
            // A batch keeps what it was cut with, whatever the settings say by now.
            boolean hasKeys = shape.maxRecords() == 1
                    && !shape.format().equals(SinkShape.COUNTS)
                    && !next.keying().key().isSeveral();
            key = url.hasKey() && hasKeys ? RecordKey.of(next.buckets(), next.keying()) : null;
        }

        @Override
        public ReadyPart prepare(Part part, ByteBuf content) {
            int bytes = content.readableBytes();
            PartRequest request =
                    coding.request(headers.of(part.bucket(), part.carriedFirst(), part.carried(), bytes), content);
            return new ReadyPart() {
                @Override
                public void send(Consumer<Outcome> completion) {
                    PartRequest located;
                    try {
                        located = located(part, request, completion);
                    } catch (RuntimeException | Error e) {
                        release();
                        throw e;
                    }
                    if (located == null) {
                        release();
                    } else {
                        transport.post(located, completion);
                    }
                }

                @Override
                public void release() {
                    request.body().release();
                }
            };
        }

        /**
         * The request at its URL, or null where it has none, which is told. On the lane's thread, whose the key is.
         */
        private PartRequest located(Part part, PartRequest request, Consumer<Outcome> completion) {
            String keyText = "";
            if (url.hasKey()) {
                if (key == null) {
                    completion.accept(new Outcome.Judged(AnswerClass.OUTAGE, "no key for the url", CUT_WITHOUT_KEY));
                    return null;
                }
                key.turnTo(part.bucket(), part.first());
                String problem = UrlTemplate.problem(key);
                if (!problem.isEmpty()) {
                    completion.accept(new Outcome.Judged(AnswerClass.REFUSED, "no key for the url", problem));
                    return null;
                }
                keyText = UrlTemplate.encoded(key);
            }
            return request.at(url.of(batch, part.bucket(), keyText));
        }

        @Override
        public AnswerClass classify(Outcome outcome) {
            return statuses.classify(outcome);
        }

        private void closeKey() {
            if (key != null) {
                key.close();
                key = null;
            }
        }

        @Override
        public String redact(String text) {
            return setHeaders.redact(transport.redact(text));
        }

        @Override
        public void close() {
            closeKey();
            transport.close();
        }
    }
}

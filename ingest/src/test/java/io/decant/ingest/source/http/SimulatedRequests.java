package io.decant.ingest.source.http;

import static io.decant.ingest.simulation.Happenings.Happening.BODIES_LOST;
import static io.decant.ingest.simulation.Happenings.Happening.HTTP_SESSIONS_REFUSED_AS_BUSY;
import static io.decant.ingest.simulation.Happenings.Happening.HTTP_SESSION_RECORDS_MISSING;
import static io.decant.ingest.simulation.Happenings.Happening.HTTP_SESSION_RECORDS_SENT_AGAIN;
import static io.decant.ingest.simulation.Happenings.Happening.KEYS_REFUSED_AS_BUSY;
import static io.decant.ingest.simulation.Happenings.Happening.KEYS_REFUSED_AS_REUSED;
import static io.decant.ingest.simulation.Happenings.Happening.REQUESTS_ANSWERED;
import static io.decant.ingest.simulation.Happenings.Happening.REQUESTS_ANSWERED_AGAIN;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.HttpBody;
import io.decant.config.HttpSourceSettings;
import io.decant.config.SourceSettings;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.simulation.Happenings;
import io.decant.ingest.simulation.KeyMode;
import io.decant.ingest.simulation.SimulatedInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Senders by HTTP, which send each request until it is answered: under an idempotency key, or in a session. Their
 * connections break in the middle of a body, they lose patience while the server is still at it, and they ask again
 * under a key that was answered already.
 *
 * <p>Each has a source of its own: a segment of the simulated disk is so small that the journal keeps one key of each.
 */
public final class SimulatedRequests implements SimulatedInput {

    private static final Duration RETAIN = Duration.ofDays(7);
    private static final int RECORDS_MAX = 150;
    private static final int BODY_RECORDS_MAX = 40;
    private static final int SENDERS_MAX = 3;

    private final Random random;
    private final Happenings happenings;
    private final List<Sender> senders = new ArrayList<>();

    /** @param mode of the records */
    public SimulatedRequests(Random random, KeyMode mode, Happenings happenings) {
        this.random = random;
        this.happenings = happenings;
        for (int i = 1 + random.nextInt(SENDERS_MAX); i > 0; i--) {
            String source = "http-" + i;
            List<String> records = new ArrayList<>();
            for (int r = 10 + random.nextInt(RECORDS_MAX); r > 0; r--) {
                String key = random.nextInt(3) == 0 ? "hot" : "http" + random.nextInt(20);
                records.add(mode.record(mode == KeyMode.RECORD ? "http" + key : key, source, records.size()));
            }
            senders.add(random.nextInt(3) > 0 ? new KeySender(source, records) : new SessionSender(source, records));
        }
    }

    @Override
    public Map<String, SourceSettings> sources() {
        Map<String, SourceSettings> sources = new LinkedHashMap<>();
        senders.forEach(sender -> sources.put(sender.source, settings()));
        return sources;
    }

    private static HttpSourceSettings settings() {
        return new HttpSourceSettings(
                new HostPort("127.0.0.1", 0),
                "/",
                HttpBody.LINES,
                new DataSize(1 << 10),
                new DataSize(64 << 10),
                100,
                Duration.ofSeconds(75),
                Duration.ofMinutes(1),
                RETAIN,
                1_000,
                RETAIN,
                List.of(),
                false,
                List.of(),
                Optional.empty(),
                Map.of());
    }

    @Override
    public void start(Pipeline pipeline, long nowMillis) {
        senders.forEach(sender -> sender.start(pipeline));
    }

    @Override
    public void stop() {
        senders.forEach(Sender::stop);
    }

    @Override
    public void sendSomething(long nowMillis) {
        Sender sender = senders.get(random.nextInt(senders.size()));
        sender.server.work(false);
        sender.work(nowMillis, false);
    }

    @Override
    public void sendAll(long nowMillis) {
        senders.forEach(sender -> {
            sender.server.work(true);
            sender.work(nowMillis, true);
        });
    }

    @Override
    public boolean isDone() {
        return senders.stream().allMatch(sender -> sender.acknowledged == sender.records.size());
    }

    @Override
    public List<String> records() {
        return senders.stream().flatMap(sender -> sender.records.stream()).toList();
    }

    /** One request at a time; what it sends next depends on the answer. */
    private abstract class Sender {

        final String source;
        final List<String> records;

        /** Records that the server said to have. */
        int acknowledged;

        RequestServer server;

        /** The request that it waits for; null: none. */
        RequestServer.Call call;

        /** What the body of that request has. */
        int from;

        int to;

        Sender(String source, List<String> records) {
            this.source = source;
            this.records = records;
        }

        void start(Pipeline pipeline) {
            server = new RequestServer(
                    source,
                    settings(),
                    pipeline.intake(),
                    pipeline.servedTime(),
                    pipeline.keptStreams(source),
                    random,
                    happenings);
        }

        void stop() {
            if (server != null) {
                server.stop();
            }
            call = null;
        }

        void work(long nowMillis, boolean isPatient) {
            if (call == null) {
                if (acknowledged < records.size()) {
                    send(nowMillis, isPatient);
                }
            } else if (call.isAnswered()) {
                RequestServer.Call answered = call;
                call = null;
                answered(answered, nowMillis, isPatient);
            } else if (!isPatient && random.nextInt(12) == 0) {
                // It gives up, and the server goes on.
                call = null;
            }
        }

        /** Sends what is to be sent now. */
        private void send(long nowMillis, boolean isPatient) {
            choose();
            if (!isPatient && random.nextInt(12) == 0) {
                happenings.count(BODIES_LOST);
                return;
            }
            call = post(from, to, nowMillis);
        }

        abstract void choose();

        abstract RequestServer.Call post(int bodyFrom, int bodyTo, long nowMillis);

        abstract void answered(RequestServer.Call answered, long nowMillis, boolean isPatient);

        List<String> body(int bodyFrom, int bodyTo) {
            return records.subList(bodyFrom, bodyTo);
        }

        AssertionError wrong(RequestServer.Call answered) {
            return new AssertionError(source + ": records " + from + " to " + to + " are answered " + answered.answer()
                    + ", next " + answered.next());
        }

        int some() {
            return Math.min(records.size() - acknowledged, 1 + random.nextInt(BODY_RECORDS_MAX));
        }
    }

    /** Each request has a key of its own. */
    private final class KeySender extends Sender {

        KeySender(String source, List<String> records) {
            super(source, records);
        }

        /** The same as before, until that is answered. */
        @Override
        void choose() {
            if (to <= acknowledged) {
                from = acknowledged;
                to = from + some();
            }
        }

        @Override
        RequestServer.Call post(int bodyFrom, int bodyTo, long nowMillis) {
            return server.post("k" + from, "", 0, body(bodyFrom, bodyTo), nowMillis);
        }

        @Override
        void start(Pipeline pipeline) {
            super.start(pipeline);
            if (to > 0 && to == acknowledged) {
                // The answer of before the crash holds.
                again(0);
            }
        }

        @Override
        void answered(RequestServer.Call answered, long nowMillis, boolean isPatient) {
            switch (answered.status()) {
                case 200 -> {
                    happenings.count(REQUESTS_ANSWERED);
                    acknowledged = to;
                    if (!isPatient && random.nextInt(3) == 0) {
                        again(nowMillis);
                    }
                }
                case 409 -> happenings.count(KEYS_REFUSED_AS_BUSY);
                case 503 -> {
                    // Later.
                }
                default -> throw wrong(answered);
            }
        }

        /** What was answered well is answered so again, at once, and nothing is written. */
        private void again(long nowMillis) {
            RequestServer.Call same = post(from, to, nowMillis);
            if (same.isAnswered() && same.status() == 503) {
                return;
            }
            if (!same.isAnswered() || same.status() != 200) {
                throw new AssertionError(source + ": records " + from + " to " + to + " are written again: "
                        + (same.isAnswered() ? same.answer() : "no answer yet"));
            }
            happenings.count(REQUESTS_ANSWERED_AGAIN);
            if (to - from > 1) {
                RequestServer.Call other = post(from, to - 1, nowMillis);
                if (!other.isAnswered() || (other.status() != 422 && other.status() != 503)) {
                    throw new AssertionError(source + ": another body is taken under the same key");
                }
                happenings.count(KEYS_REFUSED_AS_REUSED);
            }
        }
    }

    /** Each request says at which record of the session it begins. */
    private final class SessionSender extends Sender {

        SessionSender(String source, List<String> records) {
            super(source, records);
        }

        /** A little of what was answered, too, or something behind the next record, which is too early. */
        @Override
        void choose() {
            from = Math.max(0, acknowledged - random.nextInt(5));
            to = acknowledged + some();
            if (to < records.size() && random.nextInt(10) == 0) {
                from = to;
                to++;
            }
        }

        @Override
        RequestServer.Call post(int bodyFrom, int bodyTo, long nowMillis) {
            return server.post("", "s", bodyFrom, body(bodyFrom, bodyTo), nowMillis);
        }

        @Override
        void start(Pipeline pipeline) {
            super.start(pipeline);
            if (server.durableOfSession("s") < acknowledged) {
                throw new AssertionError(source + ": " + acknowledged + " records were acknowledged, but only "
                        + server.durableOfSession("s") + " are durable");
            }
        }

        @Override
        void answered(RequestServer.Call answered, long nowMillis, boolean isPatient) {
            switch (answered.status()) {
                case 200 -> {
                    happenings.count(REQUESTS_ANSWERED);
                    if (from < acknowledged) {
                        happenings.count(HTTP_SESSION_RECORDS_SENT_AGAIN);
                    }
                    if (answered.next() < to) {
                        throw wrong(answered);
                    }
                    acknowledged = Math.toIntExact(answered.next());
                }
                case 409 -> {
                    boolean missing = answered.answer().contains("records-missing");
                    happenings.count(missing ? HTTP_SESSION_RECORDS_MISSING : HTTP_SESSIONS_REFUSED_AS_BUSY);
                }
                case 503 -> {
                    // Later.
                }
                default -> throw wrong(answered);
            }
        }
    }
}

package io.decant.ingest.source.http;

import static io.decant.ingest.simulation.Happenings.Happening.REQUESTS_RESUMED_IN_THE_MIDDLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.config.HttpBody;
import io.decant.config.HttpSourceSettings;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.simulation.Happenings;
import io.decant.ingest.source.ConnectionShare;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.UnfinishedBudget;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One server's HTTP source right below its sockets: a request comes whole or not at all, and goes the way of an
 * {@link Exchange}, with the same claims, checks and blocks.
 */
final class RequestServer {

    private static final int SESSIONS_MAX = 2;
    private static final int BLOCK_BYTES_MIN = 60;
    private static final int BLOCK_BYTES_MORE = 300;

    private final HttpContext context;
    private final Map<String, ResumableStream> sessions = new LinkedHashMap<>();
    private final int blockBytesMax;
    private final Random random;
    private final Happenings happenings;
    private final List<Call> underWay = new ArrayList<>();

    RequestServer(
            String source,
            HttpSourceSettings settings,
            Intake intake,
            ServedTime served,
            Map<String, ResumableStream> kept,
            Random random,
            Happenings happenings) {
        this.blockBytesMax = BLOCK_BYTES_MIN + random.nextInt(BLOCK_BYTES_MORE);
        this.random = random;
        this.happenings = happenings;
        Map<String, ResumableStream> requests = new LinkedHashMap<>();
        kept.forEach(
                (name, stream) -> (name.startsWith(StreamId.REQUEST_PREFIX) ? requests : sessions).put(name, stream));
        Cors cors = new Cors(settings.corsOrigins());
        this.context = new HttpContext(
                source,
                settings,
                intake,
                () -> Instant.EPOCH,
                new UnfinishedBudget(1 << 20, settings.maxConnections()),
                PooledByteBufAllocator.DEFAULT,
                new RequestRules(settings, cors),
                cors,
                new IdempotencyKeys(
                        served,
                        settings.idempotencyRetain(),
                        settings.idempotencyMax(),
                        intake.requestBytesMax(),
                        requests),
                new HttpSessions(served, settings.sessionRetain(), SESSIONS_MAX, sessions),
                new PeerLimit(ConnectionShare.usual(settings.maxConnections())),
                new SourceCounters(),
                Optional.empty(),
                new AtomicLong());
    }

    /** What was durable of a session when this server started. */
    long durableOfSession(String session) {
        ResumableStream stream = sessions.get(session);
        return stream == null ? 0 : stream.next();
    }

    /** A request that has come whole. */
    Call post(String key, String session, long first, List<String> records, long nowMillis) {
        Call call = new Call();
        call.begin(new RequestRules.Accepted(Coding.IDENTITY, key, session, first), records, nowMillis);
        if (!call.isAnswered()) {
            underWay.add(call);
        }
        return call;
    }

    /** Goes on with what waits for room, and answers what is synced. */
    void work(boolean isPatient) {
        for (Call call : List.copyOf(underWay)) {
            call.work(isPatient);
            if (call.isAnswered()) {
                underWay.remove(call);
            }
        }
    }

    /** It is gone: nothing more is answered. */
    void stop() {
        underWay.forEach(Call::letGo);
        underWay.clear();
    }

    /** A request, until it is answered. */
    final class Call implements Block.BlockOwner {

        private StreamClaim claim;
        private BlockCutter cutter;
        private Block kept;
        private int records;
        private long handedIn;
        private int status;
        private String answer = "";
        private long next;

        boolean isAnswered() {
            return status != 0;
        }

        int status() {
            return status;
        }

        String answer() {
            return status + " " + answer;
        }

        /** {@code Decant-Next} of the answer. */
        long next() {
            return next;
        }

        private void begin(RequestRules.Accepted accepted, List<String> lines, long nowMillis) {
            HeldBody body = null;
            try {
                if (context.intake().isPaused()) {
                    throw new RefusedException(Refusal.retry(503, "paused", "the writer is paused"));
                }
                claim = StreamClaim.of(context, accepted, null, () -> "none");
                body = context.newBody();
                body.add(Unpooled.wrappedBuffer(String.join("\n", lines).getBytes(UTF_8)));
                CheckedBody checked = CheckedBody.of(
                        body,
                        HttpBody.LINES,
                        Math.toIntExact(context.settings().maxRecord().bytes()),
                        accepted.hasKey());
                records = checked.records();
                int durable = claim.durableOf(checked);
                if (durable == records) {
                    body.release();
                    claim.release();
                    succeed();
                    return;
                }
                if (accepted.hasKey() && durable > 0) {
                    happenings.count(REQUESTS_RESUMED_IN_THE_MIDDLE);
                }
                handedIn = claim.next();
                cutter = new BlockCutter(
                        claim.stream(),
                        checked,
                        claim.next(),
                        durable,
                        claim.cursor(),
                        new byte[0],
                        nowMillis,
                        this,
                        context.allocator(),
                        blockBytesMax);
            } catch (RefusedException e) {
                if (body != null) {
                    body.release();
                }
                if (claim != null) {
                    claim.release();
                }
                status = e.refusal().status();
                answer = e.refusal().json();
            }
        }

        private void work(boolean isPatient) {
            // The queue may fill up behind any block, and have room again much later.
            while (cutter != null && (isPatient || random.nextInt(3) > 0)) {
                Block block = kept == null ? cutter.cut() : kept;
                kept = null;
                if (block == null) {
                    cutter.release();
                    cutter = null;
                } else if (context.intake().offer(block)) {
                    handedIn = block.next();
                } else {
                    kept = block;
                    return;
                }
            }
            if (cutter == null && claim.durable() == handedIn) {
                claim.release();
                succeed();
            }
        }

        private void succeed() {
            status = 200;
            next = claim.durable();
        }

        @Override
        public void synced(Block block) {
            claim.synced(block.next());
        }

        private void letGo() {
            if (kept != null) {
                kept.release();
            }
            if (cutter != null) {
                cutter.release();
            }
        }
    }
}

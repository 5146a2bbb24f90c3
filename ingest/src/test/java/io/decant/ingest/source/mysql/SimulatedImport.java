package io.decant.ingest.source.mysql;

import static io.decant.ingest.simulation.Happenings.Happening.IMPORTS_FOUND_DONE;
import static io.decant.ingest.simulation.Happenings.Happening.IMPORTS_PLANNED_AGAIN;
import static io.decant.ingest.simulation.Happenings.Happening.INCREMENTS_READ;
import static io.decant.ingest.simulation.Happenings.Happening.INCREMENTS_RESUMED;
import static io.decant.ingest.simulation.Happenings.Happening.PAGES_BROKEN_OFF;
import static io.decant.ingest.simulation.Happenings.Happening.RANGES_RESUMED_IN_THE_MIDDLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.Incremental;
import io.decant.config.MysqlSourceSettings;
import io.decant.config.MysqlTableSettings;
import io.decant.config.Secret;
import io.decant.config.SourceSettings;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.FrameBytes;
import io.decant.ingest.journal.ImportDone;
import io.decant.ingest.journal.ImportPlan;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.simulation.Happenings;
import io.decant.ingest.simulation.Happenings.Happening;
import io.decant.ingest.simulation.KeyMode;
import io.decant.ingest.simulation.SimulatedInput;
import io.decant.ingest.source.ImportLog;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A table, and a source that imports it right above its statements: by ranges, each page after page behind the cursor
 * of the last row, then the rows that come later in increments. Plan, cursors and what is done lie in the journal; the
 * table outlives the servers, which find it as it is. Connections break in the middle of a page.
 */
public final class SimulatedImport implements SimulatedInput {

    private static final String SOURCE = "shop";
    private static final String TABLE = "orders";
    private static final int ROWS_MAX = 200;
    private static final int RANGES_MAX = 3;
    private static final int PAGE_ROWS_MAX = 20;

    private final Random random;
    private final Happenings happenings;
    private final List<String> rows = new ArrayList<>();
    /** The first row behind each range; those behind the last come in increments. */
    private final List<Integer> bounds = new ArrayList<>();
    /** Rows that are there by now. */
    private int inserted;

    private Server server;
    private boolean wasPlanned;

    /** @param mode of the records */
    public SimulatedImport(Random random, KeyMode mode, Happenings happenings) {
        this.random = random;
        this.happenings = happenings;
        int rowsMax = 10 + random.nextInt(ROWS_MAX);
        int ranges = 1 + random.nextInt(RANGES_MAX);
        int imported = ranges + random.nextInt(rowsMax - ranges + 1);
        for (int i = 1; i <= ranges; i++) {
            bounds.add(imported * i / ranges);
        }
        inserted = imported;
        for (int row = 0; row < rowsMax; row++) {
            String key = random.nextInt(3) == 0 ? "hot" : "row" + random.nextInt(20);
            rows.add(mode.record(mode == KeyMode.RECORD ? "my" + key : key, "pm" + rangeOf(row), row));
        }
    }

    private int rangeOf(int row) {
        int range = 0;
        while (range < bounds.size() && bounds.get(range) <= row) {
            range++;
        }
        return range;
    }

    @Override
    public Map<String, SourceSettings> sources() {
        MysqlTableSettings table = new MysqlTableSettings(
                List.of(), "", "", List.of(), "", "", Incremental.APPEND, "id", Duration.ofMinutes(1), Duration.ZERO);
        return Map.of(
                SOURCE,
                new MysqlSourceSettings(
                        new HostPort("127.0.0.1", 3306),
                        "shop",
                        "reader",
                        Secret.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(TABLE, table),
                        1,
                        1,
                        100,
                        new DataSize(1 << 10)));
    }

    @Override
    public void start(Pipeline pipeline, long nowMillis) {
        server = new Server(pipeline);
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop();
        }
    }

    @Override
    public void sendSomething(long nowMillis) {
        if (random.nextInt(8) == 0) {
            inserted = Math.min(rows.size(), inserted + 1 + random.nextInt(20));
        }
        server.work(nowMillis, false);
    }

    @Override
    public void sendAll(long nowMillis) {
        inserted = rows.size();
        server.work(nowMillis, true);
    }

    @Override
    public boolean isDone() {
        return inserted == rows.size() && server.isDone();
    }

    @Override
    public List<String> records() {
        return List.copyOf(rows);
    }

    /** Rows from one on, up to another, on their way by one feed. */
    private record Part(RangeFeed feed, long increment, int from, int to, AtomicBoolean isFinished) {}

    /** What one server does. */
    private final class Server {

        private final Intake intake;
        private final ImportLog journal;
        private final Map<String, ResumableStream> kept;
        /** Null before it is planned. */
        private TablePlan plan;

        private List<Part> parts = List.of();
        /** Up to which row all is read; -1: not even the import is. */
        private int done = -1;

        /** Of the increments of this server's; null before the first. */
        private RangeFeed incrementFeed;

        /** Null where none is under way. */
        private CompletableFuture<Void> writing;

        private Runnable written;
        private Block waiting;
        private Part waitingOf;
        private KeyCursor waitingCursor;

        Server(Pipeline pipeline) {
            intake = pipeline.intake();
            journal = pipeline.imports();
            kept = pipeline.keptStreams(SOURCE);
            Optional<ImportPlan> known = journal.plan(SOURCE);
            if (known.isEmpty()) {
                if (!kept.isEmpty()) {
                    throw new AssertionError("rows are durable without the plan by which they were read: " + kept);
                }
                if (wasPlanned) {
                    happenings.count(IMPORTS_PLANNED_AGAIN);
                }
                wasPlanned = true;
                keep(newPlan(), this::read);
                return;
            }
            plan = SourcePlan.decode(known.get().payload()).tables().get(TABLE);
            Optional<ImportDone> read = journal.done(SOURCE).stream()
                    .filter(each -> each.planHash().equals(SourcePlan.hash(plan)))
                    .findFirst();
            if (read.isEmpty()) {
                read();
                return;
            }
            happenings.count(IMPORTS_FOUND_DONE);
            done = row(read.get().limits().toArray());
            if (plan.increment() != null && row(plan.increment().high()) != done) {
                happenings.count(INCREMENTS_RESUMED);
                readIncrement();
            }
        }

        private TablePlan newPlan() {
            List<RangePlan> ranges = new ArrayList<>();
            for (int bound : bounds) {
                ranges.add(new RangePlan(false, List.of(), List.of(value(bound - 1))));
            }
            TablePlan made =
                    MysqlFixtures.plan(1, List.of(MysqlFixtures.ID), List.of(MysqlFixtures.ID), List.copyOf(ranges));
            return new TablePlan(
                    1,
                    made.settings(),
                    made.columns(),
                    made.key(),
                    made.split(),
                    made.ranges(),
                    rows.size(),
                    MysqlFixtures.ID,
                    value(bounds.get(bounds.size() - 1) - 1),
                    null,
                    null);
        }

        private void keep(TablePlan next, Runnable then) {
            writing = journal.write(new ImportPlan(
                    SOURCE, new SourcePlan(Map.of()).with(TABLE, next).encode()));
            written = () -> {
                plan = next;
                then.run();
            };
        }

        private void read() {
            List<Part> ranges = new ArrayList<>();
            int from = 0;
            for (int i = 0; i < plan.ranges().size(); i++) {
                int to = row(plan.ranges().get(i).high().get(0)) + 1;
                ranges.add(part(plan.stream(TABLE, i), 0, from, to, RANGES_RESUMED_IN_THE_MIDDLE));
                from = to;
            }
            parts = ranges;
        }

        private void readIncrement() {
            IncrementPlan increment = plan.increment();
            parts = List.of(part(
                    plan.incrementStream(TABLE),
                    increment.number(),
                    row(increment.low()) + 1,
                    row(increment.high()) + 1,
                    INCREMENTS_READ));
        }

        private Part part(String stream, long increment, int from, int to, Happening happening) {
            RangeFeed feed = increment > 0 && incrementFeed != null
                    ? incrementFeed
                    : new RangeFeed(
                            new StreamId(SOURCE, stream, true), kept.get(stream), new SourceCounters(), () -> {});
            if (!feed.cursor(increment).isEmpty() || increment > 0) {
                happenings.count(happening);
            }
            return new Part(feed, increment, from, to, new AtomicBoolean());
        }

        boolean isDone() {
            return writing == null && done == rows.size() - 1;
        }

        void work(long nowMillis, boolean isPatient) {
            if (writing != null) {
                if (writing.isDone()) {
                    writing.join();
                    writing = null;
                    written.run();
                }
                return;
            }
            if (waiting != null) {
                offer();
                return;
            }
            List<Part> unread =
                    parts.stream().filter(part -> !part.isFinished().get()).toList();
            if (!unread.isEmpty()) {
                readPage(unread.get(random.nextInt(unread.size())), nowMillis, isPatient);
            } else if (!parts.isEmpty()) {
                end();
            } else if (inserted - 1 > done) {
                long number = plan.increment() == null ? 1 : plan.increment().number() + 1;
                keep(plan.with(new IncrementPlan(number, value(done), value(inserted - 1))), this::readIncrement);
            }
        }

        /** All rows that a page gives, or the first of them where the connection breaks. */
        private void readPage(Part part, long nowMillis, boolean isPatient) {
            List<byte[]> cursor = part.feed().cursor(part.increment());
            int from = cursor.isEmpty() ? part.from() : row(cursor.get(0)) + 1;
            int page = Math.min(part.to() - from, 1 + random.nextInt(PAGE_ROWS_MAX));
            if (!isPatient && page > 1 && random.nextInt(6) == 0) {
                happenings.count(PAGES_BROKEN_OFF);
                page = random.nextInt(page);
            }
            if (page > 0) {
                handIn(part, from, page, nowMillis);
            } else if (from == part.to()) {
                part.isFinished().set(true);
            }
        }

        private void handIn(Part part, int from, int count, long nowMillis) {
            ByteBuf payload = Unpooled.buffer();
            for (int row = from; row < from + count; row++) {
                String text = rows.get(row);
                int mark = text.indexOf(",p");
                String key = mark < 0 ? text : text.substring(0, mark);
                payload.writeBytes(FrameBytes.of(OFFSETS_FROM + row, -1, key, text.getBytes(UTF_8)));
            }
            waitingCursor = new KeyCursor(part.increment(), List.of(value(from + count - 1)));
            waiting = part.feed().block(payload, count, nowMillis, waitingCursor.encode());
            waitingOf = part;
            part.feed().handsIn(waiting.next());
            offer();
        }

        private void offer() {
            if (intake.offer(waiting)) {
                waitingOf.feed().handedIn(waitingCursor);
                waiting = null;
            }
        }

        /** All is read; once it is durable, that is kept. */
        private void end() {
            if (parts.stream().allMatch(part -> part.feed().isSettled())) {
                boolean isIncrement = parts.get(0).increment() > 0;
                byte[] limit = isIncrement ? plan.increment().high() : plan.limit();
                writing = journal.write(new ImportDone(SOURCE, TABLE, SourcePlan.hash(plan), OpaqueBytes.of(limit)));
                written = () -> {
                    done = row(limit);
                    incrementFeed = isIncrement ? parts.get(0).feed() : incrementFeed;
                    parts = List.of();
                };
            }
        }

        void stop() {
            if (waiting != null) {
                waiting.release();
                waiting = null;
            }
        }
    }

    private static byte[] value(int row) {
        return Integer.toString(row).getBytes(UTF_8);
    }

    private static int row(byte[] value) {
        return Integer.parseInt(new String(value, UTF_8));
    }
}

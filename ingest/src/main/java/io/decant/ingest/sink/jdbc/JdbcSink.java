package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.KeySpec;
import io.decant.config.JdbcSinkSettings;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Part;
import io.decant.ingest.sink.PartKeys;
import io.decant.ingest.sink.PartSender;
import io.decant.ingest.sink.PartSink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.body.PartBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Delivers buckets to a table: each part of a bucket is one transaction, which also inserts the part's idempotency key
 * into the ledger. So a part that may be written or not, since its answer was lost, is sent again and written once.
 */
public final class JdbcSink extends PartSink {

    private final Ledger ledger;

    /** @param name the sink's name in the settings */
    public static JdbcSink of(String name, JdbcSinkSettings settings, SinkContext context) {
        return of(
                name,
                settings,
                context,
                Dialect.of(settings.url()),
                Executors.newFixedThreadPool(
                        settings.concurrency(), new DefaultThreadFactory("decant-jdbc-" + name, true)),
                // A driver may take long to close a broken connection, one after the other.
                aborting -> {
                    Thread thread = new Thread(aborting, "decant-jdbc-" + name + "-abort");
                    thread.setDaemon(true);
                    thread.start();
                });
    }

    /**
     * Writes by threads of somebody else's.
     *
     * @param writers as many as there are connections; shut down with the sink
     * @param aborting ends connections
     */
    static JdbcSink of(
            String name,
            JdbcSinkSettings settings,
            SinkContext context,
            Dialect dialect,
            ExecutorService writers,
            Executor aborting) {
        Ledger ledger = new Ledger(
                name,
                // Without the server's name, which may change while batches wait.
                context.journalId() + "-" + name,
                TableName.of(settings.ledger()));
        return new JdbcSink(
                name, settings, ledger, context, new Sender(name, settings, ledger, dialect, writers, aborting));
    }

    private JdbcSink(String name, JdbcSinkSettings settings, Ledger ledger, SinkContext context, PartSender sender) {
        super(
                name,
                JdbcSink.class,
                new Limits(settings.concurrency(), settings.retryMaxDelay(), settings.refusedInARow()),
                sender,
                PooledByteBufAllocator.DEFAULT,
                context.random(),
                context.clock(),
                () -> context.wakeLane().accept(name),
                context.builders());
        this.ledger = ledger;
    }

    @Override
    public void batchesCut(long batch) {
        ledger.cut(batch);
    }

    @Override
    public void batchesDurable(long batch) {
        ledger.durable(batch);
    }

    @Override
    public boolean replaysPartialBatch() {
        return true;
    }

    @Override
    public void replayFrom(long batch) {
        ledger.replayFrom(batch);
    }

    /** Has threads write parts, each on a connection of its own. */
    private static final class Sender implements PartSender {
        private static final long CLOSE_SECONDS = 2;

        private final String sink;
        private final JdbcSinkSettings settings;
        private final ExecutorService writers;
        private final Executor aborting;
        private final Ledger ledger;
        private final BlockingQueue<TableSession> idle;
        private final List<TableSession> sessions = new ArrayList<>();
        private TableSession.Target target;
        private PartKeys keys;

        Sender(
                String sink,
                JdbcSinkSettings settings,
                Ledger ledger,
                Dialect dialect,
                ExecutorService writers,
                Executor aborting) {
            this.sink = sink;
            this.settings = settings;
            this.ledger = ledger;
            this.writers = writers;
            this.aborting = aborting;
            this.idle = new ArrayBlockingQueue<>(settings.concurrency());
            for (int i = 0; i < settings.concurrency(); i++) {
                sessions.add(new TableSession(sink, settings, dialect, ledger));
            }
            idle.addAll(sessions);
        }

        @Override
        public boolean readsExtra() {
            return true;
        }

        @Override
        public void begin(OpenBatch batch, SinkShape shape, PartBody body) {
            TargetText frozen = TargetText.parse(shape.extra());
            // A start with another ledger while batches wait is refused, unless the operator says that it may be.
            target = new TableSession.Target(
                    frozen.withLedger(settings.ledger()),
                    KeySpec.of(batch.cut().shape().key()));
            keys = PartKeys.of(batch, sink);
        }

        @Override
        public ReadyPart prepare(Part part, ByteBuf content) {
            TableSession.Target to = target;
            String id = keys.of(part);
            long batch = keys.batch();
            return new ReadyPart() {
                @Override
                public void send(Consumer<Outcome> completion) {
                    Sender.this.send(to, id, batch, content, completion);
                }

                @Override
                public void release() {
                    content.release();
                }
            };
        }

        private void send(
                TableSession.Target to, String id, long batch, ByteBuf content, Consumer<Outcome> completion) {
            ledger.begun(batch);
            boolean isTaken = false;
            try {
                writers.execute(() -> write(to, id, batch, content, completion));
                isTaken = true;
            } catch (RejectedExecutionException e) {
                completion.accept(closed());
            } finally {
                // Also where the system has no thread left.
                if (!isTaken) {
                    ledger.ended(batch);
                    content.release();
                }
            }
        }

        /** On a thread of the sender: there are as many sessions, so one is idle. */
        private void write(
                TableSession.Target to, String id, long batch, ByteBuf content, Consumer<Outcome> completion) {
            Outcome outcome = closed();
            TableSession session = idle.remove();
            try {
                outcome = session.write(to, id, batch, content);
            } finally {
                idle.add(session);
                ledger.ended(batch);
                content.release();
                completion.accept(outcome);
            }
        }

        private static Outcome closed() {
            return new Outcome.Failed(Outcome.Kind.CLOSED, "the sink is closed");
        }

        @Override
        public String redact(String text) {
            return settings.redact(text);
        }

        /** What is under way is rolled back by the database, or was committed: the ledger knows. */
        @Override
        public void close() {
            writers.shutdown();
            sessions.forEach(session -> aborting.execute(session::abort));
            boolean ended = false;
            try {
                ended = writers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (ended) {
                sessions.forEach(TableSession::close);
            }
        }
    }
}

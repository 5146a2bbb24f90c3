package io.decant.ingest.demo;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.harness.BatchRow;
import io.decant.harness.BrokerProcess;
import io.decant.harness.BucketVerifier;
import io.decant.harness.PartReceiver;
import io.decant.harness.ReceivedPart;
import io.decant.harness.Verdict;
import io.decant.ingest.demo.Screen.Announcements;
import io.decant.ingest.demo.Screen.DemoProgress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The main job on this machine, from a socket to checked buckets: starts everything, generates a stream for a while,
 * waits until all of it is delivered, and judges; then, if it is to stay open, shows the buckets of what people send,
 * until it is told to stop. Owned by one thread, which does the talking.
 */
public final class Demo {

    /** How long the stream is by default. */
    public static final Duration GENERATED_DEFAULT = Duration.ofSeconds(10);

    /** When nothing moves for so long, nothing will. */
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Duration generated;
    private final Optional<Path> brokerJars;
    private final boolean staysOpen;
    private final CompletableFuture<?> stop;
    private final Screen screen;
    private final Announcements announcements = new Announcements();
    private volatile boolean showsParts;
    private BucketVerifier verifier;
    private PartReceiver receiver;
    private DemoBroker broker;
    private DemoServer server;

    /**
     * @param generated how long records are generated
     * @param brokerJars class path of a Kafka broker through which they go; empty: through a socket
     * @param staysOpen whether to wait for {@code stop} afterwards, showing what comes in
     * @param stop completes when the user asks to end
     */
    public Demo(
            Duration generated,
            Optional<Path> brokerJars,
            boolean staysOpen,
            CompletableFuture<?> stop,
            Screen screen) {
        this.generated = generated;
        this.brokerJars = brokerJars;
        this.staysOpen = staysOpen;
        this.stop = stop;
        this.screen = screen;
    }

    /**
     * Runs it. Everything it opened, files and ports, is removed when this returns.
     *
     * @param seed of the records that are generated, and of the hash they are compared by
     * @return whether both rules held
     * @throws DemoException when it could not run to its end
     */
    public boolean run(long seed) {
        Keying keying = Keying.wholeRecord(seed);
        // Closed in the reverse order: the server stops before the receiver, and the data goes last.
        try (TemporaryFolder folder = new TemporaryFolder("decant-demo-");
                BucketVerifier checked = new BucketVerifier(keying.newHasher(), this::announce);
                PartReceiver listening = new PartReceiver(this::received, checked::refused);
                DemoBroker started = DemoBroker.start(brokerJars, folder.path());
                DemoServer running = started.serve(folder.path(), listening.address())) {
            broker = started;
            verifier = checked;
            receiver = listening;
            server = running;
            introduce(folder);
            boolean held = generate(seed, keying.newHasher());
            if (staysOpen && !stop.isDone()) {
                showWhatComes();
                return judgeWhatCame() && held;
            }
            return held;
        } catch (IOException e) {
            throw new DemoException("what the demo opened cannot be closed: " + e, e);
        } finally {
            screen.erase();
        }
    }

    private void received(ReceivedPart part, long address, int length) {
        verifier.part(part, address, length);
        if (showsParts) {
            announcements.announce(DemoText.part(part, address, length));
        }
    }

    private void announce(BatchRow batch) {
        if (!showsParts) {
            announcements.announce(DemoText.row(batch));
        }
    }

    private void introduce(TemporaryFolder folder) {
        screen.format(
                "Decant on %d cores with a heap of %d MiB, sender and receiver in the same process.",
                Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory() >> 20);
        screen.line("");
        broker.address()
                .ifPresentOrElse(
                        address -> screen.format(
                                "  source    Kafka %s, topic %s of %d partitions, a separate broker; and tcp://%s",
                                address, KafkaSender.TOPIC, KafkaSender.PARTITIONS, text(server.address())),
                        () -> screen.format(
                                "  source    tcp://%s, acknowledges what is synced to disk", text(server.address())));
        screen.format("  receiver  http://%s, checks every record of every bucket", text(receiver.address()));
        screen.format("  data      %s, removed at the end", folder.path());
        screen.format(
                "  stream    records of %d bytes, 1 in %d a duplicate, for %d s; the sender waits",
                LogRecords.RECORD_BYTES, LogRecords.DUPLICATE_EVERY, generated.toSeconds());
        if (broker.address().isPresent()) {
            screen.format("            when %,d of them are undelivered", KafkaSender.UNDELIVERED_RECORDS_MAX);
        } else {
            screen.format(
                    "            when %d MiB are unacknowledged, or as much undelivered as is delivered in %d s",
                    DemoSender.UNACKNOWLEDGED_BYTES_MAX >> 20, DemoSender.UNDELIVERED_SECONDS);
        }
        screen.line("");
        screen.line(DemoText.head());
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    private boolean generate(long seed, KeyHasher hasher) throws IOException {
        long start = System.nanoTime();
        DemoProgress progress = new DemoProgress(screen, start);
        try (Generator sender = generator(new LogRecords(seed, hasher))) {
            Runnable tick = () -> progress.tell(System.nanoTime(), sender.acknowledged(), verifier.tally());
            sender.start();
            await(() -> stop.isDone() || System.nanoTime() - start >= generated.toNanos() || isBroken(sender), tick);
            sender.stop();
            if (!await(sender.ended()::isDone, tick)) {
                throw new DemoException("the source took or acknowledged nothing for "
                        + TimeUnit.NANOSECONDS.toSeconds(STALLED_NANOS) + " s; --verbose logs more");
            }
            join(sender);
            long acknowledgedNanos = System.nanoTime() - start;
            await(() -> delivered() >= sender.sent().records() || isBroken(sender), tick);
            long deliveredNanos = System.nanoTime() - start;
            if (!staysOpen || stop.isDone()) {
                server.drain();
            }
            receiver.run(verifier::finish);
            announcements.sayTo(screen);
            throughput(sender, acknowledgedNanos, deliveredNanos);
            return judge(Verdict.of(sender.sent(), sender.acknowledged(), verifier.tally()));
        }
    }

    private Generator generator(LogRecords records) {
        return broker.address()
                .<Generator>map(address -> new KafkaSender(address, records, server::acknowledged, this::delivered))
                .orElseGet(() -> new DemoSender(server.address(), records, this::delivered));
    }

    /** Whether there is a reason to go no further: the verdict is clear, or there will be none. */
    private boolean isBroken(Generator sender) {
        return sender.ended().isCompletedExceptionally()
                || !verifier.tally().violations().isEmpty();
    }

    private static void join(Generator sender) {
        try {
            sender.ended().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof DemoException known ? known : new DemoException(e.getMessage(), e);
        }
    }

    /** Waits and reports progress; returns false when it would wait forever. */
    private boolean await(BooleanSupplier done, Runnable tick) {
        long moved = System.nanoTime();
        long before = -1;
        while (!done.getAsBoolean()) {
            server.requireRunning();
            announcements.sayTo(screen);
            tick.run();
            long now = server.acknowledged() + verifier.tally().requests();
            if (now != before) {
                before = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED_NANOS) {
                return false;
            }
            LockSupport.parkNanos(this, TICK_NANOS);
        }
        return true;
    }

    private long delivered() {
        return verifier.tally().records().records();
    }

    private void throughput(Generator sender, long acknowledgedNanos, long deliveredNanos) {
        screen.line("");
        screen.format("%,12.0f records/s acknowledged", sender.acknowledged() / (acknowledgedNanos / 1e9));
        screen.format("%,12.0f records/s delivered and checked", delivered() / (deliveredNanos / 1e9));
        screen.format("%,12d duplicates, in buckets from 1 on", verifier.tally().repeats());
        screen.format(
                "%,12.1f s for %,d MB; sender and checks took their share of the cores",
                deliveredNanos / 1e9, sender.sent().records() * LogRecords.LINE_BYTES / 1_000_000);
        screen.line("");
    }

    private boolean judge(Verdict verdict) {
        verdict.lines().forEach(screen::line);
        return verdict.held();
    }

    private void showWhatComes() {
        showsParts = true;
        InetSocketAddress address = server.address();
        screen.line("");
        screen.line("Your turn. A line is a record, a second is a batch, Ctrl-C ends it:");
        screen.line("");
        screen.format("    nc %s %d", address.getHostString(), address.getPort());
        screen.line("");
        while (!stop.isDone()) {
            server.requireRunning();
            announcements.sayTo(screen);
            LockSupport.parkNanos(this, TICK_NANOS);
        }
    }

    private boolean judgeWhatCame() {
        server.drain();
        announcements.sayTo(screen);
        screen.line("");
        return judge(Verdict.byCount(server.acknowledged(), verifier.tally()));
    }

    /** A folder that is removed, with its content, when this is closed. */
    private static final class TemporaryFolder implements AutoCloseable {

        private final Path path;

        /** @throws DemoException when there is no place for it */
        TemporaryFolder(String prefix) {
            try {
                path = Files.createTempDirectory(prefix);
            } catch (IOException e) {
                throw new DemoException(
                        "no temporary folder: " + e + "; name a place with JAVA_OPTS=-Djava.io.tmpdir=FOLDER", e);
            }
        }

        Path path() {
            return path;
        }

        @Override
        public void close() throws IOException {
            List<Path> deepestFirst;
            try (Stream<Path> all = Files.walk(path)) {
                deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The broker through which the demo's stream goes, if it is to go through one. */
    private static final class DemoBroker implements AutoCloseable {

        /** Null where there is none. */
        private final BrokerProcess process;

        private DemoBroker(BrokerProcess process) {
            this.process = process;
        }

        /**
         * Starts it, with the topic.
         *
         * @param jars its class path; empty: there is to be none
         * @param folder for its data
         * @throws DemoException where it does not start
         */
        static DemoBroker start(Optional<Path> jars, Path folder) {
            if (jars.isEmpty()) {
                return new DemoBroker(null);
            }
            try {
                BrokerProcess process = BrokerProcess.start(jars.get(), folder.resolve("broker"), Map.of());
                process.createTopic(KafkaSender.TOPIC, KafkaSender.PARTITIONS);
                return new DemoBroker(process);
            } catch (IOException e) {
                throw new DemoException("the Kafka broker of the demo: " + e.getMessage(), e);
            }
        }

        /** Where it listens; empty where there is none. */
        Optional<String> address() {
            return Optional.ofNullable(process).map(BrokerProcess::address);
        }

        /** A server that the stream can come to. */
        DemoServer serve(Path folder, InetSocketAddress receiver) {
            return address()
                    .map(address -> DemoServer.start(folder, receiver, address))
                    .orElseGet(() -> DemoServer.start(folder, receiver));
        }

        @Override
        public void close() throws IOException {
            if (process != null) {
                process.close();
            }
        }
    }
}

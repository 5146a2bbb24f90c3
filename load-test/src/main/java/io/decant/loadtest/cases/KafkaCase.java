package io.decant.loadtest.cases;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.harness.BrokerProcess;
import io.decant.harness.BucketVerifier;
import io.decant.harness.Fingerprint;
import io.decant.harness.PartReceiver;
import io.decant.harness.Verdict;
import io.decant.loadtest.Folders;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.load.TopicLoad;
import io.decant.loadtest.load.TopicReaders;
import io.decant.loadtest.load.TopicReaders.TopicReading;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Kafka topic to buckets POSTed, synced before they are committed. The topic is filled first, so that neither the
 * producer nor what it costs the broker is measured; beside it two consumers that do nothing with the records they get:
 * Kafka's own, which the source uses, and Vert.x's, which hands each over in an object of its own.
 */
final class KafkaCase implements LoadCase {

    private static final int RECORDS_A_SECOND_EXPECTED = 4_000_000;
    private static final int SECONDS = 5;
    private static final int VERIFIED_RECORDS = 500_000;
    private static final double MILLION = 1e6;
    private static final String KAFKAS = "Kafka's consumer alone";
    private static final Target TARGET = Target.atLeast(0.6);

    /**
     * One server's way through the topic.
     *
     * @param whole from the first delivered record to the last; its CPU time with that of the start
     * @param steady the second half of it
     */
    private record Delivery(Pace whole, Pace steady) {}

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public String title() {
        return "a Kafka topic of " + TopicLoad.PARTITIONS + " partitions to buckets POSTed, batches of 250 ms";
    }

    /** The README's table compares what every sender can use. */
    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        Path folder = test.folder().resolve("kafka");
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        Series<TopicReading> consumer = new Series<>();
        Series<TopicReading> wrapped = new Series<>();
        Series<Delivery> ours = new Series<>();
        Series<Delivery> earlier = new Series<>();
        long records = (long) test.secondsOr(SECONDS) * RECORDS_A_SECOND_EXPECTED;
        try (BrokerProcess broker =
                BrokerProcess.start(test.home().resolve("lib/kafka-broker"), folder.resolve("broker"), Map.of())) {
            TopicLoad load = new TopicLoad(broker, pool);
            test.progress("filling a topic");
            String topic = "load";
            long sent = load.fill(topic, records);
            // Once for the compilers.
            TopicReaders.read(broker.address(), topic, sent);
            TopicReaders.readThroughVertx(broker.address(), topic, sent);
            for (int i = 0; i < test.rounds(); i++) {
                test.progress("round " + (i + 1) + " of " + test.rounds());
                consumer.add(TopicReaders.read(broker.address(), topic, sent));
                wrapped.add(TopicReaders.readThroughVertx(broker.address(), topic, sent));
                Path data = folder.resolve("round-" + i);
                test.inTurn(
                        i,
                        home -> ours.add(deliver(home, data.resolve("ours"), broker.address(), topic, sent)),
                        home -> earlier.add(deliver(home, data.resolve("earlier"), broker.address(), topic, sent)));
            }
            Verdict verdict = verify(test, folder.resolve("verified"), load, broker.address());
            return new CaseReport(
                    name(),
                    title(),
                    rows(ours, earlier, consumer, wrapped),
                    List.of(
                            "broker and receiver are on the same cores",
                            "delivered: the second half of the topic's records, which was filled before"),
                    verdict.lines(),
                    verdict.held());
        } finally {
            Folders.delete(folder);
        }
    }

    private static List<Row> rows(
            Series<Delivery> ours,
            Series<Delivery> earlier,
            Series<TopicReading> consumer,
            Series<TopicReading> wrapped) {
        List<Row> rows = new ArrayList<>(List.of(
                Row.of(
                        "delivered",
                        "records/s",
                        ours.stats(delivery -> delivery.steady.recordsPerSecond()),
                        KAFKAS,
                        consumer.stats(TopicReading::recordsPerSecond),
                        TARGET),
                Row.of(
                        "CPU",
                        "s a million",
                        ours.stats(delivery -> delivery.steady.cpuSecondsPerMillion()),
                        KAFKAS,
                        consumer.stats(TopicReading::cpuSecondsPerMillion)),
                Row.of(
                        "delivered, from the first record on",
                        "records/s",
                        ours.stats(delivery -> delivery.whole.recordsPerSecond())),
                Row.of(
                        "CPU of that, the start included",
                        "s a million",
                        ours.stats(delivery -> delivery.whole.cpuSecondsPerMillion())),
                Row.of(
                        "resident memory, the mapped journal included",
                        "B",
                        ours.stats(delivery -> delivery.whole.residentBytes())),
                Row.of(
                        "Vert.x's consumer alone",
                        "records/s",
                        wrapped.stats(TopicReading::recordsPerSecond),
                        KAFKAS,
                        consumer.stats(TopicReading::recordsPerSecond)),
                Row.of(
                        "CPU of Vert.x's consumer alone",
                        "s a million",
                        wrapped.stats(TopicReading::cpuSecondsPerMillion),
                        KAFKAS,
                        consumer.stats(TopicReading::cpuSecondsPerMillion))));
        rows.addAll(Pace.earlierRows("delivered", steady(ours), steady(earlier)));
        return rows;
    }

    private static Series<Pace> steady(Series<Delivery> deliveries) {
        return deliveries.map(Delivery::steady);
    }

    private static Delivery deliver(Path home, Path folder, String broker, String topic, long records)
            throws IOException {
        String group = folder.getParent().getFileName() + "-" + folder.getFileName();
        try (CountingReceiver receiver = new CountingReceiver();
                ServerUnderTest server =
                        ServerUnderTest.start(home, folder, settings(receiver.url(), broker, topic, group))) {
            Moment first = await(receiver, server, 1);
            Moment middle = await(receiver, server, records / 2);
            Moment last = await(receiver, server, records);
            server.drain();
            DeliverCase.requireSound(receiver.ledger());
            Pace whole = new Pace(
                    first.recordsPerSecondUntil(last),
                    last.cpuSeconds() * MILLION / records,
                    last.usage.map(used -> (double) used.residentBytes()).orElse(Double.NaN));
            double steadyCpu = (last.cpuSeconds() - middle.cpuSeconds()) * MILLION / (last.records - middle.records);
            return new Delivery(whole, new Pace(middle.recordsPerSecondUntil(last), steadyCpu, whole.residentBytes()));
        } finally {
            Folders.delete(folder);
        }
    }

    /** How far a server is. */
    private record Moment(long nanos, long records, Optional<ProcessUsage> usage) {

        private double recordsPerSecondUntil(Moment later) {
            return (later.records - records) * 1e9 / (later.nanos - nanos);
        }

        private double cpuSeconds() {
            return usage.map(ProcessUsage::cpuSeconds).orElse(Double.NaN);
        }
    }

    private static Moment await(CountingReceiver receiver, ServerUnderTest server, long records) {
        Wait.until(
                () -> receiver.ledger().records() >= records,
                Verification.PATIENCE_SECONDS,
                records + " records are delivered");
        return new Moment(System.nanoTime(), receiver.ledger().records(), server.usage());
    }

    /** @param group one that has committed nothing: a new journal continues where its group is */
    private static ServerSettings settings(String url, String broker, String topic, String group) {
        return ServerSettings.deliveringTo(url)
                .with("journal.max-backlog", DeliverCase.BACKLOG)
                // The last batch ends with its window, so a window is how exact the figures can be.
                .with("batch.interval", "250ms")
                .with("sources.topic.type", "kafka")
                .with("sources.topic.bootstrap-servers", broker)
                .with("sources.topic.group-id", group)
                .with("sources.topic.topics", "[" + topic + "]");
    }

    /** A round that is not measured, into a receiver that looks at every record. */
    private static Verdict verify(LoadTest test, Path folder, TopicLoad load, String broker) throws IOException {
        test.progress("verifying");
        Keying keying = Keying.wholeRecord(test.seed());
        KeyHasher hasher = keying.newHasher();
        String topic = "verified";
        long records = load.fill(topic, VERIFIED_RECORDS);
        Fingerprint sent = load.fingerprint(hasher);
        try (BucketVerifier verifier = new BucketVerifier(keying.newHasher(), batch -> {});
                PartReceiver receiver = new PartReceiver(verifier, verifier::refused)) {
            InetSocketAddress address = receiver.address();
            String url = "http://" + address.getHostString() + ":" + address.getPort() + "/buckets";
            try (ServerUnderTest server =
                    ServerUnderTest.start(test.home(), folder, settings(url, broker, topic, topic))) {
                Wait.until(
                        () -> server.number("/sources/topic/records") >= records,
                        Verification.PATIENCE_SECONDS,
                        "all is synced");
                long synced = server.number("/sources/topic/records");
                server.drain();
                return Verdict.of(sent, synced, verifier.tally());
            }
        } catch (LoadException e) {
            throw new LoadException("the verifying round broke off: " + e.getMessage(), e);
        }
    }
}

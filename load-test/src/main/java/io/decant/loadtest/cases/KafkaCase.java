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

    private static final int RECORDS_A_SECOND_EXPECTED = 400_000;
    private static final int SECONDS = 5;
    private static final int VERIFIED_RECORDS = 500_000;
    private static final double MILLION = 1e6;
    private static final String KAFKAS = "Kafka's consumer alone";

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
        Series<Pace> ours = new Series<>();
        Series<Pace> earlier = new Series<>();
        long records = (long) test.secondsOr(SECONDS) * RECORDS_A_SECOND_EXPECTED;
        try (BrokerProcess broker =
                BrokerProcess.start(test.home().resolve("lib/kafka-broker"), folder.resolve("broker"), Map.of())) {
            TopicLoad load = new TopicLoad(broker, pool);
            for (int i = 0; i < test.rounds(); i++) {
                test.progress("round " + (i + 1) + " of " + test.rounds());
                String topic = "round-" + i;
                long sent = load.fill(topic, records);
                if (i == 0) {
                    // Once for the compilers.
                    TopicReaders.read(broker.address(), topic, sent);
                    TopicReaders.readThroughVertx(broker.address(), topic, sent);
                }
                consumer.add(TopicReaders.read(broker.address(), topic, sent));
                wrapped.add(TopicReaders.readThroughVertx(broker.address(), topic, sent));
                Path data = folder.resolve(topic);
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
                            "counted from the first delivered record to the last; the topic was filled before"),
                    verdict.lines(),
                    verdict.held());
        } finally {
            Folders.delete(folder);
        }
    }

    private static List<Row> rows(
            Series<Pace> ours, Series<Pace> earlier, Series<TopicReading> consumer, Series<TopicReading> wrapped) {
        List<Row> rows = new ArrayList<>(List.of(
                Row.of(
                        "delivered",
                        "records/s",
                        ours.stats(Pace::recordsPerSecond),
                        KAFKAS,
                        consumer.stats(TopicReading::recordsPerSecond)),
                Row.of("CPU, the start included", "s a million", ours.stats(Pace::cpuSecondsPerMillion)),
                Row.of("resident memory, the mapped journal included", "B", ours.stats(Pace::residentBytes)),
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
        rows.addAll(Pace.earlierRows("delivered", ours, earlier));
        return rows;
    }

    private static Pace deliver(Path home, Path folder, String broker, String topic, long records) throws IOException {
        try (CountingReceiver receiver = new CountingReceiver();
                ServerUnderTest server = ServerUnderTest.start(
                        home, folder, settings(receiver.url(), broker, topic, "" + folder.getFileName()))) {
            Wait.until(() -> receiver.ledger().records() > 0, Verification.PATIENCE_SECONDS, "the first is delivered");
            long before = receiver.ledger().records();
            long start = System.nanoTime();
            Wait.until(() -> receiver.ledger().records() >= records, Verification.PATIENCE_SECONDS, "all is delivered");
            double took = (System.nanoTime() - start) / 1e9;
            Optional<ProcessUsage> usage = server.usage();
            server.drain();
            DeliverCase.requireSound(receiver.ledger());
            return new Pace(
                    (records - before) / took,
                    usage.map(ProcessUsage::cpuSeconds).orElse(Double.NaN) * MILLION / records,
                    usage.map(used -> (double) used.residentBytes()).orElse(Double.NaN));
        }
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

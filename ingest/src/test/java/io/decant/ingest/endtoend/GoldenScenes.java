package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.BrokerProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What golden data directories hold, and how a release comes to write them: by its own server, as a process, with real
 * sockets, killed where something is to be left half done. A release that can do more gets more scenes; those that are
 * written stay as they are.
 */
final class GoldenScenes {

    /** The scene that only Spark can bring to its end. */
    static final String STAGED = "offload-staged";

    static final List<Scene> ALL = List.of(
            new Scene("keys", GoldenScenes::keys, List.of()),
            new Scene("split", GoldenScenes::split, List.of()),
            new Scene("sessions", GoldenScenes::sessions, List.of()),
            new Scene("kafka", GoldenScenes::kafka, List.of()),
            new Scene("dead-letter-replay", GoldenScenes::deadLetterReplay, List.of()),
            new Scene("several-keys", GoldenScenes::severalKeys, List.of()),
            new Scene("transforms", GoldenScenes::transforms, List.of()),
            new Scene("http", GoldenScenes::http, List.of()),
            new Scene("retained", GoldenScenes::retained, List.of("--replay", "api", "--from-batch", "2")),
            new Scene("offload-out", world -> offload(world, true), List.of()),
            new Scene(STAGED, world -> offload(world, false), List.of()));

    private static final String COMMON = """
            name: golden
            data-dir: ./data
            journal: {segment-size: 8MiB, min-free: 1MiB%s}
            admin: {address: "127.0.0.1:0"}
            """;

    private static final String LINES = """
            sources: {lines: {type: tcp, address: "127.0.0.1:0", ack: count}}
            """;

    /** What a replay of dead letters has to find in its middle. */
    private static final int LETTERS = 400;

    private static final int REFUSED = 422;
    private static final int ACCEPTED = 200;

    private GoldenScenes() {}

    /** Leaves in a world whose server is not running what is to be kept. */
    interface Writer {
        void write(GoldenWorld world) throws Exception;
    }

    /** @param options of {@code decant run}, with which the directory is started */
    record Scene(String name, Writer writer, List<String> options) {}

    private static void settings(GoldenWorld world, String journal, String more) throws IOException {
        Files.writeString(world.settings(), COMMON.formatted(journal) + more);
    }

    /**
     * A batch for each kind of key, in records that tell one reading of a key from another; all of them undelivered.
     */
    private static void keys(GoldenWorld world) throws Exception {
        settings(world, "", LINES + """
                batch: {interval: 50ms}
                sinks:
                  text: {type: http, url: "${RECEIVER}/text", max-records: 4, retry-max-delay: 100ms}
                  json: {type: http, url: "${RECEIVER}/json", format: json, max-bytes: 1KiB, retry-max-delay: 100ms}
                  envelope: {type: http, url: "${RECEIVER}/envelope", format: envelope, retry-max-delay: 100ms}
                  files: {type: hdfs, uri: "file://${FOLDER}/files", max-bucket-dirs: 2}
                """);
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        // In the way of the sink that writes files.
        Files.createFile(world.folder.resolve("files"));
        batch(
                world,
                "pear\napple\npear\n\n\u00ff\u00fe\r\nplum\npear\n\nlast",
                List.of("--set", "bucket.key=record", "--set", "sinks.old={type: http, url: \"http://127.0.0.1:1/\"}"));
        batch(
                world,
                "1,a,x\n2,a,x\n3,\"a\",x\n4,\"b,\"\"c\",x\n5,\"b,\"\"c\"\n6\n7,,\n8,,\n9, a,x\n10,\"open\n11,a,x\r\n",
                List.of("--forget-sink", "old", "--set", "bucket.key=csv:2"));
        batch(world, JSON, List.of("--set", "bucket.key=json:/user/id"));
        batch(world, JSON, List.of("--set", "bucket.key=json:/user/id", "--set", "bucket.missing-key=dlq"));
        batch(
                world,
                "id=ab;x\nid=ab;y\nid=ab\nid=abc;\nno id\nno id\nid=;\nid=ab;id=zz;\n\u00e4id=ab;\n",
                List.of("--set", "bucket.key=regex:id=(\\w+?)(?:;|$)"));
        batch(
                world,
                "aa-1\nbb-2\naa-3\nab-4\nAA-5\n",
                List.of("--set", "bucket.key=regex:(aa|bb|AA)-", "--set", "bucket.missing-key=dlq"));
    }

    /** A batch for each way in which a key is more than one text, and for each rule by which spellings are equal. */
    private static void severalKeys(GoldenWorld world) throws Exception {
        settings(world, "", LINES + """
                batch: {interval: 50ms}
                sinks:
                  api: {type: http, url: "${RECEIVER}/api", format: envelope, retry-max-delay: 100ms}
                  counts: {type: http, url: "${RECEIVER}/counts", format: counts, retry-max-delay: 100ms}
                """);
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        batch(world, JSON, List.of("--set", "bucket.key=[json:/user/id, json:/n]"));
        batch(world, JSON, List.of("--set", "bucket.key=json:/user/id"));
        batch(world, SPELLINGS, List.of("--set", "bucket.key=json:/k", "--set", "bucket.fold=case-accent"));
        batch(world, SPELLINGS, List.of("--set", "bucket.key=[json:/k, json:/m]", "--set", "bucket.missing-key=dlq"));
        // With several keys there is nothing to count by.
        batch(
                world,
                "a,1,x\nb,1,y\na,2,x\nc,3,z\nb,2,\n,,\nc,,x\nd,4,w\nw,5,v\n",
                List.of(
                        "--set",
                        "bucket.keys={number: csv:2, either: {any-of: [csv:1, csv:3]}}",
                        "--set",
                        "sinks.counts={type: http, url: \"${RECEIVER}/counts\", retry-max-delay: 100ms}"));
    }

    private static final String SPELLINGS = """
            {"k":"Zo\u00c3\u00ab","m":1}
            {"k":"zoe","m":1.0}
            {"k":"ZOE  ","m":"1"}
            {"k":9007199254740993,"m":1}
            {"k":9007199254740992,"m":10e-1}
            {"k":"9007199254740992"}
            {"k":null,"m":2}
            {"k":true,"m":2}
            {"k":"true","m":2}
            """;

    /** Batches that were cut with steps, each with others; and records that fail in them. */
    private static void transforms(GoldenWorld world) throws Exception {
        settings(world, "", LINES + """
                batch: {interval: 50ms}
                sinks:
                  api: {type: http, url: "${RECEIVER}/api", format: envelope, max-records: 5, retry-max-delay: 100ms}
                  lines: {type: http, url: "${RECEIVER}/lines", max-records: 5, retry-max-delay: 100ms}
                """);
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        batch(world, "to be or  not to be\n\n to be\n", steps("[{split: \" \"}, {drop: empty}]", "dlq"));
        batch(world, JSON, steps("[{json-pick: {id: /user/id, n: /n}}, {json-set: {by: golden}}]", "dlq"));
        batch(world, JSON, steps("[{json-remove: [/n]}, {json-rename: {user: who}}]", "keep"));
        batch(world, JSON, steps("[{keep: \"json:/user/id=1\"}]", "drop"));
        batch(world, "[1,[2, 3],{\"a\":\"b\"}]\n[]\n7\n", steps("[{json-each: \"\"}]", "dlq"));
        batch(
                world,
                "1,\"a, b\",x\n2,B\n",
                steps("[{csv-pick: [2, 1]}, lower, {replace: {regex: \"([a-z])\", with: \"<$1>\"}}]", "dlq"));
        batch(world, "id=1 of a\nid=x\n", steps("[trim, {extract: \"regex:id=(?P<id>[0-9]+) of (?P<of>.)\"}]", "dlq"));
    }

    private static List<String> steps(String steps, String error) {
        return List.of("--set", "sources.lines.transforms=" + steps, "--set", "sources.lines.transform-error=" + error);
    }

    /** What an HTTP source remembers: keys, sessions and headers, of users and of nobody, some of it undelivered. */
    private static void http(GoldenWorld world) throws Exception {
        settings(world, "", """
                sources:
                  web:
                    type: http
                    address: "127.0.0.1:0"
                    headers: [X-Trace]
                    idempotency-retain: 3650d
                    session-retain: 3650d
                batch: {interval: 50ms}
                sinks: {api: {type: http, url: "${RECEIVER}/api", format: envelope, retry-max-delay: 100ms}}
                """);
        world.start();
        world.post("web", GoldenWorld.keyed("order-1"), "order-1 0\norder-1 1\n");
        world.post("web", GoldenWorld.inSession("alpha", 0), "a0\na1\na2\n");
        world.await("it is delivered", () -> world.journalStatus().getLong("backlogBytes") == 0);
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        world.post("web", GoldenWorld.keyed("order 2"), "order 2 0\norder 2 1\n");
        world.kill();
        world.start();
        world.post("web", GoldenWorld.inSession("alpha", 2), "a2\na3\n");
        world.post("web", Map.of("X-Trace", "t-1"), "free\n");
        world.awaitCut();
        world.kill();
    }

    private static final String JSON = """
            {"user":{"id":1},"n":0}
            {"user":{"id":"1"},"n":1}
            {"user":{"id":1.0},"n":2}
            {"user":{"id":1e0},"n":3}
            {"user":{"id":"a"},"n":4}
            {"user":{"id":"\\u0061"},"n":5}
            {"user":{"id": "a" },"n":6}
            {"user":{"id":null},"n":7}
            {"user":{"id":null},"n":8}
            {"user":{"id":{"x":1}},"n":9}
            {"user":{"id":{ "x" : 1 }},"n":10}
            {"user":{"id":[1,2]},"n":11}
            {"user":{"id":true},"n":12}
            {"user":{},"n":13}
            {"user":{"id":1,"id":2},"n":14}
            {"user":{"id":"\u00c3\u00a4"},"n":15}
            {"user":{"id":"\\ud83d\\ude00"},"n":16}
            not json
            {"user":{"id":1}
            """;

    private static void batch(GoldenWorld world, String text, List<String> options) throws Exception {
        world.start(options);
        world.send("lines", text);
        world.kill();
    }

    /** A part that was refused and split, some of its pieces accepted, others still under way. */
    private static void split(GoldenWorld world) throws Exception {
        settings(world, "", LINES + """
                batch: {interval: 50ms}
                sinks: {api: {type: http, url: "${RECEIVER}/api", max-records: 16, concurrency: 2, retry-max-delay: 100ms}}
                """);
        world.receiver.answer((path, body) -> !body.contains(GoldenReceiver.POISON)
                ? ACCEPTED
                : body.lines().count() > 2 ? REFUSED : GoldenReceiver.IS_AWAY.status(path, body));
        world.start();
        world.send(
                "lines",
                IntStream.range(0, 32)
                        .mapToObj(i -> (i % 13 == 5 ? GoldenReceiver.POISON : "record") + " " + i + "\n")
                        .collect(Collectors.joining()));
        // Of the first part its halves, quarters and eighths.
        world.await("the pieces are in the journal", () -> {
            JsonObject sink = world.inspect().getJsonArray("sinks").getJsonObject(0);
            return sink.getInteger("pieces") >= 5 && world.receiver.refused() > 4;
        });
        world.kill();
    }

    /** Sessions of two sources, with something delivered and something not, over a restart. */
    private static void sessions(GoldenWorld world) throws Exception {
        settings(world, "", """
                sources:
                  first: {type: tcp, address: "127.0.0.1:0", ack: count, session: required, session-retain: 3650d}
                  second: {type: tcp, address: "127.0.0.1:0", ack: count, session: required, session-retain: 3650d}
                batch: {interval: 50ms}
                sinks: {api: {type: http, url: "${RECEIVER}/api", format: envelope, retry-max-delay: 100ms}}
                """);
        world.start();
        world.send("first", "SESSION alpha\na0\na1\na1\n");
        world.send("second", "SESSION alpha\nb0\n");
        world.await("a batch is delivered", () -> world.journalStatus().getLong("backlogBytes") == 0);
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        world.send("first", "SESSION beta-1\nc0\nc1\n");
        world.kill();
        world.start();
        world.send("first", "SESSION alpha\na3\na4\n");
        world.send("second", "SESSION alpha\nb1\nb0\n");
        world.kill();
    }

    /** A partition: batches that wait for a sink, and records in the broker that were not read yet. */
    private static void kafka(GoldenWorld world) throws Exception {
        settings(world, "", """
                sources:
                  clicks: {type: kafka, bootstrap-servers: "${BROKER}", topics: [clicks], group-id: golden, max-record: 1MiB}
                bucket: {key: kafka-key}
                batch: {interval: 1d, max-records: 4}
                sinks: {api: {type: http, url: "${RECEIVER}/api", format: envelope, retry-max-delay: 100ms}}
                """);
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        BrokerProcess broker = world.startBroker();
        broker.createTopic("clicks", 1);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    "clicks",
                    0,
                    1_700_000_000_000L + i,
                    i % 5 == 4 ? null : ("user-" + i % 3).getBytes(UTF_8),
                    i % 7 == 6 ? null : (i == 1 ? "\n\0" : "value " + i).getBytes(UTF_8));
            record.headers().add("trace", Integer.toString(i).getBytes(UTF_8)).add("none", null);
            records.add(record);
        }
        produce(broker, records.subList(0, 8));
        world.start();
        world.await("two batches are cut", () -> world.lastCut() == 2);
        world.awaitCut();
        world.kill();
        produce(broker, records.subList(8, 12));
        world.stopBroker();
        Files.delete(world.folder.resolve("broker/broker.log"));
        Files.delete(world.folder.resolve("broker/broker.properties"));
    }

    private static void produce(BrokerProcess broker, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = TestBroker.producer(broker.address(), Map.of())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    /** Letters of one sink half-way back into the journal, and those of another where they are. */
    private static void deadLetterReplay(GoldenWorld world) throws Exception {
        settings(world, "", LINES + """
                batch: {interval: 50ms, max-records: 2}
                bucket: {key: "csv:1"}
                sinks:
                  api: {type: http, url: "${RECEIVER}/api", retry-max-delay: 100ms}
                  other: {type: http, url: "${RECEIVER}/other", retry-max-delay: 100ms}
                """);
        world.receiver.answer(
                (path, body) -> path.equals("/api") || body.contains(GoldenReceiver.POISON) ? REFUSED : ACCEPTED);
        world.start("batch.max-records=10000");
        world.send(
                "lines",
                IntStream.range(0, LETTERS)
                        .mapToObj(i -> (i % 100 == 7 ? GoldenReceiver.POISON : "key") + i % 350 + "," + i + "\n")
                        .collect(Collectors.joining()));
        world.await("all is delivered or refused", () -> world.journalStatus().getLong("backlogBytes") == 0);
        world.stop();
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        world.start();
        long before = world.lastCut();
        Process replay = world.command(world.folder.resolve("replay.out"), "dlq", "replay", "--sink", "api");
        world.await(
                "some of the letters are in the journal",
                () -> world.journalStatus().getLong("cut") > 0 && world.lastCut() > before + 5);
        world.kill();
        replay.waitFor();
        JsonObject journal = world.inspect();
        long replayed = journal.getJsonArray("streams").stream()
                .map(JsonObject.class::cast)
                .filter(stream -> stream.getString("source").startsWith("dlq/"))
                .mapToLong(stream -> stream.getLong("next"))
                .sum();
        assertThat(replayed).as("letters in the journal, in %s", journal).isBetween(1L, LETTERS - 50L);
    }

    /** Batches that every sink has, each run's in a segment of its own. */
    private static void retained(GoldenWorld world) throws Exception {
        settings(world, ", retain: 3650d", LINES + """
                batch: {interval: 50ms}
                sinks:
                  api: {type: http, url: "${RECEIVER}/api", max-records: 3, retry-max-delay: 100ms}
                  other: {type: http, url: "${RECEIVER}/other", retry-max-delay: 100ms}
                """);
        for (int run = 1; run <= 3; run++) {
            world.start();
            world.send("lines", "a\nb\na\nc\nd\na of " + run + "\n");
            world.await("it is delivered", () -> world.journalStatus().getLong("backlogBytes") == 0);
            world.stop();
        }
    }

    /**
     * A batch that is split on Spark: the job's output stands and the sinks have nothing of it, or the job had only
     * begun.
     */
    private static void offload(GoldenWorld world, boolean isOut) throws Exception {
        settings(world, "", LINES + """
                batch: {interval: 1s}
                bucket: {key: "csv:1"}
                offload: {above: 64KiB, master: "local[1]", staging: ./data/staging, driver-memory: 512MiB}
                sinks:
                  api: {type: http, url: "${RECEIVER}/api", max-records: 500, retry-max-delay: 100ms}
                  files: {type: hdfs, uri: "file://${FOLDER}/files", max-bucket-dirs: 2}
                """);
        world.receiver.answer(GoldenReceiver.IS_AWAY);
        Files.createFile(world.folder.resolve("files"));
        world.start();
        world.send(
                "lines",
                IntStream.range(0, 3_000)
                        .mapToObj(i -> "user-" + i % 1_700 + ",a line that is long enough " + i % 10 + "\n")
                        .collect(Collectors.joining()));
        Path staging = world.data().resolve("staging");
        if (isOut) {
            world.await(
                    "its output stands", () -> exists(staging, "result.json", "out") && world.receiver.refused() > 0);
        } else {
            world.await("it is staged", () -> exists(staging, "batch.json", "batch-000000000001"));
        }
        world.kill();
        assertThat(exists(staging, "result.json", "out")).isEqualTo(isOut);
    }

    private static boolean exists(Path folder, String name, String parent) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file ->
                    file.endsWith(name) && (parent.isEmpty() || file.getParent().endsWith(parent)));
        } catch (IOException | UncheckedIOException e) {
            // Files come and go meanwhile.
            return false;
        }
    }
}

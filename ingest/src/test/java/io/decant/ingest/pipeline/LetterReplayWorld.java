package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.batch.MemoryTrialStore;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.SegmentKeeper;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A pipeline on real files, turned by hand, whose sinks deliver nothing: what it makes of dead letters stays in the
 * journal.
 */
final class LetterReplayWorld implements AutoCloseable {

    static final int JOURNAL_ID = 7;
    /** Of the journal that the letters are from, unless a test says so: nothing comes back to its batches. */
    static final String OTHER_JOURNAL = "00000008";

    static final GroupLimits LIMITS = new GroupLimits(6, 4 << 10, 8 << 10, 32 << 10, 64 << 10);
    private static final int SEGMENT_BYTES = 8 << 20;

    /** A batch as the journal holds it: its records and the sinks that it is for. */
    record Batch(long number, String records, List<String> sinks) {}

    private final Path temp;
    private final Random random = new Random(1);
    DeadLetterStore letterStore;
    Pipeline pipeline;
    Function<String, Sink> newSink = StuckSink::new;
    long nowNanos = 1;
    long backlogBytesMax = Long.MAX_VALUE;

    LetterReplayWorld(Path temp) {
        this.temp = temp;
        this.letterStore = new FileDeadLetterStore(temp);
    }

    void open(String... sets) {
        Settings settings = settings(sets);
        try {
            pipeline = new Pipeline(
                    settings,
                    new PipelineStorage(store(), JOURNAL_ID, letterStore, new MemoryTrialStore()),
                    settings.sinks().keySet().stream().map(newSink).toList(),
                    StartOptions.NONE,
                    new PipelineContext(
                            InstantSource.system(),
                            random,
                            1,
                            Runnable::run,
                            LIMITS,
                            backlogBytesMax,
                            Optional.empty(),
                            System::nanoTime,
                            UnaryOperator.identity(),
                            UnaryOperator.identity()),
                    nowNanos);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Settings settings(String... sets) {
        String yaml = """
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                data-dir: .
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 1h}
                sinks:
                  api: {type: http, url: "http://127.0.0.1:1/"}
                  archive: {type: http, url: "http://127.0.0.1:1/"}
                """;
        return SettingsLoader.parse(yaml, "test.yaml", temp, List.of(sets), Map.of());
    }

    private ChronicleSegmentStore store() throws IOException {
        return new ChronicleSegmentStore(temp, SEGMENT_BYTES);
    }

    /** Writes letters before a server is there. */
    void give(DeadLetter... all) {
        give(OTHER_JOURNAL, all);
    }

    void give(String journal, DeadLetter... all) {
        DeadLetters letters = new DeadLetters(
                new FileDeadLetterStore(temp),
                journal,
                List.of("api", "archive", "gone"),
                1L << 30,
                InstantSource.system(),
                sink -> 0,
                letter -> false,
                () -> {});
        for (DeadLetter letter : all) {
            DeadLetterBox box = letters.box(letter.sink().isEmpty() ? "api" : letter.sink());
            long before = box.synced();
            box.offer(letter);
            while (box.synced() == before) {
                letters.work(nowNanos);
            }
        }
        letters.close();
    }

    /** A line among the letters that nobody can read. */
    void damage(String line) throws IOException {
        Files.writeString(temp.resolve("dlq/2026-01-01.ndjson"), line);
    }

    CompletableFuture<ReplayAnswer> replay(LetterFilter which) {
        return pipeline.replayLetters(which);
    }

    /** Lets every stage work until none has anything to do. */
    void settle() {
        while (turn()) {
            pipeline.positions().check();
        }
    }

    /** The same on a disk that takes no further segment of the journal. */
    void settleWithoutNextSegment() {
        while (turn(stage -> !(stage instanceof SegmentKeeper))) {
            pipeline.positions().check();
        }
    }

    /** One turn of every stage; whether any did something. */
    boolean turn() {
        return turn(stage -> true);
    }

    private boolean turn(Predicate<Stage> works) {
        boolean worked = false;
        for (Stage stage : pipeline.stages()) {
            worked |= works.test(stage) && stage.work(nowNanos);
        }
        return worked;
    }

    void pass(long nanos) {
        nowNanos += nanos;
    }

    /** Has everything cut that is there, and ends. */
    void stop() {
        pipeline.cutAll();
        settle();
        crash();
    }

    void crash() {
        pipeline.close();
        pipeline = null;
    }

    JournalState recovered() throws IOException {
        try (ChronicleSegmentStore store = store()) {
            return new JournalRecovery(store, JOURNAL_ID).recover().state();
        }
    }

    /** All batches of the journal; the pipeline must be closed. */
    List<Batch> batches() throws IOException {
        List<Batch> batches = new ArrayList<>();
        try (ChronicleSegmentStore store = store()) {
            JournalRecovery.Recovered recovered = new JournalRecovery(store, JOURNAL_ID).recover();
            SegmentTable segments = new SegmentTable(store);
            segments.addAll(recovered.bases());
            // What was before it is released.
            long from = recovered.bases().firstEntry().getValue();
            try (JournalReader reader = new JournalReader(segments, JOURNAL_ID, from)) {
                while (reader.position() < recovered.state().cutEnd()) {
                    List<String> records = new ArrayList<>();
                    Cut cut = reader.readBatch(
                            recovered.end(),
                            (address, bytes, count, position, framed) ->
                                    records.addAll(framed ? frames(address, bytes) : lines(address, bytes)));
                    batches.add(new Batch(
                            cut.batch(),
                            String.join(" ", records),
                            cut.shape().sinks().stream().map(SinkShape::name).toList()));
                }
            }
        }
        return batches;
    }

    private static List<String> lines(long address, int bytes) {
        byte[] text = new byte[bytes];
        Memory.copyToArray(address, text, 0, bytes);
        return new String(text, UTF_8).lines().toList();
    }

    /** Offset, key and value of each. */
    private static List<String> frames(long address, int bytes) {
        List<String> records = new ArrayList<>();
        for (long frame = address; frame < address + bytes; frame += Frame.length(frame)) {
            String key = text(Frame.keyAddress(frame), Frame.keyLength(frame));
            String value = text(Frame.valueAddress(frame), Frame.valueLength(frame));
            records.add(Frame.offset(frame) + ":" + key + "=" + (Frame.isTombstone(frame) ? "(none)" : value));
        }
        return records;
    }

    private static String text(long address, int length) {
        byte[] text = new byte[length];
        Memory.copyToArray(address, text, 0, length);
        return new String(text, UTF_8);
    }

    /** The records of the letters in the files of the days. */
    List<String> letters() throws IOException {
        List<String> records = new ArrayList<>();
        try (DeadLetterReader reader = DeadLetterReader.ofDays(new FileDeadLetterStore(temp))) {
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                records.add(new String(line.filed().letter().record(), UTF_8));
            }
        }
        return records;
    }

    /** The files of dead letters. */
    Set<String> files() throws IOException {
        return new FileDeadLetterStore(temp).sizes().keySet();
    }

    @Override
    public void close() {
        if (pipeline != null) {
            crash();
        }
    }
}

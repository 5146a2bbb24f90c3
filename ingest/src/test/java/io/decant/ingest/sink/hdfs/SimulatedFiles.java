package io.decant.ingest.sink.hdfs;

import static io.decant.ingest.simulation.Happenings.Happening.FILES_ANSWERS_LOST;
import static io.decant.ingest.simulation.Happenings.Happening.FILES_FAILED;
import static io.decant.ingest.simulation.Happenings.Happening.FILES_PUBLISHED;
import static io.decant.ingest.simulation.Happenings.Happening.FILES_WITHOUT_SOME_RECORDS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.batch.MemoryFiles;
import io.decant.ingest.simulation.Happenings;
import io.decant.ingest.simulation.KeyMode;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SteppedExecutor;
import io.decant.offload.layout.BatchId;
import io.decant.offload.layout.BatchNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A filesystem on which batches appear; it outlives the servers of a simulation. Its operations fail before they are
 * done, and the server dies in the middle of any.
 */
public final class SimulatedFiles {

    public static final String NAME = "files";

    private final Random random;
    private final KeyMode mode;
    private final Happenings happenings;
    private final MemoryFiles files = new MemoryFiles();
    private SteppedExecutor thread = new SteppedExecutor(true);
    /** A server that is gone does nothing more. */
    private boolean isServing;
    /** Fails no more. */
    public boolean healthy;

    /** @param operation of the filesystem, at which the server may die */
    public SimulatedFiles(Random random, KeyMode mode, Happenings happenings, Runnable operation) {
        this.random = random;
        this.mode = mode;
        this.happenings = happenings;
        files.trouble(() -> {
            if (!isServing) {
                throw new IOException("the server is gone");
            }
            operation.run();
            if (!healthy && random.nextInt(60) == 0) {
                happenings.count(FILES_FAILED);
                throw new IOException("the namenode is in safe mode");
            }
        });
        files.publishTrouble(() -> {
            happenings.count(FILES_PUBLISHED);
            if (!healthy && random.nextInt(8) == 0) {
                happenings.count(FILES_ANSWERS_LOST);
                throw new IOException("connection reset by the namenode");
            }
        });
    }

    /** Other ones at every start. */
    public HdfsSinkSettings settings() {
        FileCompression[] compressions = FileCompression.values();
        return new HdfsSinkSettings(
                URI.create("hdfs://namenode:8020/files"),
                Optional.empty(),
                FileFormat.LINES,
                compressions[random.nextInt(compressions.length)],
                random.nextInt(4),
                false);
    }

    /** The sink of a server that starts now. */
    public Sink sink(HdfsSinkSettings settings, SinkContext context) {
        thread = new SteppedExecutor(true);
        return new HdfsSink(
                NAME,
                settings,
                context.serverName(),
                context.journalId(),
                () -> files,
                thread,
                context.random(),
                context.clock(),
                () -> {});
    }

    public void start() {
        isServing = true;
    }

    public void stop() {
        isServing = false;
    }

    /** The sink's thread takes a step: all operations of a batch's files, or its rename. */
    public void work() {
        if (random.nextInt(4) == 0 || healthy) {
            thread.work();
        }
    }

    private List<String> published() {
        return files.names().stream()
                .filter(name -> name.endsWith("/" + BatchNames.MANIFEST) && !name.startsWith(BatchNames.STAGING))
                .map(name -> name.substring(0, name.length() - BatchNames.MANIFEST.length() - 1))
                .toList();
    }

    /** What all batches have together, in their order. */
    public List<String> records() {
        List<String> records = new ArrayList<>();
        for (DeliveredBatch batch : batches()) {
            batch.buckets().forEach(bucket -> records.addAll(checked(bucket)));
            if (batch.manifest().uncarried() > 0) {
                happenings.count(FILES_WITHOUT_SOME_RECORDS);
            }
        }
        return records;
    }

    private List<String> checked(List<String> bucket) {
        Set<String> keys = new HashSet<>();
        List<String> records = new ArrayList<>();
        for (String line : bucket) {
            String record = new String(line.getBytes(ISO_8859_1), UTF_8);
            if (!keys.add(mode.keyOf(record))) {
                throw new AssertionError("rule 1: a bucket of files has a key twice: " + record);
            }
            records.add(record);
        }
        return records;
    }

    private List<DeliveredBatch> batches() {
        List<DeliveredBatch> batches = new ArrayList<>();
        try {
            for (String directory : published()) {
                batches.add(DeliveredBatch.read(Path.of(directory), files.filesBelow(directory)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        batches.sort(Comparator.comparing(
                batch -> batch.manifest().batch().map(BatchId::batch).orElseThrow()));
        return batches;
    }
}

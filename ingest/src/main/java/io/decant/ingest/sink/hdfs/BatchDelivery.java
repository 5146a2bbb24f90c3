package io.decant.ingest.sink.hdfs;

import io.decant.bucketer.KeySpec;
import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.layout.BatchId;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.Manifest;
import io.decant.offload.layout.ManifestException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.Optional;

/**
 * One batch on its way to its place: looked for, written aside, published. Each step may be done again after any
 * failure, by this server or the next: a batch that is there is done.
 *
 * <p>Owned by the thread that writes, except for {@link #withdraw}.
 */
final class BatchDelivery implements AutoCloseable {

    private final HdfsSinkSettings settings;
    private final SinkShape shape;
    private final String staging;
    private final BatchId id;
    private final String key;
    private final String target;
    private final Optional<String> finished;
    private final BatchText text;

    /** @param staging directory of this sink alone, for what is not whole */
    BatchDelivery(OpenBatch batch, HdfsSinkSettings settings, SinkShape shape, String staging) {
        Cut cut = batch.cut();
        this.settings = settings;
        this.shape = shape;
        this.staging = staging;
        this.id = new BatchId(
                cut.shape().serverName(),
                batch.journalId(),
                cut.batch(),
                Instant.ofEpochMilli(cut.windowStartMillis()),
                Instant.ofEpochMilli(cut.windowEndMillis()));
        this.key = KeySpec.shown(cut.shape().key());
        this.target = BatchNames.directory(id);
        this.finished = batch.finished(shape.name()).map(uri -> URI.create(uri).getPath());
        this.text = new BatchText(batch, shape);
    }

    /**
     * A batch that lies aside, whole and durable.
     *
     * @param directory where
     */
    record Staged(String directory, Manifest manifest) {}

    /**
     * Writes the batch aside, unless it is in its place already, or lies aside as the job on Spark has written it.
     *
     * @param attempt a name that no other attempt has: an abandoned call that is carried out all the same must
     *     not touch this one's files
     * @return nothing where the batch is in its place
     */
    Optional<Staged> stage(BatchFiles files, String attempt) throws IOException {
        if (files.exists(target)) {
            check(files, target);
            return Optional.empty();
        }
        clean(files, staging);
        if (finished.isPresent() && files.exists(finished.get())) {
            return Optional.of(new Staged(finished.get(), check(files, finished.get())));
        }
        text.prepare();
        String directory = staging + "/batch-" + id.batch() + "-" + attempt;
        BatchWriter writer = new BatchWriter(files, settings, shape, directory);
        return Optional.of(new Staged(directory, writer.write(text, id, key)));
    }

    /**
     * Removes what attempts have left in a sink's directory: those of this server's last run, or its own that failed.
     */
    static void clean(BatchFiles files, String staging) throws IOException {
        for (String left : files.list(staging)) {
            files.delete(staging + "/" + left);
        }
    }

    /** Has the batch appear in its place. */
    void publish(BatchFiles files, Staged staged) throws IOException {
        try {
            files.publish(staged.directory(), target);
        } catch (FileAlreadyExistsException e) {
            // An answer that was lost: the batch was published before.
            check(files, target);
        }
    }

    /** @throws ManifestException if what is there is not this batch */
    private Manifest check(BatchFiles files, String directory) throws IOException {
        Manifest found;
        try (InputStream json = files.open(directory + "/" + BatchNames.MANIFEST)) {
            found = Manifest.read(json);
        } catch (FileNotFoundException e) {
            throw new ManifestException(directory + " has no " + BatchNames.MANIFEST + ": " + wayOut(), e);
        } catch (ManifestException e) {
            throw new ManifestException(target + "/" + BatchNames.MANIFEST + " " + e.getMessage() + ": " + wayOut(), e);
        }
        if (!found.batch().equals(Optional.of(id))
                || !found.sink().equals(shape.name())
                || !found.key().equals(key)
                || found.format() != Formats.of(shape)
                || !text.mayHave(found.records() + found.uncarried())) {
            throw new ManifestException(directory + " is not this batch, but " + said(found) + ": " + wayOut());
        }
        return found;
    }

    private static String said(Manifest found) {
        return "batch " + found.batch().map(BatchId::batch).orElse(0L) + " of sink '" + found.sink() + "', records "
                + found.records() + ", format " + found.format() + ", key " + found.key();
    }

    private static String wayOut() {
        return "another process created it; move it elsewhere, and the batch is written in its place";
    }

    /** A count that goes up as lines are written. Any thread. */
    long moved() {
        return text.moved();
    }

    /** When this returns the batch is not read any more. Any thread. */
    void withdraw() {
        text.withdraw();
    }

    @Override
    public void close() {
        text.close();
    }
}

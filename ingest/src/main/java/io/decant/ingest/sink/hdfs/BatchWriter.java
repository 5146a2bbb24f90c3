package io.decant.ingest.sink.hdfs;

import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.SafeClose;
import io.decant.offload.files.SyncedOutput;
import io.decant.offload.layout.BatchId;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.Content;
import io.decant.offload.layout.Manifest;
import io.decant.offload.layout.TailEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the directory of one batch, file after file, each durable before the next is begun; the manifest last. */
final class BatchWriter {

    private final BatchFiles files;
    private final HdfsSinkSettings settings;
    private final SinkShape shape;
    private final String directory;

    /** @param directory where nothing is yet */
    BatchWriter(BatchFiles files, HdfsSinkSettings settings, SinkShape shape, String directory) {
        this.files = files;
        this.settings = settings;
        this.shape = shape;
        this.directory = directory;
    }

    Manifest write(BatchText text, BatchId id, String key) throws IOException {
        int count = text.count();
        int own = Math.min(count, settings.maxBucketDirs());
        List<Content> buckets = new ArrayList<>(own);
        for (int bucket = 0; bucket < own; bucket++) {
            buckets.add(writeBucket(text, bucket));
        }
        Optional<TailEntry> tail = own < count ? writeTail(text, own) : Optional.empty();
        Manifest manifest = new Manifest(
                Optional.of(id),
                shape.name(),
                key,
                Formats.of(shape),
                settings.compression(),
                text.uncarried(),
                buckets,
                tail);
        byte[] json = manifest.toJson();
        SyncedOutput file = files.create(directory + "/" + BatchNames.MANIFEST);
        SafeClose.afterTask(file::close, () -> {
            file.write(json, 0, json.length);
            file.sync();
        });
        return manifest;
    }

    private Content writeBucket(BatchText text, int bucket) throws IOException {
        String folder = directory + "/" + BatchNames.bucketDirectory(bucket) + "/";
        text.turnTo(bucket);
        PartSeries parts = new PartSeries(
                files,
                number -> folder + BatchNames.part(number, Formats.of(shape), settings.compression()),
                settings.compression(),
                shape.maxBytes());
        return SafeClose.after(parts::close, () -> {
            while (text.nextOfBucket()) {
                parts.write(text);
            }
            return parts.finish();
        });
    }

    private Optional<TailEntry> writeTail(BatchText text, int first) throws IOException {
        String folder = directory + "/" + BatchNames.TAIL + "/";
        text.turnToTail(first);
        PartSeries parts = new PartSeries(
                files,
                number -> folder + BatchNames.tailPart(number, settings.compression()),
                settings.compression(),
                shape.maxBytes());
        return SafeClose.after(parts::close, () -> {
            while (text.nextOfTail()) {
                parts.write(text);
            }
            Content content = parts.finish();
            return content.records() == 0
                    ? Optional.empty()
                    : Optional.of(new TailEntry(first, content, text.tailSizes().list()));
        });
    }
}

package io.decant.ingest.pipeline;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.hdfs.HdfsSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What today's settings make of the next batch: the one way from settings to what a cut freezes. */
final class BatchShape {

    private BatchShape() {}

    /** @param recipients those of the sinks that the batch is for */
    static Shape of(Settings settings, long hashSeed, Recipients recipients) {
        List<SinkShape> sinks = new ArrayList<>();
        settings.sinks().forEach((name, sink) -> {
            if (recipients.include(name)) {
                sinks.add(ofSink(name, sink));
            }
        });
        return new Shape(
                settings.name(),
                settings.bucket().key().text(),
                settings.bucket().missingKey().name().toLowerCase(Locale.ROOT),
                hashSeed,
                sinks);
    }

    private static SinkShape ofSink(String name, SinkSettings sink) {
        if (sink instanceof HttpSinkSettings http) {
            return new SinkShape(
                    name,
                    "http",
                    http.format().name().toLowerCase(Locale.ROOT),
                    http.maxRecords(),
                    http.maxBytes().bytes());
        }
        if (sink instanceof HdfsSinkSettings hdfs) {
            return new SinkShape(
                    name,
                    "hdfs",
                    hdfs.format().name().toLowerCase(Locale.ROOT),
                    Long.MAX_VALUE,
                    HdfsSink.PART_BYTES_MAX);
        }
        throw new IllegalArgumentException("no shape for a sink of " + sink.getClass());
    }
}

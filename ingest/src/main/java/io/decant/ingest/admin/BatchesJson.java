package io.decant.ingest.admin;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.decant.config.PrintableText;
import io.decant.ingest.history.BatchHistory;
import io.decant.ingest.history.BatchView;
import io.decant.ingest.history.BucketPicture;
import io.decant.offload.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * {@code /batches} and {@code /batches/<number>}: the records are their objects. Times are milliseconds since the
 * epoch, delays milliseconds, and null stands for what is not known (yet). Keys may be added; none is removed or
 * changes its meaning.
 */
final class BatchesJson {

    private BatchesJson() {}

    /** The text of {@code /batches}. */
    static String text(BatchHistory history, String lastEventId) {
        List<Batch> active = new ArrayList<>();
        List<Batch> completed = new ArrayList<>();
        for (BatchView batch : history.all()) {
            (batch.state() == BatchView.State.DELIVERED ? completed : active).add(Batch.of(batch));
        }
        Collections.reverse(completed);
        return text(new Root(lastEventId, history.newest(), history.undelivered(), active, completed));
    }

    /** The text of the page of one batch. */
    static String text(BatchView batch) {
        return text(new One(
                Batch.of(batch),
                batch.split().map(split -> Sizes.of(split.sizes())).orElse(null)));
    }

    private static String text(Object value) {
        return PrintableText.ofJson(Json.text(value)) + "\n";
    }

    private static Long orNull(OptionalLong value) {
        return value.isPresent() ? (Long) value.getAsLong() : null;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private record Root(
            String lastEventId, long submitted, long undelivered, List<Batch> active, List<Batch> completed) {}

    private record One(@JsonUnwrapped Batch batch, Sizes bucketSizes) {}

    private record Batch(
            long number,
            String window,
            long records,
            long bytes,
            Integer buckets,
            String where,
            boolean deadLetters,
            String state,
            Long submittedAt,
            Long startedAt,
            Long completedAt,
            Long schedulingDelay,
            Long processingDelay,
            Long totalDelay,
            Hottest hottest,
            Map<String, Hottest> hottestByName,
            Map<String, Delivery> sinks) {

        static Batch of(BatchView batch) {
            BatchView.Split split = batch.split().orElse(null);
            Map<String, Hottest> byName = new LinkedHashMap<>();
            Map<String, Delivery> sinks = new LinkedHashMap<>();
            if (split != null) {
                split.hottestByName().forEach(key -> byName.put(key.name(), new Hottest(key.record(), key.count())));
            }
            batch.sinks().forEach((name, sink) -> sinks.put(name, Delivery.of(sink, batch.submittedMillis())));
            return new Batch(
                    batch.info().number(),
                    batch.info().window(),
                    batch.info().records(),
                    batch.info().bytes(),
                    split == null ? null : (Integer) split.buckets(),
                    batch.onSpark() ? "spark" : "memory",
                    batch.deadLetters(),
                    word(batch.state()),
                    orNull(batch.submittedMillis()),
                    orNull(batch.startedMillis()),
                    orNull(batch.completedMillis()),
                    orNull(BatchView.delay(batch.submittedMillis(), batch.startedMillis())),
                    orNull(BatchView.delay(batch.startedMillis(), batch.completedMillis())),
                    orNull(BatchView.delay(batch.submittedMillis(), batch.completedMillis())),
                    split == null || split.buckets() < 2 ? null : new Hottest(split.hottest(), split.hottestCount()),
                    byName,
                    sinks);
        }
    }

    private record Hottest(String record, long count) {}

    private record Delivery(
            String state,
            Long startedAt,
            Long completedAt,
            Long schedulingDelay,
            Long processingDelay,
            Long totalDelay,
            Long bucketsDelivered,
            long parts,
            long requests,
            long retries,
            String lastError) {

        static Delivery of(BatchView.Delivery sink, OptionalLong submitted) {
            return new Delivery(
                    word(sink.state()),
                    orNull(sink.startedMillis()),
                    orNull(sink.completedMillis()),
                    orNull(BatchView.delay(submitted, sink.startedMillis())),
                    orNull(BatchView.delay(sink.startedMillis(), sink.completedMillis())),
                    orNull(BatchView.delay(submitted, sink.completedMillis())),
                    orNull(sink.bucketsDelivered()),
                    sink.counts().parts(),
                    sink.counts().requests(),
                    sink.counts().retries(),
                    sink.lastError());
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sizes(int bucketsPerValue, long[] records) {

        static Sizes of(BucketPicture picture) {
            return new Sizes(picture.bucketsPerValue(), picture.records());
        }
    }
}

package io.decant.ingest.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.OptionalLong;

/** {@code /status}. Keys may be added; none is removed or changes its meaning. */
final class StatusJson {

    private StatusJson() {}

    static JsonObject of(ServerStatus status, String adminAddress) {
        JsonObject sources = new JsonObject();
        status.sources().forEach((name, source) -> sources.put(name, source(source)));
        JsonObject sinks = new JsonObject();
        status.sinks().forEach((name, sink) -> sinks.put(name, sink(sink)));
        JsonArray batches = new JsonArray();
        status.batches().forEach(batch -> batches.add(batch(batch)));
        return new JsonObject()
                .put("name", status.name())
                .put("version", status.version())
                .put("state", status.state())
                .put("pressure", status.pressure())
                .put("admin", new JsonObject().put("address", adminAddress))
                .put("journal", journal(status.journal()))
                .put("sources", sources)
                .put("sinks", sinks)
                .put("offload", offload(status.offload()))
                .put("deadLetters", deadLetters(status.deadLetters()))
                .put("batches", batches);
    }

    private static JsonObject journal(ServerStatus.Journal journal) {
        return new JsonObject()
                .put("id", journal.id())
                .put("appended", journal.appended())
                .put("synced", journal.synced())
                .put("cut", journal.cut())
                .put("delivered", journal.delivered())
                .put("backlogBytes", journal.backlogBytes())
                .put("queuedBytes", journal.queuedBytes())
                .put("freeBytes", journal.freeBytes())
                .put("uncutRecords", journal.uncutRecords());
    }

    private static JsonObject source(ServerStatus.Source source) {
        JsonObject json = new JsonObject()
                .put("type", source.type())
                .put("address", source.address())
                .put("connections", source.connections())
                .put("records", source.records())
                .put("bytes", source.bytes())
                .put("refusals", source.refusals())
                .put("unreadResets", source.unreadResets())
                .put("unfinishedBytes", source.unfinishedBytes())
                .put("paused", source.paused());
        source.reading().ifPresent(reading -> {
            JsonObject partitions = new JsonObject();
            reading.partitions().forEach((name, partition) -> partitions.put(name, partition(partition)));
            json.put("state", reading.state())
                    .put("lastError", reading.lastError())
                    .put("partitions", partitions);
        });
        return json;
    }

    private static JsonObject partition(ServerStatus.Partition partition) {
        return new JsonObject()
                .put("state", partition.state())
                .put("position", orNull(partition.position()))
                .put("committed", orNull(partition.committed()))
                .put("lag", orNull(partition.lag()))
                .put("lost", partition.lost())
                .put("skipped", partition.skipped())
                .put("error", partition.error());
    }

    private static Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static JsonObject sink(ServerStatus.Sink sink) {
        return new JsonObject()
                .put("type", sink.type())
                .put("target", sink.target())
                .put("batch", sink.batch())
                .put("state", sink.state())
                .put("lastError", sink.lastError())
                .put("lagSeconds", sink.lagSeconds())
                .put("lagRecords", sink.lagRecords())
                .put("requests", sink.requests())
                .put("retries", sink.retries())
                .put("records", sink.records())
                .put("bytes", sink.bytes())
                .put("deadLetters", sink.deadLettersOfAllReasons());
    }

    private static JsonObject offload(ServerStatus.Offload offload) {
        return new JsonObject()
                .put("state", offload.state())
                .put("driver", offload.driver())
                .put("application", offload.application())
                .put("batch", offload.batch())
                .put("stage", offload.stage())
                .put("stages", offload.stages())
                .put("tasks", offload.tasks())
                .put("tasksDone", offload.tasksDone())
                .put("records", offload.records())
                .put("lastError", offload.lastError())
                .put("batches", offload.batches())
                .put("failures", offload.failures());
    }

    private static JsonObject deadLetters(ServerStatus.DeadLetters letters) {
        return new JsonObject()
                .put("letters", letters.letters())
                .put("bytes", letters.bytes())
                .put("maxBytes", letters.maxBytes())
                .put("trouble", letters.trouble());
    }

    private static JsonObject batch(ServerStatus.Batch batch) {
        JsonObject json = new JsonObject()
                .put("number", batch.number())
                .put("window", batch.window())
                .put("records", batch.records())
                .put("bytes", batch.bytes())
                .put("buckets", batch.buckets())
                .put("where", batch.where())
                .put("state", batch.state());
        if (batch.buckets() > 1) {
            json.put("hottest", new JsonObject().put("record", batch.hottest()).put("count", batch.hottestCount()));
        }
        return json;
    }
}

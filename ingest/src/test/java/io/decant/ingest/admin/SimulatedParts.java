package io.decant.ingest.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What {@link PageWorld} says of sources and of Spark. */
final class SimulatedParts {

    private SimulatedParts() {}

    /** A TCP source that has two thirds of the records, and a Kafka source. */
    static JsonObject sources(long acknowledged, long appended) {
        JsonObject partitions = new JsonObject();
        for (int partition = 0; partition < 6; partition++) {
            partitions.put(
                    "orders-" + partition,
                    new JsonObject()
                            .put("state", "reading")
                            .put("position", 48_113 + appended / 1000)
                            .put("committed", 48_113 + appended / 1000)
                            .put("lag", 17 * partition)
                            .put("lost", 0)
                            .put("skipped", 0)
                            .put("error", ""));
        }
        JsonObject lines = new JsonObject()
                .put("type", "tcp")
                .put("address", "0.0.0.0:9999")
                .put("connections", 48)
                .put("records", acknowledged * 2 / 3)
                .put("bytes", acknowledged * 124)
                .put("refusals", 0)
                .put("paused", false);
        JsonObject orders = new JsonObject()
                .put("type", "kafka")
                .put("address", "")
                .put("connections", 0)
                .put("records", acknowledged / 3)
                .put("bytes", acknowledged * 63)
                .put("refusals", 0)
                .put("paused", false)
                .put("state", "reading")
                .put("lastError", "")
                .put("partitions", partitions);
        return new JsonObject().put("lines", lines).put("orders", orders);
    }

    /** @param batch that Spark splits; 0: Spark is not set up */
    static JsonObject offload(long batch, int tasksDone) {
        boolean sparkRuns = batch > 0;
        JsonObject offload = new JsonObject()
                .put("state", sparkRuns ? "running" : "off")
                .put("driver", sparkRuns ? "ready" : "stopped")
                .put("application", sparkRuns ? "application_1445144423722_0020" : "")
                .put("batch", batch)
                .put("stage", sparkRuns ? 1 : 0)
                .put("stages", sparkRuns ? 2 : 0)
                .put("tasks", sparkRuns ? 48 : 0)
                .put("tasksDone", sparkRuns ? tasksDone : 0)
                .put("records", sparkRuns ? 24_000_000L + tasksDone * 500_000L : 0)
                .put("lastError", "")
                .put("batches", sparkRuns ? 3 : 0)
                .put("failures", 0);
        if (sparkRuns) {
            offload.put("predicted", "48 tasks = 6 GiB / 128 MiB on 8 executors of 2 cores: 16 at a time, 3 waves")
                    .put(
                            "lastRun",
                            new JsonObject()
                                    .put("batch", batch - 3_600)
                                    .put("predicted", "40 tasks = 5 GiB / 128 MiB: 16 at a time, 3 waves")
                                    .put(
                                            "stages",
                                            new JsonArray()
                                                    .add("count: 40 tasks, 16 at a time, 3 waves, 21 s")
                                                    .add("write: 32 tasks, 16 at a time, 2 waves, 34 s")));
        }
        return offload;
    }
}

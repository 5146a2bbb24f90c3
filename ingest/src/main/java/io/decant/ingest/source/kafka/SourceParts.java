package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.journal.Intake;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** What outlives the consumers of a source. */
record SourceParts(
        String name,
        KafkaSourceSettings settings,
        Intake intake,
        InstantSource clock,
        LongSupplier nanoTime,
        Cluster cluster,
        Topics topics,
        Feeds feeds,
        BrokerReach reach,
        SourceHealth health,
        OffsetCommits commits,
        Backpressure room,
        FetchWindow window,
        SourceEnd end) {}

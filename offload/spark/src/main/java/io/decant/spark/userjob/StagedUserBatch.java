package io.decant.spark.userjob;

import io.decant.job.Batch;
import io.decant.offload.staging.StagedBatch;
import io.decant.spark.job.StagedRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;

/** A staged batch, as a job gets it. For the thread of the job. */
final class StagedUserBatch implements Batch {

    private final String id;
    private final StagedRecords records;
    private final String output;
    private final Map<String, String> settings;
    /** Made with the first call, which splits the batch. */
    private JavaPairRDD<Integer, byte[]> buckets;

    StagedUserBatch(String id, StagedRecords records, String output, Map<String, String> settings) {
        this.id = id;
        this.records = records;
        this.output = output;
        this.settings = settings;
    }

    private StagedBatch staged() {
        return records.batch();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long number() {
        return staged().batch();
    }

    @Override
    public Instant windowStart() {
        return Instant.ofEpochMilli(staged().windowStartMillis());
    }

    @Override
    public Instant windowEnd() {
        return Instant.ofEpochMilli(staged().windowEndMillis());
    }

    @Override
    public JavaRDD<byte[]> records() {
        try {
            return records.records();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public JavaRDD<String> lines() {
        return records().map(record -> new String(record, StandardCharsets.UTF_8));
    }

    @Override
    public JavaPairRDD<Integer, byte[]> buckets() {
        try {
            if (buckets == null) {
                buckets = records.buckets();
            }
            return buckets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String output() {
        return output;
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }
}

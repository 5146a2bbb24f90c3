package io.decant.spark.job;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformedBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server makes of the same records in its memory.
 *
 * @param buckets the records of each, in order: whole frames, or lines
 * @param origins of each of them, the same way: source, stream, position, arrival
 * @param keyless records in no bucket
 * @param failed records that could not be transformed
 */
record Expected(
        List<List<String>> buckets,
        List<List<String>> origins,
        List<String> keyless,
        List<String> failed,
        List<String> hottest) {

    static Expected of(TestRecords records, KeyRule rule) {
        List<Long> allocated = new ArrayList<>();
        List<String> originOf = new ArrayList<>();
        try (Chunks chunks = new Chunks()) {
            for (TestRecords.Block block : records.blocks()) {
                long address = Memory.allocate(block.payload().length);
                Memory.copyFromArray(block.payload(), 0, block.payload().length, address);
                allocated.add(address);
                chunks.add(
                        address,
                        block.payload().length,
                        block.header().records(),
                        0,
                        block.header().framed(),
                        rule.transformOf(block.header().source()));
                for (int i = 0; i < block.header().records(); i++) {
                    originOf.add(block.header().source() + " " + block.header().stream() + " "
                            + (block.header().first() + i) + " "
                            + block.header().arrivalMillis());
                }
            }
            BucketAssigner assigner = new BucketAssigner(1, Runnable::run);
            if (!chunks.hasTransforms()) {
                try (Assignment buckets = assigner.assign(chunks, rule.keying(), true)) {
                    return read(buckets, originOf);
                }
            }
            try (TransformedBatch batch = assigner.assignTransformed(chunks, rule.keying());
                    ArrivalBuckets buckets = batch.newBuckets()) {
                return read(buckets, originOf);
            }
        } finally {
            for (int i = 0; i < allocated.size(); i++) {
                Memory.free(allocated.get(i), records.blocks().get(i).payload().length);
            }
        }
    }

    private static Expected read(ArrivalBuckets assigned, List<String> originOf) {
        List<List<String>> buckets = new ArrayList<>();
        List<List<String>> origins = new ArrayList<>();
        for (int bucket = 0; bucket < assigned.buckets(); bucket++) {
            List<String> ofBucket = new ArrayList<>();
            List<String> originsOfBucket = new ArrayList<>();
            for (long i = 0; i < assigned.records(bucket); i++) {
                ofBucket.add(text(assigned.frame(bucket, i), assigned.address(bucket, i), assigned.length(bucket, i)));
                originsOfBucket.add(originOf.get((int) assigned.arrival(bucket, i)));
            }
            buckets.add(ofBucket);
            origins.add(originsOfBucket);
        }
        List<String> keyless = new ArrayList<>();
        for (long i = 0; i < assigned.keyless(); i++) {
            keyless.add(text(assigned.keylessFrame(i), assigned.keylessAddress(i), assigned.keylessLength(i)));
        }
        List<String> failed = new ArrayList<>();
        for (long i = 0; i < assigned.failed(); i++) {
            failed.add(text(assigned.failedFrame(i), assigned.failedAddress(i), assigned.failedLength(i)));
        }
        List<String> hottest = assigned.hottestByName().stream()
                .map(key -> key.name() + " " + key.count() + " " + text(key.address(), key.length()))
                .toList();
        return new Expected(buckets, origins, keyless, failed, hottest);
    }

    private static String text(long frame, long address, int length) {
        return frame == 0 ? text(address, length) : text(frame, Frame.length(frame));
    }

    static String text(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}

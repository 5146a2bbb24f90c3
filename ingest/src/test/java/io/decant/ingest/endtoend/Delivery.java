package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.decant.harness.ReceivedPart;
import io.decant.ingest.receiver.ReceivedRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a receiver took, put together again: batches of buckets of records, in order. */
final class Delivery {

    private final TreeMap<Long, TreeMap<Integer, List<String>>> batches = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    /** Records are read as ISO 8859-1, so that every byte is one character. */
    Delivery(List<ReceivedRequest> requests) {
        Map<String, TreeMap<Long, ReceivedRequest>> byPlace = new HashMap<>();
        for (ReceivedRequest request : requests) {
            ReceivedPart part = request.part();
            ReceivedRequest other = byPlace.computeIfAbsent(
                            part.batch() + "/" + part.bucket(), place -> new TreeMap<>())
                    .put(part.first(), request);
            if (other != null) {
                faults.add("two parts at record " + part.first() + " of bucket " + part.bucket() + " of batch "
                        + part.batch());
            }
        }
        for (TreeMap<Long, ReceivedRequest> bucket : byPlace.values()) {
            long ordinal = 0;
            for (ReceivedRequest request : bucket.values()) {
                ReceivedPart part = request.part();
                if (part.first() != ordinal) {
                    faults.add("batch " + part.batch() + ", bucket " + part.bucket() + ": a part begins at "
                            + part.first() + " instead of " + ordinal);
                }
                ordinal += part.records();
                List<String> records = batches.computeIfAbsent(part.batch(), b -> new TreeMap<>())
                        .computeIfAbsent(part.bucket(), b -> new ArrayList<>());
                request.lines().forEach(line -> records.add(new String(line, ISO_8859_1)));
            }
        }
        checkBatches(requests.stream().map(ReceivedRequest::part).toList());
    }

    private void checkBatches(List<ReceivedPart> parts) {
        long expected = 0;
        for (long batch : batches.keySet()) {
            if (batch != ++expected) {
                faults.add("batch " + batch + " follows " + (expected - 1));
                expected = batch;
            }
        }
        for (ReceivedPart part : parts) {
            if (part.buckets() != batches.get(part.batch()).size()) {
                faults.add("batch " + part.batch() + " has "
                        + batches.get(part.batch()).size() + " buckets, not " + part.buckets());
            }
        }
        batches.forEach((batch, buckets) -> buckets.forEach((bucket, records) -> {
            Set<String> seen = new HashSet<>();
            for (String record : records) {
                if (!seen.add(record)) {
                    faults.add("rule 1: bucket " + bucket + " of batch " + batch + " holds twice: " + record);
                }
            }
        }));
    }

    /** What is wrong with it; empty if it keeps rule 1 and its own word. */
    List<String> faults() {
        return faults;
    }

    int batches() {
        return batches.size();
    }

    int buckets(long batch) {
        return batches.get(batch).size();
    }

    /** All records, in the order of delivery. */
    List<String> records() {
        List<String> all = new ArrayList<>();
        batches.values().forEach(buckets -> buckets.values().forEach(all::addAll));
        return all;
    }

    /** How often each record is there. */
    static Map<String, Integer> multiset(List<String> records) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        records.forEach(record -> counts.merge(record, 1, Integer::sum));
        return counts;
    }
}

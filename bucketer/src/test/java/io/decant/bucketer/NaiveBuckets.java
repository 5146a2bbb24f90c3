package io.decant.bucketer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The bucket rule as one would write it on a napkin; the reference that the real one is held against. */
final class NaiveBuckets {

    private NaiveBuckets() {}

    static List<List<String>> of(List<byte[]> records) {
        List<List<String>> buckets = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (byte[] record : records) {
            String key = text(record);
            int bucket = seen.merge(key, 1, Integer::sum) - 1;
            if (bucket == buckets.size()) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(key);
        }
        return buckets;
    }

    /** The buckets of an assignment in the same form. */
    static List<List<String>> of(Assignment assignment) {
        List<List<String>> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
            List<String> records = new ArrayList<>();
            for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                records.add(text(
                        NativeBytes.read(assignment.address(bucket, ordinal), assignment.length(bucket, ordinal))));
            }
            buckets.add(records);
        }
        return buckets;
    }

    /** The records of an assignment that are in no bucket, in order. */
    static List<String> keyless(Assignment assignment) {
        List<String> records = new ArrayList<>();
        for (long ordinal = 0; ordinal < assignment.keyless(); ordinal++) {
            records.add(text(NativeBytes.read(assignment.keylessAddress(ordinal), assignment.keylessLength(ordinal))));
        }
        return records;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Bytes as a string, one character each. */
    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}

package io.decant.ingest.plan;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.HotKey;
import io.decant.bucketer.KeyExtractor;
import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.SeenHashes;
import io.decant.ingest.plan.PlanInput.RecordVisitor;
import io.decant.offload.console.RecordPreview;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a batch.
 *
 * @param key what records are told apart by
 * @param records in all
 * @param bytes in all, as lines
 * @param missing what becomes of a record without the key
 * @param missingKeys records without the key; empty where none can be
 * @param buckets the highest multiplicity of a key
 * @param sizes of the first buckets, at most {@link #SIZES_MAX}
 * @param repeated the most frequent of the keys that occur more than once, most frequent first, at most
 *     {@link #REPEATED_MAX}
 * @param requestsCutAtDuplicates requests it would take in order of arrival, beginning a new one at each duplicate
 */
public record Plan(
        KeySpec key,
        MissingKey missing,
        long records,
        long bytes,
        Optional<Size> missingKeys,
        int buckets,
        List<Size> sizes,
        List<Repeated> repeated,
        long requestsCutAtDuplicates) {

    /** Buckets whose size is told one by one; a hot key may make millions. */
    static final int SIZES_MAX = 20;
    /** Keys that are named. */
    static final int REPEATED_MAX = 10;
    /** Bytes of a key that are shown. */
    static final int KEY_BYTES_MAX = 100;

    private static final Size NOTHING = new Size(0, 0);

    /** How many records, and their bytes as lines. */
    public record Size(long records, long bytes) {}

    /** How often a key occurs, and its text. */
    public record Repeated(long count, String key) {}

    /** Assigns the records of {@code input} as one batch. */
    public static Plan of(PlanInput input, Keying keying, BucketAssigner assigner) {
        try (Assignment assignment = assigner.assign(input.chunks(), keying);
                CutAtDuplicates naive = new CutAtDuplicates(keying.newHasher())) {
            Optional<Size> missingKeys = visit(input, keying, naive);
            return new Plan(
                    keying.key(),
                    keying.missing(),
                    input.chunks().records(),
                    input.chunks().bytes(),
                    missingKeys,
                    assignment.buckets(),
                    sizes(assignment),
                    repeated(assignment, keying.key()),
                    naive.requests());
        }
    }

    /** Shows {@code buckets} every record that belongs to one, and counts those without a key. */
    private static Optional<Size> visit(PlanInput input, Keying keying, RecordVisitor buckets) {
        if (keying.key().equals(KeySpec.RECORD)) {
            input.forEachRecord(buckets);
            return Optional.empty();
        }
        KeyExtractor extractor = keying.key().newExtractor();
        boolean keylessToo = keying.missing() == MissingKey.RECORD;
        long[] missing = new long[1];
        long[] missingBytes = new long[1];
        input.forEachRecord((address, length) -> {
            boolean keyless = !extractor.find(address, length);
            if (keyless) {
                missing[0]++;
                missingBytes[0] += length + 1L;
            }
            if (!keyless || keylessToo) {
                buckets.record(address, length);
            }
        });
        return Optional.of(new Size(missing[0], missingBytes[0]));
    }

    private static List<Size> sizes(Assignment assignment) {
        List<Size> sizes = new ArrayList<>();
        for (int bucket = 0; bucket < Math.min(assignment.buckets(), SIZES_MAX); bucket++) {
            long records = assignment.records(bucket);
            sizes.add(new Size(records, assignment.linesLength(bucket, 0, records)));
        }
        return List.copyOf(sizes);
    }

    private static List<Repeated> repeated(Assignment assignment, KeySpec spec) {
        KeyExtractor extractor = spec.newExtractor();
        Map<String, KeySpec> named = spec.named();
        return assignment.topKeys(REPEATED_MAX).stream()
                .filter(key -> key.count() > 1)
                .map(key -> new Repeated(
                        key.count(), key.name().isEmpty() ? text(key, extractor) : shown(key, named.get(key.name()))))
                .toList();
    }

    /** Of several keys which it is, and its text. */
    private static String shown(HotKey key, KeySpec spec) {
        return key.name() + " = " + text(key, spec.newExtractor());
    }

    private static String text(HotKey key, KeyExtractor extractor) {
        // A byte more than is shown: there is more then.
        return extractor.find(key.address(), key.length())
                ? RecordPreview.of(extractor.firstBytes(KEY_BYTES_MAX + 1), KEY_BYTES_MAX)
                : RecordPreview.of(key.address(), key.length(), KEY_BYTES_MAX);
    }

    /** How many different keys there are: each has its first record in bucket 0. */
    public long distinctKeys() {
        return sizes.isEmpty() ? 0 : sizes.get(0).records();
    }

    /** Records that are in no bucket. */
    public Size keyless() {
        return missing == MissingKey.DLQ ? missingKeys.orElse(NOTHING) : NOTHING;
    }

    /** All buckets that {@link #sizes} leaves out, together. */
    public Size rest() {
        return new Size(
                records
                        - keyless().records()
                        - sizes.stream().mapToLong(Size::records).sum(),
                bytes
                        - keyless().bytes()
                        - sizes.stream().mapToLong(Size::bytes).sum());
    }

    /**
     * What people do without buckets: fill a request until a key comes that it holds already, then begin the next.
     * Counts the requests that this takes. Owned by one thread.
     */
    private static final class CutAtDuplicates implements RecordVisitor, AutoCloseable {

        private final KeyHasher hasher;
        private final SeenHashes request = new SeenHashes();
        private long requests;

        CutAtDuplicates(KeyHasher hasher) {
            this.hasher = hasher;
        }

        @Override
        public void record(long address, int length) {
            long hash = hasher.hash(address, length);
            if (request.size() == 0) {
                requests = 1;
            }
            if (!add(hash)) {
                requests++;
                request.clear();
                add(hash);
            }
        }

        /** Adds all keys of a record, the first of which is given; whether the request had none of them. */
        private boolean add(long first) {
            boolean added = isNone(first) || request.add(first);
            for (int slot = 1; slot < hasher.slots(); slot++) {
                long hash = hasher.slot(slot);
                added &= hash == 0 || request.add(hash);
            }
            return added;
        }

        private boolean isNone(long first) {
            return first == 0 && hasher.slots() > 1;
        }

        long requests() {
            return requests;
        }

        @Override
        public void close() {
            request.close();
        }
    }
}

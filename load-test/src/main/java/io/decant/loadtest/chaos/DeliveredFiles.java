package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads the batches of a {@code file:} sink as they appear, whole, and removes what has been read, so that the disk
 * stays
 * small. A batch that comes again after that, because the power was cut before the removal was durable or before the
 * sink's mark was, has to be the same, and does not count.
 *
 * <p>Not thread-safe.
 */
final class DeliveredFiles {

    private static final String BATCH = "batch-";
    private static final String TAIL = "tail";

    private final Path root;
    private final ChaosLedger ledger;
    private final Map<Long, String> digests = new HashMap<>();
    private long last;
    private long repeats;

    /** @param root of the sink */
    DeliveredFiles(Path root, ChaosLedger ledger) {
        this.root = root;
        this.ledger = ledger;
    }

    /** Batches that were read. */
    long batches() {
        return digests.size();
    }

    /** Batches that were there again after they had been read. */
    long repeats() {
        return repeats;
    }

    /**
     * Reads and removes all batches but the newest.
     *
     * @param kept how many stay, as a redelivery may still look for them
     */
    void sweep(int kept) throws IOException {
        TreeMap<Long, Path> found = new TreeMap<>();
        if (Files.isDirectory(root)) {
            try (Stream<Path> all = Files.find(root, 4, (path, is) -> is.isDirectory())) {
                for (Path path : all.toList()) {
                    String name = path.getFileName().toString();
                    if (name.startsWith(BATCH) && !path.startsWith(root.resolve("_staging"))) {
                        found.put(Long.parseLong(name.substring(name.lastIndexOf('-') + 1)), path);
                    }
                }
            }
        }
        // Of those beyond it none is missing: batches appear in order.
        int left = found.size();
        for (Map.Entry<Long, Path> batch : found.entrySet()) {
            if (left-- <= kept) {
                return;
            }
            read(batch.getKey(), batch.getValue());
            remove(batch.getValue());
        }
    }

    private void read(long number, Path folder) throws IOException {
        SortedMap<Integer, List<String>> buckets = buckets(folder);
        String digest = PartLedger.digest(buckets.toString());
        String before = digests.putIfAbsent(number, digest);
        if (before != null) {
            repeats++;
            if (!before.equals(digest)) {
                ledger.fault("batch " + number + " came again as another");
            }
            return;
        }
        if (number != last + 1) {
            ledger.fault("batch " + number + " follows batch " + last);
        }
        last = number;
        buckets.forEach((bucket, records) -> {
            String where = "batch " + number + ", bucket " + bucket;
            Set<String> keys = new HashSet<>();
            for (String text : records) {
                ChaosRecord record = ledger.take(text, where);
                if (record != null && !keys.add(record.key())) {
                    ledger.fault(where + ": " + record.key() + " is in the bucket twice");
                }
            }
        });
    }

    private static SortedMap<Integer, List<String>> buckets(Path folder) throws IOException {
        TreeMap<Integer, List<String>> buckets = new TreeMap<>();
        try (Stream<Path> all = Files.find(folder, 2, (path, is) -> is.isRegularFile())) {
            for (Path file : all.sorted().toList()) {
                String place = file.getParent().getFileName().toString();
                if (place.equals(TAIL)) {
                    for (String line : Files.readAllLines(file, UTF_8)) {
                        int tab = line.indexOf('\t');
                        buckets.computeIfAbsent(Integer.parseInt(line.substring(0, tab)), bucket -> new ArrayList<>())
                                .add(line.substring(tab + 1));
                    }
                } else if (place.startsWith("bucket-")) {
                    int bucket = Integer.parseInt(place.substring("bucket-".length()));
                    buckets.computeIfAbsent(bucket, number -> new ArrayList<>())
                            .addAll(Files.readAllLines(file, UTF_8));
                }
            }
        }
        return buckets;
    }

    /** By a rename first: a power cut in between must not leave a part of it where the next look would find it. */
    private void remove(Path batch) throws IOException {
        Path swept = root.resolveSibling(root.getFileName() + "-swept");
        if (Files.isDirectory(swept)) {
            delete(swept);
        }
        Files.move(batch, swept, StandardCopyOption.ATOMIC_MOVE);
        delete(swept);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

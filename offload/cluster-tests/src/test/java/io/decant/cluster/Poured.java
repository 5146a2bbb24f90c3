package io.decant.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a sink of {@code type: hdfs} has delivered below its uri, read without a line of the server's code: by number of
 * the batch, its buckets, each with its records in order.
 */
final class Poured {

    private static final int BATCH_DIGITS = 12;

    private Poured() {}

    /**
     * Reads it all.
     *
     * @throws AssertionError if a batch is there twice
     */
    static NavigableMap<Long, List<List<String>>> read(FileSystem files, Path root) throws IOException {
        TreeMap<Long, List<List<String>>> batches = new TreeMap<>();
        FileStatus[] found = files.globStatus(new Path(root, "server=*/date=*/hour=*/batch-*"));
        for (FileStatus batch : found == null ? new FileStatus[0] : found) {
            String name = batch.getPath().getName();
            long number = Long.parseLong(name.substring(name.length() - BATCH_DIGITS));
            if (batches.put(number, batch(files, batch.getPath())) != null) {
                throw new AssertionError("batch " + number + " is there twice: " + Arrays.toString(found));
            }
        }
        return batches;
    }

    /** Whether anything is left of batches that were not finished. */
    static boolean hasLeftovers(FileSystem files, Path root) throws IOException {
        Path staging = new Path(root, "_staging");
        return files.exists(staging) && files.listFiles(staging, true).hasNext();
    }

    private static List<List<String>> batch(FileSystem files, Path directory) throws IOException {
        List<List<String>> buckets = new ArrayList<>();
        for (FileStatus bucket : sorted(files.globStatus(new Path(directory, "bucket-*")))) {
            List<String> records = new ArrayList<>();
            for (FileStatus part : sorted(files.listStatus(bucket.getPath()))) {
                records.addAll(lines(files, part.getPath()));
            }
            buckets.add(records);
        }
        for (FileStatus part : sorted(files.globStatus(new Path(directory, "tail/part-*")))) {
            for (String line : lines(files, part.getPath())) {
                int tab = line.indexOf('\t');
                int bucket = Integer.parseInt(line.substring(0, tab));
                while (buckets.size() <= bucket) {
                    buckets.add(new ArrayList<>());
                }
                buckets.get(bucket).add(line.substring(tab + 1));
            }
        }
        JsonObject manifest = new JsonObject(text(files, new Path(directory, "_manifest.json")));
        long records = buckets.stream().mapToLong(List::size).sum();
        if (manifest.getLong("records") != records) {
            throw new AssertionError(
                    directory + " has " + records + " records, and by its manifest " + manifest.getLong("records"));
        }
        return buckets;
    }

    private static List<FileStatus> sorted(FileStatus[] files) {
        return Stream.of(files == null ? new FileStatus[0] : files)
                .sorted(Comparator.comparing(file -> file.getPath().getName()))
                .toList();
    }

    private static List<String> lines(FileSystem files, Path file) throws IOException {
        return text(files, file).lines().toList();
    }

    private static String text(FileSystem files, Path file) throws IOException {
        try (var in = files.open(file)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** What the buckets of these records have to be: the k-th occurrence goes to bucket k. */
    static List<List<String>> expected(List<String> records) {
        List<List<String>> buckets = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String record : records) {
            int bucket = seen.merge(record, 1, Integer::sum) - 1;
            if (bucket == buckets.size()) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(record);
        }
        return buckets;
    }
}

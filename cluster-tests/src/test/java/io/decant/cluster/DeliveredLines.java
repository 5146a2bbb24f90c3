package io.decant.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.decant.config.FileCompression;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.Manifest;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a sink has put on a filesystem, read by its names alone.
 *
 * @param manifests their paths, in order
 * @param batches in that order: of each its buckets, of each its records
 * @param staged files that lie aside
 */
record DeliveredLines(List<String> manifests, List<List<List<String>>> batches, int staged) {

    static DeliveredLines below(FileSystem filesystem, Path root) throws IOException {
        List<String> manifests = new ArrayList<>();
        List<List<List<String>>> batches = new ArrayList<>();
        int staged = 0;
        for (Path file : files(filesystem, root)) {
            if (file.toString().contains("/" + BatchNames.STAGING + "/")) {
                staged++;
            } else if (file.getName().equals(BatchNames.MANIFEST)) {
                manifests.add(file.toString());
                batches.add(batch(filesystem, file));
            }
        }
        return new DeliveredLines(manifests, batches, staged);
    }

    /** All records, of whatever batch and bucket. */
    List<String> records() {
        return batches.stream().flatMap(List::stream).flatMap(List::stream).toList();
    }

    private static List<List<String>> batch(FileSystem filesystem, Path manifestFile) throws IOException {
        Manifest manifest;
        try (InputStream in = filesystem.open(manifestFile)) {
            manifest = Manifest.read(in);
        }
        Path directory = manifestFile.getParent();
        List<List<String>> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < manifest.buckets().size(); bucket++) {
            Path folder = new Path(directory, BatchNames.bucketDirectory(bucket));
            buckets.add(lines(filesystem, folder, manifest.compression()));
            assertThat(buckets.get(bucket)).hasSize((int) manifest.buckets().get(bucket).records());
        }
        if (manifest.tail().isPresent()) {
            for (String line : lines(filesystem, new Path(directory, BatchNames.TAIL), manifest.compression())) {
                int bucket = Integer.parseInt(line.substring(0, line.indexOf('\t')));
                if (bucket == buckets.size()) {
                    buckets.add(new ArrayList<>());
                }
                buckets.get(bucket).add(line.substring(line.indexOf('\t') + 1));
            }
        }
        assertThat(buckets.stream().mapToLong(List::size).sum()).isEqualTo(manifest.records());
        return buckets;
    }

    private static List<String> lines(FileSystem filesystem, Path folder, FileCompression compression)
            throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files(filesystem, folder)) {
            try (BufferedReader reader = new BufferedReader(
                    new InputStreamReader(decompressed(filesystem.open(file), compression), ISO_8859_1))) {
                reader.lines().forEach(lines::add);
            }
        }
        return lines;
    }

    private static InputStream decompressed(InputStream in, FileCompression compression) throws IOException {
        return switch (compression) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in);
            case ZSTD -> new ZstdInputStream(in);
        };
    }

    /** Every file below, in the order of their paths; one that goes away meanwhile is none. */
    private static List<Path> files(FileSystem filesystem, Path top) throws IOException {
        List<Path> files = new ArrayList<>();
        FileStatus[] found;
        try {
            found = filesystem.listStatus(top);
        } catch (FileNotFoundException e) {
            return files;
        }
        Arrays.sort(found);
        for (FileStatus status : found) {
            if (status.isDirectory()) {
                files.addAll(files(filesystem, status.getPath()));
            } else {
                files.add(status.getPath());
            }
        }
        return files;
    }
}

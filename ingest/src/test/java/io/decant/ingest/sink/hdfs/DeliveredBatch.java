package io.decant.ingest.sink.hdfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.decant.config.FileCompression;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.BucketSizes;
import io.decant.offload.layout.Content;
import io.decant.offload.layout.Manifest;
import io.decant.offload.layout.TailEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;

/**
 * A batch's directory on a disk, read as a stranger would: by the manifest and the names of files. Checks that the two
 * agree.
 */
public record DeliveredBatch(Path directory, Manifest manifest, List<List<String>> buckets) {

    /** Every batch below a root, those of staging left out, in the order of their paths. */
    public static List<DeliveredBatch> below(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        List<Path> manifests;
        try (Stream<Path> all = Files.walk(root)) {
            manifests = all.filter(path -> path.endsWith(BatchNames.MANIFEST))
                    .filter(path -> !root.relativize(path).startsWith(BatchNames.STAGING))
                    .sorted()
                    .toList();
        }
        List<DeliveredBatch> batches = new ArrayList<>();
        for (Path manifest : manifests) {
            batches.add(read(manifest.getParent()));
        }
        return batches;
    }

    static DeliveredBatch read(Path directory) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return read(directory, files);
    }

    /** @param files all files of the directory, by their paths from there */
    static DeliveredBatch read(Path directory, SortedMap<String, byte[]> files) throws IOException {
        Manifest manifest;
        try (InputStream json = new ByteArrayInputStream(files.get(BatchNames.MANIFEST))) {
            manifest = Manifest.read(json);
        }
        List<List<String>> buckets = new ArrayList<>();
        int count = 1;
        for (int bucket = 0; bucket < manifest.buckets().size(); bucket++) {
            Content content = manifest.buckets().get(bucket);
            buckets.add(lines(files, BatchNames.bucketDirectory(bucket), manifest.compression(), content));
            count += content.files();
        }
        if (manifest.tail().isPresent()) {
            TailEntry tail = manifest.tail().get();
            assertThat(tail.firstBucket()).isEqualTo(buckets.size());
            readTail(lines(files, BatchNames.TAIL, manifest.compression(), tail.content()), tail, buckets);
            count += tail.content().files();
        }
        assertThat(files).hasSize(count);
        return new DeliveredBatch(directory, manifest, buckets);
    }

    private static void readTail(List<String> lines, TailEntry tail, List<List<String>> buckets) {
        int next = 0;
        for (BucketSizes run : tail.sizes()) {
            for (long i = 0; i < run.buckets(); i++) {
                String prefix = buckets.size() + "\t";
                List<String> bucket = new ArrayList<>();
                for (long record = 0; record < run.records(); record++) {
                    String line = lines.get(next++);
                    assertThat(line).startsWith(prefix);
                    bucket.add(line.substring(prefix.length()));
                }
                buckets.add(bucket);
            }
        }
        assertThat(lines).hasSize(next);
    }

    private static List<String> lines(
            SortedMap<String, byte[]> files, String folder, FileCompression compression, Content expected)
            throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int parts = 0;
        for (byte[] part : files.subMap(folder + "/", folder + "0").values()) {
            try (InputStream in = decompressed(new ByteArrayInputStream(part), compression)) {
                in.transferTo(text);
            }
            parts++;
        }
        CRC32C crc = new CRC32C();
        crc.update(text.toByteArray());
        List<String> lines =
                text.size() == 0 ? List.of() : List.of(text.toString(ISO_8859_1).split("\n", -1));
        if (!lines.isEmpty()) {
            assertThat(lines.get(lines.size() - 1))
                    .as("what is behind the last newline")
                    .isEmpty();
            lines = lines.subList(0, lines.size() - 1);
        }
        assertThat(new Content(lines.size(), text.size(), parts, (int) crc.getValue()))
                .isEqualTo(expected);
        return lines;
    }

    private static InputStream decompressed(InputStream in, FileCompression compression) throws IOException {
        return switch (compression) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in);
            case ZSTD -> new ZstdInputStream(in);
        };
    }
}

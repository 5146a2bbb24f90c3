package io.decant.spark.job;

import com.github.luben.zstd.ZstdInputStream;
import io.decant.bucketer.Memory;
import io.decant.offload.staging.RunEntry;
import io.decant.offload.staging.RunFile;
import io.decant.offload.staging.RunHeader;
import io.decant.offload.staging.RunIndexEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Reads what a job has written, by the words of the documentation alone. */
public final class Found {

    private Found() {}

    /** The records of each bucket in a finished batch directory, tail included. */
    public static List<List<String>> buckets(Path directory) throws IOException {
        List<List<String>> buckets = new ArrayList<>();
        for (Path entry : sorted(directory)) {
            String name = entry.getFileName().toString();
            if (name.startsWith("bucket-")) {
                bucket(buckets, Integer.parseInt(name.substring("bucket-".length())))
                        .addAll(lines(entry));
            }
        }
        int last = -1;
        for (String line : lines(directory.resolve("tail"))) {
            int tab = line.indexOf('\t');
            int bucket = Integer.parseInt(line.substring(0, tab));
            if (bucket < last) {
                throw new AssertionError("bucket " + bucket + " behind " + last);
            }
            last = bucket;
            bucket(buckets, bucket).add(line.substring(tab + 1));
        }
        return buckets;
    }

    private static List<String> bucket(List<List<String>> buckets, int bucket) {
        while (buckets.size() <= bucket) {
            buckets.add(new ArrayList<>());
        }
        return buckets.get(bucket);
    }

    private static List<String> lines(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path part : sorted(directory)) {
            String text = new String(content(part), StandardCharsets.ISO_8859_1);
            for (int from = 0; from < text.length(); ) {
                int end = text.indexOf('\n', from);
                lines.add(text.substring(from, end));
                from = end + 1;
            }
        }
        return lines;
    }

    private static byte[] content(Path part) throws IOException {
        try (InputStream in = Files.newInputStream(part);
                InputStream plain = part.toString().endsWith(".gz")
                        ? new GZIPInputStream(in)
                        : part.toString().endsWith(".zst") ? new ZstdInputStream(in) : in) {
            return plain.readAllBytes();
        }
    }

    /** What lies in a folder, by name; nothing where there is no folder. */
    public static List<Path> sorted(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    /**
     * Reads runs by their indexes.
     *
     * @param buckets receives the records of each bucket
     * @param origins receives where they came from
     */
    static void runs(Path out, List<RunFile> runs, List<List<String>> buckets, List<List<String>> origins)
            throws IOException {
        for (RunFile run : runs) {
            byte[] bytes = Files.readAllBytes(out.resolve(run.name()));
            ByteBuffer index = ByteBuffer.wrap(Files.readAllBytes(out.resolve(run.indexName())))
                    .order(ByteOrder.LITTLE_ENDIAN);
            List<RunHeader.Stream> streams =
                    RunHeader.read(new ByteArrayInputStream(bytes)).streams();
            for (RunIndexEntry slice = RunIndexEntry.get(index);
                    slice.bucket() != RunIndexEntry.END;
                    slice = RunIndexEntry.get(index)) {
                entries(
                        bytes,
                        slice.offset(),
                        slice.records(),
                        streams,
                        bucket(buckets, slice.bucket()),
                        bucket(origins, slice.bucket()));
            }
        }
    }

    /** The records of runs without an index. */
    static List<String> keyless(Path out, List<RunFile> runs) throws IOException {
        List<String> records = new ArrayList<>();
        for (RunFile run : runs) {
            byte[] bytes = Files.readAllBytes(out.resolve(run.name()));
            RunHeader header = RunHeader.read(new ByteArrayInputStream(bytes));
            entries(bytes, header.bytes(), run.records(), header.streams(), records, new ArrayList<>());
        }
        return records;
    }

    private static void entries(
            byte[] bytes,
            long offset,
            long count,
            List<RunHeader.Stream> streams,
            List<String> records,
            List<String> origins) {
        long address = Memory.allocate(bytes.length);
        try {
            Memory.copyFromArray(bytes, 0, bytes.length, address);
            long entry = address + offset;
            for (long i = 0; i < count; i++) {
                records.add(Expected.text(RunEntry.recordAddress(entry), RunEntry.recordLength(entry)));
                RunHeader.Stream stream = streams.get(RunEntry.stream(entry));
                origins.add(stream.source() + " " + stream.name() + " " + RunEntry.position(entry) + " "
                        + RunEntry.arrivalMillis(entry));
                entry += RunEntry.bytes(entry);
            }
        } finally {
            Memory.free(address, bytes.length);
        }
    }
}

package io.decant.spark.compare;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * What one task of the sort writes: a part for each bucket that has a directory, and one of the tail. Owned by one
 * thread.
 */
final class SortOutput implements AutoCloseable {

    /** As many as the job makes. */
    private static final int BUCKET_DIRECTORIES = 64;

    static final String TAIL = "tail";

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int CLOSERS = 10;

    private final FileSystem filesystem;
    private final Path output;
    private final int part;
    private final Map<Integer, OutputStream> parts = new HashMap<>();

    SortOutput(Path output, int part, Configuration conf) throws IOException {
        this.filesystem = output.getFileSystem(conf);
        this.output = output;
        this.part = part;
    }

    /** Appends a record to its bucket. */
    void write(int bucket, byte[] record) throws IOException {
        OutputStream out = of(Math.min(bucket, BUCKET_DIRECTORIES));
        if (bucket >= BUCKET_DIRECTORIES) {
            out.write(Integer.toString(bucket).getBytes(US_ASCII));
            out.write('\t');
        }
        out.write(record);
        out.write('\n');
    }

    private OutputStream of(int bucket) throws IOException {
        OutputStream out = parts.get(bucket);
        if (out == null) {
            out = create(new Path(output, String.format(Locale.ROOT, "%s/part-%05d", directory(bucket), part)));
            parts.put(bucket, out);
        }
        return out;
    }

    /** The directory of a bucket, by the names that the job has for them. */
    private static String directory(int bucket) {
        return bucket < BUCKET_DIRECTORIES ? String.format(Locale.ROOT, "bucket-%06d", bucket) : TAIL;
    }

    /** As the job creates its own: on the disk of every replica when it is closed. */
    private OutputStream create(Path file) throws IOException {
        filesystem.mkdirs(file.getParent());
        return new BufferedOutputStream(
                filesystem.createNonRecursive(
                        file,
                        FsPermission.getFileDefault(),
                        EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
                        BUFFER_BYTES,
                        filesystem.getDefaultReplication(file),
                        filesystem.getDefaultBlockSize(file),
                        null),
                BUFFER_BYTES);
    }

    /** All at once, as Hadoop's own MultipleOutputs does it: what takes time is the disks. */
    @Override
    public void close() throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(CLOSERS);
        try {
            List<Future<?>> closed = new ArrayList<>();
            for (OutputStream out : parts.values()) {
                closed.add(threads.submit(() -> {
                    out.close();
                    return null;
                }));
            }
            for (Future<?> one : closed) {
                one.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}

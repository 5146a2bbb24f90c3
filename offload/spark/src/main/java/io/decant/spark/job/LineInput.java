package io.decant.spark.job;

import io.decant.offload.lines.LineStream;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.StagedFile;
import io.decant.spark.job.Segment.LineSegment;
import io.decant.spark.job.Segment.StagedFileSegment;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Makes segments of files of lines. For one thread. */
public final class LineInput {

    private static final int SAMPLE_BYTES = 64 * 1024;
    /** What is taken for the length of lines of files too short to be looked into. */
    private static final int LINE_BYTES = 16;
    /** A file may begin with its longest lines: none are counted on to be longer. */
    private static final int LINE_BYTES_MAX = 128;

    private final Configuration hadoop;
    private final BlockFileLimits limits;

    /** @param limits of a segment, as far as they can be known without reading it */
    public LineInput(Configuration hadoop, BlockFileLimits limits) {
        this.hadoop = hadoop;
        this.limits = limits;
    }

    /**
     * A file of the input.
     *
     * @param pieces of a plain one, none of an empty one; empty: it is gzip or zstd, and must be unpacked
     */
    public record InputFile(FileStatus status, Optional<List<Segment>> pieces) {

        public InputFile {
            pieces = pieces.map(List::copyOf);
        }
    }

    /**
     * Cuts plain files into pieces, without Spark.
     *
     * @param files in order
     * @param packed those of them that are gzip or zstd
     */
    public List<InputFile> cut(List<FileStatus> files, Set<FileStatus> packed) throws IOException {
        List<InputFile> cut = new ArrayList<>();
        for (FileStatus file : files) {
            cut.add(new InputFile(file, packed.contains(file) ? Optional.empty() : Optional.of(pieces(file))));
        }
        return cut;
    }

    /**
     * The segments of all files; unpacks those that must be, in tasks.
     *
     * @param output URI of the job's output, where unpacked lines lie until it is done
     */
    public List<Segment> segments(JavaSparkContext spark, List<InputFile> files, String output) throws IOException {
        Iterator<Unpack.Unpacked> unpacked = unpack(
                        spark,
                        files.stream()
                                .filter(file -> file.pieces().isEmpty())
                                .map(file -> file.status().getPath().toString())
                                .toList(),
                        output)
                .iterator();
        List<Segment> segments = new ArrayList<>();
        for (InputFile file : files) {
            if (file.pieces().isPresent()) {
                segments.addAll(file.pieces().get());
            } else {
                add(unpacked.next(), segments);
            }
        }
        return segments;
    }

    private List<Unpack.Unpacked> unpack(JavaSparkContext spark, List<String> files, String output) throws IOException {
        if (files.isEmpty()) {
            return List.of();
        }
        Path attempts = new Path(output, AttemptFiles.DIRECTORY);
        Filesystems.of(attempts, hadoop).mkdirs(attempts);
        Broadcast<SerializableConfiguration> conf = spark.broadcast(new SerializableConfiguration(hadoop));
        try {
            return spark.parallelize(files, files.size())
                    .map(new Unpack(conf, output, limits))
                    .collect();
        } finally {
            conf.destroy();
        }
    }

    private static void add(Unpack.Unpacked unpacked, List<Segment> segments) {
        for (StagedFile file : unpacked.files()) {
            segments.add(new StagedFileSegment(unpacked.directory(), file, List.of()));
        }
    }

    private List<Segment> pieces(FileStatus file) throws IOException {
        List<Segment> segments = new ArrayList<>();
        FileSystem filesystem = Filesystems.of(file.getPath(), hadoop);
        double lineBytes = lineBytes(filesystem, file);
        long bytes = Math.max(1, Math.min(limits.bytes(), (long) (limits.records() * lineBytes)));
        for (long start = 0; start < file.getLen(); start += bytes) {
            long end = Math.min(file.getLen(), start + bytes);
            segments.add(new LineSegment(
                    file.getPath().toString(),
                    start,
                    end,
                    (long) ((end - start) / Math.min(lineBytes, LINE_BYTES_MAX)) + 1,
                    BlockHosts.of(filesystem, file, start, end - start)));
        }
        return segments;
    }

    /** How long lines are, their ends included, if they are as long as those at the file's beginning; at least 1. */
    private double lineBytes(FileSystem filesystem, FileStatus file) throws IOException {
        if (file.getLen() <= Math.max(SAMPLE_BYTES, limits.records())) {
            return LINE_BYTES;
        }
        byte[] sample = new byte[SAMPLE_BYTES];
        try (FSDataInputStream in = filesystem.open(file.getPath())) {
            in.readFully(0, sample);
        }
        long lines = 1;
        for (byte b : sample) {
            lines += b == '\n' ? 1 : 0;
        }
        return Math.max(1, (double) sample.length / lines);
    }

    /** Unpacks a file of lines, gzip or zstd, into block files: reading cannot begin in the middle of one. */
    private static final class Unpack implements Function<String, Unpack.Unpacked> {

        private static final String STAGE = "unpack";

        private final Broadcast<SerializableConfiguration> conf;
        private final String output;
        private final BlockFileLimits limits;

        /** @param output the job's, in which the attempts' directories are */
        Unpack(Broadcast<SerializableConfiguration> conf, String output, BlockFileLimits limits) {
            this.conf = conf;
            this.output = output;
            this.limits = limits;
        }

        /**
         * A file's lines.
         *
         * @param directory URI of where the block files are
         */
        record Unpacked(String directory, List<StagedFile> files) implements Serializable {}

        @Override
        public Unpacked call(String file) throws Exception {
            Configuration hadoop = conf.value().value();
            Path path = new Path(file);
            AttemptFiles attempt = AttemptFiles.begin(output, STAGE, hadoop);
            try (InputStream packed = Filesystems.of(path, hadoop).open(path);
                    InputStream lines = LineStream.of(packed, file)) {
                List<StagedFile> files = new LineStaging(file, attempt, limits).stage(lines);
                return new Unpacked(attempt.path().toString(), new ArrayList<>(files));
            }
        }
    }
}

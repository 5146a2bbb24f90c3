package io.decant.spark.filejob;

import io.decant.offload.lines.LineStream;
import io.decant.spark.command.Names;
import io.decant.spark.job.Filesystems;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.FileSplit;
import org.apache.hadoop.mapred.InputSplit;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.LineRecordReader;
import org.apache.hadoop.mapred.RecordReader;
import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapred.TextInputFormat;
import org.apache.hadoop.util.LineReader;

/**
 * Hadoop's format of text files with the same splits, over a list of files that are found already: whatever their names
 * are, Hadoop takes nothing in them for a pattern, a list or a scheme, and hides none. Only a newline ends a line, and
 * a file is unpacked by what it holds, not by its name.
 */
public final class LineFiles extends TextInputFormat {

    /** At least so many splits, where there are as many bytes: what Spark itself asks for. */
    static final int SPLITS_MIN = 2;

    private static final String FILES = "decant.job.files";
    private static final String PACKED = "decant.job.packed-files";
    private static final String SEPARATOR = "\n";
    private static final byte[] NEWLINE = {'\n'};

    private Set<Path> packed = Set.of();

    /**
     * Names the files in a configuration.
     *
     * @param packed those of them that are gzip or zstd
     */
    static void set(JobConf conf, List<FileStatus> files, Set<FileStatus> packed) {
        // Hadoop's own local filesystem looks for a file of checksums beside each, and fails where the name has a
        // colon.
        conf.setClass("fs.file.impl", WithoutChecksums.class, FileSystem.class);
        conf.setBoolean("fs.file.impl.disable.cache", true);
        conf.set(FILES, uris(files.stream()));
        conf.set(PACKED, uris(files.stream().filter(packed::contains)));
    }

    /** With all that could separate them as an escape. */
    private static String uris(Stream<FileStatus> files) {
        return files.map(file -> file.getPath().toUri().toString()).collect(Collectors.joining(SEPARATOR));
    }

    private static List<Path> paths(String uris) {
        return uris == null || uris.isEmpty()
                ? List.of()
                : Stream.of(uris.split(SEPARATOR, -1))
                        .map(uri -> new Path(URI.create(uri)))
                        .toList();
    }

    @Override
    public void configure(JobConf conf) {
        super.configure(conf);
        packed = Set.copyOf(paths(conf.get(PACKED)));
    }

    /** The splits that have something in them; a stage that reads them has a task for each. */
    static List<FileSplit> splits(JobConf conf) throws IOException {
        LineFiles format = new LineFiles();
        format.configure(conf);
        return Stream.of(format.getSplits(conf, SPLITS_MIN))
                .map(FileSplit.class::cast)
                .filter(split -> split.getLength() > 0)
                .toList();
    }

    @Override
    protected FileStatus[] listStatus(JobConf conf) throws IOException {
        List<FileStatus> found = new ArrayList<>();
        for (Path path : paths(conf.get(FILES))) {
            found.add(Filesystems.of(path, conf).getFileStatus(path));
        }
        return found.toArray(new FileStatus[0]);
    }

    @Override
    protected boolean isSplitable(FileSystem filesystem, Path file) {
        return !packed.contains(file);
    }

    @Override
    public RecordReader<LongWritable, Text> getRecordReader(InputSplit split, JobConf conf, Reporter reporter)
            throws IOException {
        FileSplit piece = (FileSplit) split;
        return packed.contains(piece.getPath())
                ? new PackedLines(piece, conf)
                : new LineRecordReader(conf, piece, NEWLINE);
    }

    /** A local filesystem that reads files without their checksums. Hadoop makes it by its name. */
    public static final class WithoutChecksums extends LocalFileSystem {

        @Override
        public void initialize(URI name, Configuration conf) throws IOException {
            super.initialize(name, conf);
            setVerifyChecksum(false);
        }
    }

    /** The lines of a compressed file. For one thread. */
    private static final class PackedLines implements RecordReader<LongWritable, Text> {

        private final LineReader lines;
        private long line;

        PackedLines(FileSplit file, JobConf conf) throws IOException {
            Path path = file.getPath();
            lines = new LineReader(LineStream.of(Filesystems.of(path, conf).open(path), Names.of(path)), NEWLINE);
        }

        @Override
        public boolean next(LongWritable key, Text value) throws IOException {
            key.set(line++);
            return lines.readLine(value) > 0;
        }

        @Override
        public LongWritable createKey() {
            return new LongWritable();
        }

        @Override
        public Text createValue() {
            return new Text();
        }

        /** Of lines: where a stream that is unpacked is, says nothing of its file. */
        @Override
        public long getPos() {
            return line;
        }

        @Override
        public float getProgress() {
            return 0;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    /** A line as text; what is no UTF-8 becomes U+FFFD. */
    static String text(Text line) {
        return new String(line.getBytes(), 0, line.getLength(), StandardCharsets.UTF_8);
    }
}

package io.decant.spark.job;

import io.decant.offload.staging.StagedFile;
import io.decant.offload.staging.StagedSegment;
import io.decant.offload.staging.StagingFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** A piece of a batch that one task takes as a whole. Segments have numbers, from 0, in order of arrival. */
public sealed interface Segment extends Serializable {

    /**
     * Brings it into native memory; to be closed by the caller.
     *
     * @param rule says which transform the records of each source go through
     */
    LoadedSegment load(Configuration conf, KeyRule rule) throws IOException;

    /** How many records it has; where that is not known before it is read, about how many. */
    long records();

    /** The hosts on which it lies, best first; empty where that is unknown, or all the same. */
    List<String> hosts();

    /** A segment, and its place in the order of arrival. */
    record NumberedSegment(int number, Segment segment) implements Serializable {}

    /**
     * A piece of a file of lines: those that begin within it.
     *
     * @param file URI of the file
     * @param start of the piece
     * @param end of the piece, exclusive
     * @param records about how many; where there are more, tables grow
     */
    record LineSegment(String file, long start, long end, long records, List<String> hosts) implements Segment {

        @Override
        public LoadedSegment load(Configuration conf, KeyRule rule) throws IOException {
            Path path = new Path(file);
            try (FSDataInputStream in = Filesystems.of(path, conf).open(path)) {
                return LoadedLines.read(in, file, start, end);
            }
        }
    }

    /**
     * A block file.
     *
     * @param directory URI of the directory that it lies in
     */
    record StagedFileSegment(String directory, StagedFile file, List<String> hosts) implements Segment {

        @Override
        public LoadedSegment load(Configuration conf, KeyRule rule) throws IOException {
            Path path = new Path(directory, file.name());
            try (InputStream in = Filesystems.of(path, conf).open(path)) {
                LoadedBlocks loaded = new LoadedBlocks(StagedSegment.read(in, file), rule);
                if (loaded.chunks().records() != file.records()) {
                    loaded.close();
                    throw new StagingFormatException(path + " holds "
                            + loaded.chunks().records() + " records, its batch says " + file.records());
                }
                return loaded;
            }
        }

        @Override
        public long records() {
            return file.records();
        }
    }
}

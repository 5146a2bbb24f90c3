package io.decant.spark.job;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

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
    public LoadedSegment load(Configuration conf) throws IOException {
        Path path = new Path(file);
        try (FSDataInputStream in = Filesystems.of(path, conf).open(path)) {
            return LoadedLines.read(in, file, start, end);
        }
    }
}

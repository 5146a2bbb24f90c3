package io.decant.spark.job;

import io.decant.offload.staging.StagedFile;
import io.decant.offload.staging.StagedSegment;
import io.decant.offload.staging.StagingFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A block file.
 *
 * @param directory URI of the directory that it lies in
 */
record StagedFileSegment(String directory, StagedFile file, List<String> hosts) implements Segment {

    @Override
    public LoadedSegment load(Configuration conf) throws IOException {
        Path path = new Path(directory, file.name());
        try (InputStream in = Filesystems.of(path, conf).open(path)) {
            LoadedBlocks loaded = new LoadedBlocks(StagedSegment.read(in, file));
            if (loaded.chunks().records() != file.records()) {
                loaded.close();
                throw new StagingFormatException(
                        path + " holds " + loaded.chunks().records() + " records, its batch says " + file.records());
            }
            return loaded;
        }
    }

    @Override
    public long records() {
        return file.records();
    }
}

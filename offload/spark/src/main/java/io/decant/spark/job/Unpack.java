package io.decant.spark.job;

import io.decant.offload.lines.LineStream;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.StagedFile;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Unpacks a file of lines, gzip or zstd, into block files: nobody can begin to read in the middle of one. */
final class Unpack implements Function<String, Unpack.Unpacked> {

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

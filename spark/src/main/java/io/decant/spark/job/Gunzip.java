package io.decant.spark.job;

import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.StagedFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Unpacks a gzip file of lines into block files: nobody can begin to read in the middle of one. */
final class Gunzip implements Function<String, Gunzip.Unpacked> {

    private static final String STAGE = "gunzip";
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Broadcast<SerializableConfiguration> conf;
    private final String output;
    private final BlockFileLimits limits;

    /** @param output the job's, in which the attempts' directories are */
    Gunzip(Broadcast<SerializableConfiguration> conf, String output, BlockFileLimits limits) {
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
                InputStream lines = new GZIPInputStream(packed, BUFFER_BYTES)) {
            List<StagedFile> files = new LineStaging(file, attempt, limits).stage(lines);
            return new Unpacked(attempt.path().toString(), new ArrayList<>(files));
        } catch (EOFException e) {
            throw new IOException(file + ": is cut off", e);
        } catch (ZipException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}

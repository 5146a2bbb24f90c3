package io.decant.spark.command;

import io.decant.spark.job.Filesystems;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory that is not there yet, on a filesystem that can rename at once or not at all.
 *
 * @param path with its filesystem's scheme
 */
public record OutputPlace(Path path, FileSystem filesystem) {

    /**
     * Looks at it.
     *
     * @throws CommandException when something is there already, or it cannot appear whole
     */
    public static OutputPlace of(String output, Configuration conf) throws IOException, CommandException {
        Path path = path(output);
        FileSystem filesystem = Filesystems.of(path, conf);
        if (Filesystems.isObjectStore(filesystem)) {
            throw new CommandException(output + ": " + filesystem.getUri().getScheme()
                    + " has no rename that happens at once or not at all; write to HDFS or a local disk");
        }
        if (filesystem.exists(path)) {
            throw new CommandException(output + ": already exists; name a directory that does not");
        }
        return new OutputPlace(filesystem.makeQualified(path), filesystem);
    }

    /** Hadoop takes what is before a colon for a scheme, here or when it renames. */
    private static Path path(String output) throws CommandException {
        Path path;
        try {
            path = new Path(output);
        } catch (IllegalArgumentException e) {
            path = null;
        }
        if (path == null || path.getName().contains(":")) {
            throw new CommandException(output + ": a name with a colon cannot be written; name another");
        }
        return path;
    }
}

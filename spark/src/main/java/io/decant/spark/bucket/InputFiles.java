package io.decant.spark.bucket;

import io.decant.spark.job.Filesystems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The files that an input names: a file, a directory with all below it, or a pattern of either. Stateless. */
final class InputFiles {

    private static final String GZIP = ".gz";

    private InputFiles() {}

    /**
     * Finds them, in the order of their names. As everywhere in Hadoop, names in a directory that begin with a dot or an underscore are passed
     * over.
     *
     * @throws BucketException when there is nothing by that name
     */
    static List<FileStatus> find(String input, Configuration conf) throws IOException, BucketException {
        Path pattern = new Path(input);
        FileSystem filesystem = Filesystems.of(pattern, conf);
        FileStatus[] found = filesystem.globStatus(pattern);
        if (found == null || found.length == 0) {
            throw new BucketException(input + ": no such file");
        }
        List<FileStatus> files = new ArrayList<>();
        for (FileStatus status : found) {
            add(filesystem, status, files);
        }
        files.sort(Comparator.comparing(file -> file.getPath().toString()));
        return files;
    }

    private static void add(FileSystem filesystem, FileStatus status, List<FileStatus> files) throws IOException {
        if (status.isFile()) {
            files.add(status);
            return;
        }
        for (FileStatus entry : filesystem.listStatus(status.getPath(), path -> !isHidden(path))) {
            add(filesystem, entry, files);
        }
    }

    private static boolean isHidden(Path path) {
        return path.getName().startsWith(".") || path.getName().startsWith("_");
    }

    /** Whether a file is compressed, by its name. */
    static boolean isGzip(FileStatus file) {
        return file.getPath().getName().endsWith(GZIP);
    }
}

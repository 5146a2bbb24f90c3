package io.decant.spark.job;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Filesystems by the paths on them. Any thread; Hadoop keeps one client for each filesystem, which lives as long as the
 * process.
 */
public final class Filesystems {

    /** Filesystems without an atomic rename. */
    private static final Set<String> OBJECT_STORES = Set.of(
            "s3", "s3a", "s3n", "gs", "abfs", "abfss", "wasb", "wasbs", "adl", "oss", "cosn", "obs", "swift", "o3fs",
            "ofs");

    private Filesystems() {}

    /** The filesystem of a path; a local one without the files of checksums that Hadoop would put beside each file. */
    public static FileSystem of(Path path, Configuration conf) throws IOException {
        FileSystem filesystem = path.getFileSystem(conf);
        return filesystem instanceof LocalFileSystem local ? local.getRawFileSystem() : filesystem;
    }

    /** Whether a filesystem is an object store, by the scheme of its paths. */
    public static boolean isObjectStore(FileSystem filesystem) {
        return OBJECT_STORES.contains(filesystem.getUri().getScheme().toLowerCase(Locale.ROOT));
    }

    /** Whether its files lie on this machine. */
    public static boolean isLocal(FileSystem filesystem) {
        return "file".equals(filesystem.getUri().getScheme());
    }
}

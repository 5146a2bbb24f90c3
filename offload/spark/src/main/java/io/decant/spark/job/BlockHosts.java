package io.decant.spark.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/** On which hosts a piece of a file lies. Stateless. */
final class BlockHosts {

    private static final int HOSTS_MAX = 3;

    private BlockHosts() {}

    /** The hosts that hold most of the piece, best first; none on a filesystem that is on this machine. */
    static List<String> of(FileSystem filesystem, FileStatus file, long start, long length) throws IOException {
        if (Filesystems.isLocal(filesystem)) {
            return List.of();
        }
        Map<String, Long> bytes = new HashMap<>();
        for (BlockLocation block : filesystem.getFileBlockLocations(file, start, length)) {
            for (String host : block.getHosts()) {
                bytes.merge(host, block.getLength(), Long::sum);
            }
        }
        return new ArrayList<>(bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(HOSTS_MAX)
                .map(Map.Entry::getKey)
                .toList());
    }
}

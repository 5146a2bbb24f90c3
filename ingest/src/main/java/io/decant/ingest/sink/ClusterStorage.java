package io.decant.ingest.sink;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place on the filesystem of a cluster.
 *
 * @param hadoopConf folder of {@code core-site.xml} and {@code hdfs-site.xml}; empty: Hadoop's defaults
 */
public record ClusterStorage(URI uri, Optional<Path> hadoopConf) {}

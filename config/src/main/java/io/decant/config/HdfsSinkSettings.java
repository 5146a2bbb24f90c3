package io.decant.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sink of {@code type: hdfs}.
 *
 * @param uri of the directory below which batches appear, with scheme {@code hdfs} or {@code file}
 * @param hadoopConf folder of {@code core-site.xml} and {@code hdfs-site.xml}; empty: Hadoop's defaults
 * @param maxBucketDirs buckets that get a directory of their own; the others share the tail
 * @param mustBeMountpoint whether nothing is written while no filesystem is mounted at the directory of {@code uri};
 *     local ones only
 */
public record HdfsSinkSettings(
        URI uri,
        Optional<Path> hadoopConf,
        FileFormat format,
        FileCompression compression,
        int maxBucketDirs,
        boolean mustBeMountpoint)
        implements SinkSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "hdfs";

    private static final SectionKeys<HdfsSinkSettings> KEYS = SectionKeys.of(HdfsSinkSettings.class);

    static final Setting<HdfsSinkSettings, URI> URI = KEYS.required(
            FilesystemUriType.HDFS_OR_FILE,
            "The directory below which batches appear, e.g. `hdfs://namenode:8020/decant` or `file:///srv/decant`."
                    + " Each sink has its own.");

    static final Setting<HdfsSinkSettings, Optional<Path>> HADOOP_CONF = KEYS.optional(
            Types.OPTIONAL_PATH,
            Optional.empty(),
            "Folder with `core-site.xml` and `hdfs-site.xml`. Empty: Hadoop's defaults. Needed if the"
                    + " namenode has a standby and the uri contains the name of the pair.");

    static final Setting<HdfsSinkSettings, FileFormat> FORMAT = KEYS.optional(
            Types.choice(FileFormat.class),
            FileFormat.LINES,
            "`lines`: each record and a newline. `envelope`: for each record a JSON object and a newline,"
                    + " as in an http sink. `counts`: for each key of the batch a line `{\"key\":...,\"count\":...}`.");

    static final Setting<HdfsSinkSettings, FileCompression> COMPRESSION = KEYS.optional(
            Types.choice(FileCompression.class), FileCompression.NONE, "Of all files except the manifest.");

    static final Setting<HdfsSinkSettings, Integer> MAX_BUCKET_DIRS = KEYS.optional(
            Types.wholeNumber(0, 100_000),
            64,
            "Buckets from this number on are stored together in `tail/`, each line"
                    + " `<bucket><TAB><record>`. `0`: all buckets, which makes few files if batches are small.");

    static final Setting<HdfsSinkSettings, Boolean> MUST_BE_MOUNTPOINT = KEYS.optional(
            Types.TRUTH,
            false,
            "With `uri: file://...`. `true`: nothing is written unless a filesystem is mounted at exactly"
                    + " that directory; until then the sink is `failing` and keeps retrying. `false`: a disk that is"
                    + " not mounted is not noticed, and batches are written to the directory below the mount point.");

    static final Section<HdfsSinkSettings> SECTION = KEYS.section();

    static final ComponentType<HdfsSinkSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "files.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public HdfsSinkSettings {
        URI.check(uri);
        HADOOP_CONF.check(hadoopConf);
        FORMAT.check(format);
        COMPRESSION.check(compression);
        MAX_BUCKET_DIRS.check(maxBucketDirs);
        MUST_BE_MOUNTPOINT.check(mustBeMountpoint);
    }

    /** The defaults, delivering below {@code uri}. */
    public static HdfsSinkSettings defaults(URI uri) {
        return SECTION.defaults(URI, uri);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public boolean countsKeys() {
        return format == FileFormat.COUNTS;
    }

    @Override
    public List<Conflict> conflicts(String path) {
        return HdfsSinkRules.conflicts(path, this);
    }

    @Override
    public List<Conflict> fileConflicts(String path) {
        return HdfsSinkRules.folders(path, this);
    }

    @Override
    public Optional<SinkDirectory> directory() {
        return Optional.of(new SinkDirectory(URI.key(), uri));
    }

    /** Whether it is a disk of this machine; otherwise it is HDFS. */
    public boolean isLocal() {
        return FilesystemUriType.isFile(uri);
    }

    @Override
    public HdfsSinkSettings relativeTo(Path folder) {
        return SECTION.with(this, HADOOP_CONF, hadoopConf.map(folder::resolve));
    }

    /** What the settings of an HDFS sink must be to each other, and to the disk of this machine. */
    private static final class HdfsSinkRules {

        private HdfsSinkRules() {}

        /** @param path the sink's dotted key */
        static List<Conflict> conflicts(String path, HdfsSinkSettings sink) {
            if (!sink.isLocal()
                    && sink.uri().getRawAuthority() == null
                    && sink.hadoopConf().isEmpty()) {
                return List.of(new Conflict(
                        Map.of(path + ".uri", sink.uri().toString()),
                        "does not name a namenode",
                        "write hdfs://host:port/..., or set hadoop-conf, which may name one"));
            }
            if (!sink.isLocal() && sink.mustBeMountpoint()) {
                return List.of(Conflict.of(
                        path + ".must-be-mountpoint",
                        true,
                        path + ".uri",
                        sink.uri(),
                        "does not fit: HDFS is not mounted",
                        "remove it, or write file:///... as uri"));
            }
            return List.of();
        }

        /**
         * @param path the sink's dotted key
         * @param sink with absolute paths
         */
        static List<Conflict> folders(String path, HdfsSinkSettings sink) {
            List<Conflict> problems = new ArrayList<>();
            sink.hadoopConf().ifPresent(folder -> {
                if (!hasConfiguration(folder)) {
                    problems.add(new Conflict(
                            Map.of(path + ".hadoop-conf", folder.toString()),
                            "holds neither core-site.xml nor hdfs-site.xml",
                            "name the folder of the cluster's configuration"));
                }
            });
            return problems;
        }

        private static boolean hasConfiguration(Path folder) {
            return Files.isReadable(folder.resolve("core-site.xml"))
                    || Files.isReadable(folder.resolve("hdfs-site.xml"));
        }
    }
}

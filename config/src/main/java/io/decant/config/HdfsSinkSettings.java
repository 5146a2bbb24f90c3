package io.decant.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
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

    static final Setting<HdfsSinkSettings, URI> ROOT = Setting.required(
            "uri",
            FilesystemUriType.HDFS_OR_FILE,
            HdfsSinkSettings::uri,
            "The directory below which batches appear, e.g. `hdfs://namenode:8020/decant` or `file:///srv/decant`. Each sink has its own.");

    static final Setting<HdfsSinkSettings, Optional<Path>> HADOOP_CONF = Setting.optional(
            "hadoop-conf",
            Types.OPTIONAL_PATH,
            Optional.empty(),
            HdfsSinkSettings::hadoopConf,
            "Folder with `core-site.xml` and `hdfs-site.xml`. Empty: Hadoop's defaults. Needed where the namenode has a stand-in, and"
                    + " the uri names the two by one name.");

    static final Setting<HdfsSinkSettings, FileFormat> FORMAT = Setting.optional(
            "format",
            Types.choice(FileFormat.class),
            FileFormat.LINES,
            HdfsSinkSettings::format,
            "`lines`: each record and a newline. `envelope`: for each record a JSON object and a newline, as an http sink has it.");

    static final Setting<HdfsSinkSettings, FileCompression> COMPRESSION = Setting.optional(
            "compression",
            Types.choice(FileCompression.class),
            FileCompression.NONE,
            HdfsSinkSettings::compression,
            "Of the files, all but the manifest.");

    static final Setting<HdfsSinkSettings, Integer> MAX_BUCKET_DIRS = Setting.optional(
            "max-bucket-dirs",
            Types.wholeNumber(0, 100_000),
            64,
            HdfsSinkSettings::maxBucketDirs,
            "Buckets from this one on lie together in `tail/`, each line `<bucket><TAB><record>`. `0`: all do, which makes few files where"
                    + " batches are small.");

    static final Setting<HdfsSinkSettings, Boolean> MUST_BE_MOUNTPOINT = Setting.optional(
            "must-be-mountpoint",
            Types.TRUTH,
            false,
            HdfsSinkSettings::mustBeMountpoint,
            "With `uri: file://...`: `true` writes nothing unless a filesystem is mounted at that very directory; while none is, the sink is"
                    + " `failing` and keeps trying. With `false`, a disk that is not mounted is not noticed: batches are written into the"
                    + " directory below.");

    static final Section<HdfsSinkSettings> SECTION = new Section<>(
            HdfsSinkSettings.class,
            List.of(ROOT, HADOOP_CONF, FORMAT, COMPRESSION, MAX_BUCKET_DIRS, MUST_BE_MOUNTPOINT),
            values -> new HdfsSinkSettings(
                    values.get(ROOT),
                    values.get(HADOOP_CONF),
                    values.get(FORMAT),
                    values.get(COMPRESSION),
                    values.get(MAX_BUCKET_DIRS),
                    values.get(MUST_BE_MOUNTPOINT)));

    /** @throws IllegalArgumentException if a value is out of its range */
    public HdfsSinkSettings {
        ROOT.check(uri);
        HADOOP_CONF.check(hadoopConf);
        FORMAT.check(format);
        COMPRESSION.check(compression);
        MAX_BUCKET_DIRS.check(maxBucketDirs);
        MUST_BE_MOUNTPOINT.check(mustBeMountpoint);
    }

    /** The defaults, delivering below {@code uri}. */
    public static HdfsSinkSettings defaults(URI uri) {
        return SECTION.defaults(ROOT, uri);
    }

    /** Whether it is a disk of this machine; otherwise it is HDFS. */
    public boolean isLocal() {
        return FilesystemUriType.isFile(uri);
    }

    @Override
    public HdfsSinkSettings relativeTo(Path folder) {
        return new HdfsSinkSettings(
                uri, hadoopConf.map(folder::resolve), format, compression, maxBucketDirs, mustBeMountpoint);
    }
}

package io.decant.offload.layout;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;

/**
 * What the directories and files of a delivered batch are called. All names are relative, with {@code /} between their
 * parts, and sort as what they number does. Stateless.
 *
 * <pre>
 * server=edge-1/date=2026-11-21/hour=04/batch-1a2b3c4d-000000000042/
 *     _manifest.json
 *     bucket-000000/part-00000.lines.gz
 *     bucket-000001/part-00000.lines.gz
 *     tail/part-00000.tsv.gz
 * </pre>
 *
 * Numbers of parts may have gaps: the parts of a bucket, or of the tail, are read in the order of their names.
 */
public final class BatchNames {

    /** Beside the buckets, in the batch's directory. */
    public static final String MANIFEST = "_manifest.json";

    /** Where the buckets lie that have no directory of their own. */
    public static final String TAIL = "tail";

    /**
     * Below the sink's root: what is not whole yet. Readers of Hadoop's kind pass over what begins with an underscore.
     */
    public static final String STAGING = "_staging";

    /** As many fill the digits of a bucket's directory. */
    public static final int BUCKET_DIRECTORIES_MAX = 1_000_000;

    private static final String TAIL_EXTENSION = ".tsv";

    private BatchNames() {}

    /** Where the batch appears, below the sink's root. */
    public static String directory(BatchId id) {
        ZonedDateTime start = id.windowStart().atZone(ZoneOffset.UTC);
        return String.format(
                Locale.ROOT,
                "server=%s/date=%s/hour=%02d/batch-%s-%012d",
                id.serverName(),
                start.toLocalDate(),
                start.getHour(),
                id.journalId(),
                id.batch());
    }

    /**
     * Where one sink of one server assembles incomplete batches, below the sink's root; private to that sink.
     *
     * @param serverName as in today's settings
     */
    public static String stagingDirectory(String serverName, String journalId, String sink) {
        return STAGING + "/server=" + serverName + "/journal=" + journalId + "/sink=" + sink;
    }

    /**
     * The directory of a bucket, below the batch's.
     *
     * @param bucket from 0, less than {@link #BUCKET_DIRECTORIES_MAX}
     */
    public static String bucketDirectory(int bucket) {
        if (bucket < 0 || bucket >= BUCKET_DIRECTORIES_MAX) {
            throw new IllegalArgumentException("no directory for bucket " + bucket);
        }
        return String.format(Locale.ROOT, "bucket-%06d", bucket);
    }

    /**
     * A part of a bucket, in the bucket's directory.
     *
     * @param part from 0
     */
    public static String part(int part, FileFormat format, FileCompression compression) {
        return part(part, format.extension(), compression);
    }

    /**
     * A part of the tail, in {@link #TAIL}, whatever the format of the records.
     *
     * @param part from 0
     */
    public static String tailPart(int part, FileCompression compression) {
        return part(part, TAIL_EXTENSION, compression);
    }

    private static String part(int part, String extension, FileCompression compression) {
        if (part < 0) {
            throw new IllegalArgumentException("invalid part " + part);
        }
        return String.format(Locale.ROOT, "part-%05d%s%s", part, extension, compression.extension());
    }
}

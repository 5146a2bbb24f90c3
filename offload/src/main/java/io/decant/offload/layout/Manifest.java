package io.decant.offload.layout;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What a delivered batch holds: {@value BatchNames#MANIFEST} in its directory, the last file that is written.
 *
 * @param batch which batch; empty for buckets that are no batch of a server's
 * @param sink for which sink; empty where there is none
 * @param key what was compared, as {@code bucket.key} of the settings writes it
 * @param uncarried records of the batch that are not here, since the format cannot carry them: they are dead letters
 * @param buckets the content of each bucket that has a directory of its own, from bucket 0; a bucket of which the
 *     format can carry nothing has no files, and no directory
 * @param tail the buckets behind those
 */
public record Manifest(
        Optional<BatchId> batch,
        String sink,
        String key,
        FileFormat format,
        FileCompression compression,
        long uncarried,
        List<Content> buckets,
        Optional<TailEntry> tail) {

    /** @throws IllegalArgumentException if the tail does not begin behind the buckets */
    public Manifest {
        buckets = List.copyOf(buckets);
        if (tail.isPresent() && tail.get().firstBucket() < buckets.size()) {
            throw new IllegalArgumentException("the tail begins with bucket "
                    + tail.get().firstBucket() + ", and there are " + buckets.size() + " before it");
        }
    }

    private LongStream each(ToLongFunction<Content> figure) {
        return Stream.concat(buckets.stream(), tail.map(TailEntry::content).stream())
                .mapToLong(figure);
    }

    /** Records of all buckets. */
    public long records() {
        return each(Content::records).sum();
    }

    /** Bytes of all files before compression. */
    public long bytes() {
        return each(Content::bytes).sum();
    }

    /** How many files lie in the directory, this one not counted. */
    public long files() {
        return each(Content::files).sum();
    }

    /** The text of the file. */
    public byte[] toJson() {
        return ManifestJson.write(this);
    }

    /**
     * Reads what {@link #toJson} made. Fields that this version does not know are passed over.
     *
     * @throws ManifestException if it is something else
     */
    public static Manifest read(InputStream json) throws IOException {
        return ManifestJson.read(json);
    }
}

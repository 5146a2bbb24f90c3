package io.decant.ingest.sink.hdfs;

import io.decant.config.HdfsSinkSettings;
import java.time.Duration;
import java.util.Optional;

/** Says when a sink will make more files than a namenode likes, which holds each in its memory. Stateless. */
final class FilesADay {

    /** What a day may bring without a word about it. */
    static final long FILES_MAX = 10_000;

    /** Of the smallest batch: a part, and the manifest. */
    private static final int FILES_OF_BATCH_MIN = 2;

    private FilesADay() {}

    /**
     * A hint in one line, with the way out; nothing where the files are few.
     *
     * @param interval a batch each, as long as records come
     */
    static Optional<String> hint(String sink, HdfsSinkSettings settings, Duration interval) {
        long batches = Math.max(1, Duration.ofDays(1).toMillis() / interval.toMillis());
        long least = batches * FILES_OF_BATCH_MIN;
        if (least <= FILES_MAX) {
            return Optional.empty();
        }
        String more = settings.maxBucketDirs() > 1
                ? " and one more for each further bucket; raise batch.interval, and set max-bucket-dirs: 0"
                : "; raise batch.interval";
        return Optional.of("sink " + sink + " will make at least " + least + " files a day: with an interval of "
                + interval.toMillis() / 1e3 + " s that is " + batches + " batches of " + FILES_OF_BATCH_MIN + " files"
                + more);
    }
}

package io.decant.ingest.batch;

import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.CheckedFiles;
import io.decant.offload.log.LoggedCauses;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place where batches are staged, connected to when it is first needed, and cleaned of batches that are no longer
 * needed. Owned by the stage's thread.
 */
final class StagingArea implements AutoCloseable {

    /** What could not be removed lies there a little longer. */
    private static final long CLEAN_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger log = LoggerFactory.getLogger(StagingArea.class);

    private final StagingPlace place;
    private final StagedDirectories directories = new StagedDirectories();
    private final LoggedCauses causes = new LoggedCauses();
    private BatchFiles files;
    private long cleanAtNanos = Long.MIN_VALUE;
    private volatile String trouble = "";

    StagingArea(StagingPlace place) {
        this.place = place;
    }

    /** @throws IOException where its filesystem cannot be reached; it may be later */
    BatchFiles files() throws IOException {
        if (files == null) {
            files = CheckedFiles.connect(place.opener()::open);
        }
        return files;
    }

    boolean exists(String path) throws IOException {
        return files().exists(path);
    }

    String read(String path) throws IOException {
        try (InputStream in = files().open(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A path here, as the driver is told it. */
    String uri(String path) {
        return place.uri(path);
    }

    /** Removes a batch once it is no longer needed. */
    void add(long batch) {
        directories.add(batch);
    }

    /**
     * Removes what is no longer needed.
     *
     * @param settled the last batch that every sink has, durably
     * @param isFree whether a batch is not being read
     * @return whether anything was done
     */
    boolean clean(long settled, LongPredicate isFree, long nowNanos) {
        if (nowNanos < cleanAtNanos) {
            return false;
        }
        try {
            if (!directories.isKnown()) {
                directories.look(files());
                cleaned(nowNanos);
                return true;
            }
            boolean cleaned = false;
            for (long batch : directories.upTo(settled)) {
                if (isFree.test(batch)) {
                    directories.delete(files(), batch);
                    cleaned(nowNanos);
                    cleaned = true;
                }
            }
            return cleaned;
        } catch (IOException e) {
            // Of whatever kind: its files throw nothing else.
            trouble = place.uri() + " cannot be cleaned: " + e;
            if (causes.failed(LoggedCauses.kind(e), nowNanos)) {
                log.warn("{} cannot be cleaned: {}; retrying", place.uri(), e.toString());
            }
            cleanAtNanos = nowNanos + CLEAN_AGAIN_NANOS;
            return false;
        }
    }

    private void cleaned(long nowNanos) {
        trouble = "";
        if (causes.works(nowNanos)) {
            log.info("{} can be cleaned again", place.uri());
        }
    }

    /** When {@link #clean} has something to do by time alone; {@link Long#MAX_VALUE}: never. */
    long cleanAtNanos() {
        return directories.isKnown() ? Long.MAX_VALUE : cleanAtNanos;
    }

    /** Why it could not be cleaned the last time; empty where it could. Any thread. */
    String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }

    /** What lies in the place where one server stages its batches. Owned by the stage's thread. */
    private static final class StagedDirectories {

        private static final Pattern BATCH = Pattern.compile("batch-([0-9]{12,18})");

        private final TreeSet<Long> batches = new TreeSet<>();
        private boolean known;

        /** Whether {@link #look} has looked. */
        boolean isKnown() {
            return known;
        }

        /**
         * Finds what earlier servers left. What is incomplete is removed immediately, unless it is of a batch that is
         * being staged by now.
         */
        void look(BatchFiles files) throws IOException {
            for (String name : files.list("")) {
                Matcher batch = BATCH.matcher(name);
                if (batch.matches()) {
                    batches.add(Long.parseLong(batch.group(1)));
                } else if (batches.stream().noneMatch(begun -> name.equals(StagingPlace.unfinished(begun)))) {
                    files.delete(name);
                }
            }
            known = true;
        }

        void add(long batch) {
            batches.add(batch);
        }

        /** Numbers of the batches that are there, as far as {@code last}. */
        List<Long> upTo(long last) {
            return List.copyOf(batches.headSet(last, true));
        }

        /** Removes a batch, and the place itself with the last one. */
        void delete(BatchFiles files, long batch) throws IOException {
            files.delete(StagingPlace.directory(batch));
            files.delete(StagingPlace.unfinished(batch));
            batches.remove(batch);
            if (batches.isEmpty() && files.list("").isEmpty()) {
                files.delete("");
            }
        }
    }
}

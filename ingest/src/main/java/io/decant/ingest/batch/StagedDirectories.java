package io.decant.ingest.batch;

import io.decant.offload.files.BatchFiles;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What lies in the place where one server stages its batches. Owned by the stage's thread. */
final class StagedDirectories {

    private static final Pattern BATCH = Pattern.compile("batch-([0-9]{12,18})");

    private final TreeSet<Long> batches = new TreeSet<>();
    private boolean known;

    /** Whether {@link #look} has looked. */
    boolean isKnown() {
        return known;
    }

    /**
     * Finds what earlier servers left. What is not whole goes at once, unless it is of a batch that is being staged by
     * now.
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

package io.decant.ingest.simulation;

import java.util.EnumMap;
import java.util.Map;

/** How often what a simulation is for has happened in it. Belongs to one run, or to who adds runs up. */
public final class Happenings {

    /** Something that must happen, and how often at least among so many seeds. */
    public enum Happening {
        REQUESTS_ANSWERED(2, 1),
        REQUESTS_ANSWERED_AGAIN(1, 2),
        REQUESTS_RESUMED_IN_THE_MIDDLE(1, 10),
        KEYS_REFUSED_AS_BUSY(1, 3),
        KEYS_REFUSED_AS_REUSED(1, 2),
        BODIES_LOST(1, 2),
        HTTP_SESSIONS_REFUSED_AS_BUSY(1, 5),
        HTTP_SESSION_RECORDS_SENT_AGAIN(1, 4),
        HTTP_SESSION_RECORDS_MISSING(1, 20),
        IMPORTS_PLANNED_AGAIN(1, 60),
        IMPORTS_FOUND_DONE(1, 1),
        RANGES_RESUMED_IN_THE_MIDDLE(1, 1),
        PAGES_BROKEN_OFF(1, 1),
        INCREMENTS_READ(1, 2),
        INCREMENTS_RESUMED(1, 3),
        DATABASE_CONNECTIONS_LOST(1, 4),
        DATABASE_DEADLOCKS(1, 6),
        DATABASE_FAILED_AFTER_COMMIT(1, 6),
        DATABASE_PARTS_FOUND_WRITTEN(1, 2),
        LEDGER_ROWS_FORGOTTEN(1, 1),
        JOBS_RUN(1, 1),
        JOBS_FAILED(1, 10),
        JOBS_REPEATED(1, 5),
        JOB_ANSWERS_LOST(1, 20),
        JOB_OUTPUTS_FOUND(1, 10),
        FILES_PUBLISHED(1, 1),
        FILES_FAILED(1, 3),
        FILES_ANSWERS_LOST(1, 10),
        FILES_WITHOUT_SOME_RECORDS(1, 10),
        BATCHES_PRINTED(1, 1),
        PRINTING_FAILED(1, 10);

        private final int times;
        private final int seeds;

        Happening(int times, int seeds) {
            this.times = times;
            this.seeds = seeds;
        }

        /** How often it must have happened at least. */
        public long floor(long seedsRun) {
            return seedsRun * times / seeds;
        }
    }

    private final Map<Happening, Long> times = new EnumMap<>(Happening.class);

    /** It happened once more. */
    public void count(Happening happening) {
        times.merge(happening, 1L, Long::sum);
    }

    void add(Happenings others) {
        others.times.forEach((happening, more) -> times.merge(happening, more, Long::sum));
    }

    long of(Happening happening) {
        return times.getOrDefault(happening, 0L);
    }

    @Override
    public String toString() {
        return times.toString();
    }
}

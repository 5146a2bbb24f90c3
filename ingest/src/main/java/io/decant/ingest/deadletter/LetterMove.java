package io.decant.ingest.deadletter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Takes letters out of the files of the days and into one file of their own, in their order. After a crash they are in
 * the days, or in both, and then {@link #resume} ends it: first a copy becomes durable under a name that says so, then
 * every day is written without them, then the copy gets its name. A slice at a time, for one thread.
 *
 * <p>A record that was delivered again, and refused again, has a letter for each time. All of them are taken out, and
 * the first is copied: it goes out once.
 *
 * <p>An {@link IOException} that is no {@link java.io.SyncFailedException} leaves everything such that it can be done
 * again: letters are never in neither.
 */
final class LetterMove implements AutoCloseable {

    /** Bytes of one write. */
    private static final int WRITE_BYTES = 1 << 20;

    private enum Phase {
        SELECT,
        RESUME,
        REMOVE,
        DONE
    }

    private final DeadLetterStore store;
    private final String id;
    private final Predicate<FiledLetter> which;
    private final LetterSet moved = new LetterSet();
    private final Map<String, Long> removed = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Phase phase;
    private List<String> days;
    private DeadLetterReader reader;
    private String target;
    private boolean written;
    private long count;
    private long damaged;

    private LetterMove(DeadLetterStore store, String id, Predicate<FiledLetter> which, Phase phase) {
        this.store = store;
        this.id = id;
        this.which = which;
        this.phase = phase;
    }

    /** Will take these letters out, into the file {@link LetterFiles#replay} of that id. */
    static LetterMove of(DeadLetterStore store, String id, Predicate<FiledLetter> which) {
        return new LetterMove(store, id, which, Phase.SELECT);
    }

    /** Will end a move that was interrupted. */
    static LetterMove resume(DeadLetterStore store, String id) {
        return new LetterMove(store, id, filed -> true, Phase.RESUME);
    }

    /** Does a slice; true once all is done. */
    boolean step() throws IOException {
        switch (phase) {
            case SELECT -> select();
            case RESUME -> recall();
            case REMOVE -> remove();
            case DONE -> throw new IllegalStateException("the move " + id + " is done");
        }
        return phase == Phase.DONE;
    }

    /** How many records have letters that are taken out; once all is done. */
    long count() {
        return count;
    }

    /** How many lines cannot be read, and so stay; once all is done. */
    long damaged() {
        return damaged;
    }

    /** How many letters of each day, by file; once all is done. */
    Map<String, Long> removed() {
        return removed;
    }

    private void select() throws IOException {
        if (reader == null) {
            reader = DeadLetterReader.ofDays(store);
            begin(LetterFiles.REPLAY + id + LetterFiles.UNFINISHED);
        }
        for (long bytes = 0; bytes < LetterScan.SLICE_BYTES; ) {
            LetterLine line = reader.next();
            if (line == null) {
                endSelection();
                return;
            }
            bytes += line.bytes().length;
            if (line.isDamaged()) {
                damaged++;
                continue;
            }
            if (moved.contains(line.filed())) {
                removed.put(line.file(), 0L);
            } else if (which.test(line.filed())) {
                note(line);
                removed.put(line.file(), 0L);
                copy(line);
            }
        }
    }

    private void endSelection() throws IOException {
        closeReader();
        if (count == 0) {
            phase = Phase.DONE;
            return;
        }
        end(LetterFiles.moving(id));
        days = LetterFiles.days(removed.keySet());
        phase = Phase.REMOVE;
    }

    private void recall() throws IOException {
        if (reader == null) {
            reader = DeadLetterReader.of(store, List.of(LetterFiles.moving(id)));
        }
        for (long bytes = 0; bytes < LetterScan.SLICE_BYTES; ) {
            LetterLine line = reader.next();
            if (line == null) {
                closeReader();
                days = LetterFiles.days(store.sizes().keySet());
                phase = Phase.REMOVE;
                return;
            }
            bytes += line.bytes().length;
            if (!line.isDamaged()) {
                note(line);
            }
        }
    }

    private void note(LetterLine line) {
        moved.add(line.filed());
        count++;
    }

    private void remove() throws IOException {
        if (reader == null) {
            if (days.isEmpty()) {
                store.rename(LetterFiles.moving(id), LetterFiles.replay(id));
                phase = Phase.DONE;
                return;
            }
            reader = DeadLetterReader.of(store, days.subList(0, 1));
            removed.put(days.get(0), 0L);
            begin(days.get(0) + LetterFiles.UNFINISHED);
        }
        for (long bytes = 0; bytes < LetterScan.SLICE_BYTES; ) {
            LetterLine line = reader.next();
            if (line == null) {
                endDay();
                return;
            }
            bytes += line.bytes().length;
            if (!line.isDamaged() && moved.contains(line.filed())) {
                removed.merge(line.file(), 1L, Long::sum);
            } else {
                copy(line);
            }
        }
    }

    private void endDay() throws IOException {
        closeReader();
        String day = days.get(0);
        if (removed.get(day) == 0) {
            store.delete(target);
        } else if (written || out.size() > 0) {
            end(day);
        } else {
            store.delete(day);
        }
        days = days.subList(1, days.size());
    }

    private void begin(String file) throws IOException {
        store.delete(file);
        target = file;
        written = false;
        out.reset();
    }

    private void copy(LetterLine line) throws IOException {
        out.write(line.bytes());
        if (out.size() >= WRITE_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (out.size() > 0) {
            store.append(target, ByteBuffer.wrap(out.toByteArray()));
            written = true;
            out.reset();
        }
    }

    private void end(String name) throws IOException {
        flush();
        store.force(target);
        store.rename(target, name);
    }

    /**
     * Stops: removes what is half written. What is copied and not taken out of the days stays for {@link #resume}.
     */
    void abandon() throws IOException {
        closeReader();
        if (target != null) {
            store.delete(target);
        }
    }

    /** Lets go of the file that is being read, and leaves everything as it is. */
    @Override
    public void close() throws IOException {
        closeReader();
    }

    private void closeReader() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}

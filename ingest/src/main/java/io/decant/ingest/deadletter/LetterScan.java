package io.decant.ingest.deadletter;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first look at what earlier servers left: cuts off the line in which one of them died, counts, and finds the
 * letters that a lane may come to once more, which it brings to stable storage, since nothing says that they ever got
 * there. A slice at a time, for one thread.
 */
final class LetterScan implements AutoCloseable {

    /** A slice ends with the line that fills it: short enough for a turn of a stage. */
    static final int SLICE_BYTES = 4 << 20;

    private static final long NOWHERE = -1;
    private static final Logger log = LoggerFactory.getLogger(LetterScan.class);

    private final DeadLetterStore store;
    private final Predicate<FiledLetter> offeredAgain;
    private final LetterSet known;
    private final List<String> files;
    private final Map<String, Long> letters = new HashMap<>();
    private int at;
    private DeadLetterReader reader;
    private long end;
    private long count;
    private long damaged;
    private long firstKnown;

    /**
     * @param offeredAgain whether a lane may come to that letter once more
     * @param known gets those letters
     */
    LetterScan(DeadLetterStore store, Predicate<FiledLetter> offeredAgain, LetterSet known) throws IOException {
        this.store = store;
        this.offeredAgain = offeredAgain;
        this.known = known;
        this.files = LetterFiles.days(store.sizes().keySet());
    }

    /** Does a slice; true once all is done. */
    boolean step() throws IOException {
        if (at == files.size()) {
            return true;
        }
        if (reader == null) {
            reader = DeadLetterReader.headsOf(store, List.of(files.get(at)));
            end = 0;
            count = 0;
            damaged = 0;
            firstKnown = NOWHERE;
        }
        long until = end + SLICE_BYTES;
        while (end < until) {
            LetterLine line = reader.next();
            if (line == null) {
                endFile();
                return at == files.size();
            }
            look(line);
        }
        return false;
    }

    private void look(LetterLine line) {
        end = line.end();
        if (line.isDamaged()) {
            damaged++;
            return;
        }
        count++;
        if (offeredAgain.test(line.filed())) {
            known.add(line.filed());
            firstKnown = firstKnown == NOWHERE ? line.offset() : firstKnown;
        }
    }

    private void endFile() throws IOException {
        reader.close();
        reader = null;
        String file = files.get(at++);
        Long size = store.sizes().get(file);
        if (size == null) {
            return;
        }
        if (size > end) {
            log.info(
                    "dead letters: {} bytes of a line that was not written to its end are cut off {}",
                    size - end,
                    store.describe(file));
            store.truncate(file, end);
        }
        if (damaged > 0) {
            log.warn("dead letters: {} lines of {} are damaged; they stay as they are", damaged, store.describe(file));
        }
        if (firstKnown != NOWHERE) {
            store.secure(file, firstKnown);
        }
        letters.put(file, count);
    }

    /** Lets go of the file that is being read. Again: nothing. */
    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    /** How many letters each file holds; once all is done. */
    Map<String, Long> letters() {
        return letters;
    }
}

package io.decant.ingest.sink;

import io.decant.ingest.sink.body.PartBody;
import java.util.ArrayList;
import java.util.List;

/** Turns what a receiver says of each record into runs of records that fare alike. Stateless. */
final class AnswerReader {

    private AnswerReader() {}

    /** Why the items cannot be the part's, in one line; empty where they can. */
    static String mismatch(Part part, Items items) {
        if (!items.broken().isEmpty()) {
            return "its items cannot be read: " + items.broken();
        }
        return items.count() == part.carried() ? "" : items.count() + " items for " + part.carried() + " records";
    }

    /**
     * The runs of a part, in order; the last one goes to the part's end.
     *
     * @param items one for each record that was sent
     * @param runsMax more than this are not told apart: the rest goes again
     */
    static List<Run> runs(Part part, Items items, PartBody body, int runsMax) {
        List<Run> runs = new ArrayList<>();
        AnswerClass current = classOf(items, 0);
        int currentFrom = 0;
        int item = 0;
        for (long ordinal = part.first(); ordinal < part.end(); ordinal++) {
            if (body.uncarried(part.bucket(), ordinal) != null) {
                continue;
            }
            AnswerClass next = classOf(items, item);
            if (next != current) {
                runs.add(run(ordinal, current, items, currentFrom));
                current = next;
                currentFrom = item;
                if (runs.size() == runsMax - 1) {
                    runs.add(Run.again(part.end(), AnswerClass.AGAIN));
                    return runs;
                }
            }
            item++;
        }
        runs.add(run(part.end(), current, items, currentFrom));
        return runs;
    }

    private static AnswerClass classOf(Items items, int item) {
        return AnswerClass.ofStatus(items.status(item));
    }

    private static Run run(long end, AnswerClass answer, Items items, int firstItem) {
        return new Run(end, answer, answer == AnswerClass.REFUSED ? Refusal.of(items, firstItem) : null);
    }
}

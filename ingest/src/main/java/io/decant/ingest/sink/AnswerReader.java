package io.decant.ingest.sink;

import io.decant.ingest.sink.body.PartBody;
import java.util.ArrayList;
import java.util.List;

/** Turns what a receiver says of each record into runs of records with the same result. Stateless. */
final class AnswerReader {

    private AnswerReader() {}

    /** Why the items cannot be the part's, in one line; empty where they can. */
    static String mismatch(Part part, Items items) {
        if (!items.broken().isEmpty()) {
            return items.broken();
        }
        return items.count() == part.carried() ? "" : items.count() + " items for " + part.carried() + " records";
    }

    /** Whether any record is refused; no if the answer is not about single records, or cannot be read. */
    static boolean refuses(Items items) {
        for (int i = 0; items != null && i < items.count(); i++) {
            if (AnswerClass.ofItem(items.status(i)) == AnswerClass.REFUSED) {
                return true;
            }
        }
        return false;
    }

    /**
     * The runs of a part, in order; the last one goes to the part's end. Records that were not sent are runs of their
     * own: those that the receiver has are passed immediately, however long the letters of others take.
     *
     * @param items one for each record that was sent
     * @param runsMax more than this are not told apart: the rest goes again
     */
    static List<Run> runs(Part part, Items items, PartBody body, int runsMax) {
        List<Run> runs = new ArrayList<>();
        int item = 0;
        int runFrom = 0;
        AnswerClass current = null;
        for (long ordinal = part.first(); ordinal < part.end(); ordinal++) {
            boolean sent = body.uncarried(part.bucket(), ordinal) == null;
            AnswerClass next = sent ? AnswerClass.ofItem(items.status(item)) : null;
            if (ordinal > part.first() && next != current) {
                if (runs.size() == runsMax - 1) {
                    runs.add(Run.again(part.end(), AnswerClass.AGAIN));
                    return runs;
                }
                runs.add(run(ordinal, current, items, runFrom));
                runFrom = item;
            }
            current = next;
            item += sent ? 1 : 0;
        }
        runs.add(run(part.end(), current, items, runFrom));
        return runs;
    }

    private static Run run(long end, AnswerClass answer, Items items, int firstItem) {
        if (answer == null) {
            return Run.unsent(end);
        }
        return switch (answer) {
            case DELIVERED -> Run.delivered(end);
            case REFUSED -> Run.givenUp(end, Rejection.of(items, firstItem));
            case AGAIN, OUTAGE -> Run.again(end, answer);
        };
    }
}

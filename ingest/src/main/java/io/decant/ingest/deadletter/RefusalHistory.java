package io.decant.ingest.deadletter;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/**
 * What the letters of one sink tell of how many records it refused in a row, up to the place at which it continues
 * after a start.
 *
 * <p>Records behind that place are sent again, in whatever order. Those right behind it that have a letter were refused
 * before, and count immediately, also where one further behind was accepted since: otherwise others could become dead
 * letters before their turn. When they are refused again, they count no more, see {@link #hasCounted}.
 *
 * <p>A record in a row without a letter was accepted, and ends the run. How many records a bucket of an earlier batch
 * held no letter tells: there a bucket counts as ending with its last letter. So a run is never found too short, but
 * for batches that were not for this sink or whose letters are not there any more; it may be found too long where an
 * earlier batch was refused from its beginning and accepted to its end.
 *
 * <p>Filled by the thread that reads the letters; then asked by the lane's alone. Holds a place for each of the last
 * {@code max} letters, twice as many where some are of records that a format cannot carry, and as many that are behind
 * the place.
 */
public final class RefusalHistory {

    /** Nothing was refused. */
    public static final RefusalHistory NONE = new RefusalHistory(1, 0, 0, List.of(), 0);

    /**
     * Records behind the place that the sink is past all the same: they were answered while one before them had to be
     * repeated.
     *
     * @param from ordinal of the first one in the place's bucket
     * @param to behind the last one
     */
    public record Passed(long from, long to) {}

    /** The bucket's records are not known. */
    private static final long UNKNOWN = -1;

    private static final int UNCOUNTED = -1;

    private record Place(long batch, int bucket, long ordinal) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparingLong(Place::batch)
                .thenComparingInt(Place::bucket)
                .thenComparingLong(Place::ordinal);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    private final Place end;
    private final List<Passed> passedBehind;
    private final int max;
    /** By place, whether the record was refused; else no body could carry it. */
    private final NavigableMap<Place, Boolean> letters = new TreeMap<>();
    /** Refused records behind the place. */
    private final Set<Place> behind = new HashSet<>();
    /** How many of these are right behind it; counted once all are there, since each refusal asks for it. */
    private int again = UNCOUNTED;

    /**
     * @param batch number of the batch at which the sink continues
     * @param bucket within it
     * @param ordinal within that; of what is at this place or behind it only {@code passedBehind} counts, for the rest
     *     is sent again
     * @param passedBehind in order, without overlap
     * @param max of no use are more refusals than this; 0: none are
     */
    public RefusalHistory(long batch, int bucket, long ordinal, List<Passed> passedBehind, int max) {
        this.end = new Place(batch, bucket, ordinal);
        this.passedBehind = List.copyOf(passedBehind);
        this.max = max;
    }

    /** An earlier server wrote this letter of the sink. */
    void add(DeadLetter letter) {
        Place place = new Place(letter.batch(), letter.bucket(), letter.ordinal());
        if (max > 0 && (place.compareTo(end) < 0 || isPassed(place))) {
            letters.put(place, letter.reason() == Reason.REFUSED);
            if (letters.size() > 2L * max) {
                letters.pollFirstEntry();
            }
        } else if (behind.size() < max && letter.reason() == Reason.REFUSED) {
            behind.add(place);
        }
    }

    /** Whether a record that is sent again counts already. */
    public boolean hasCounted(long batch, int bucket, long ordinal) {
        return batch == end.batch()
                && bucket == end.bucket()
                && ordinal >= end.ordinal()
                && ordinal < end.ordinal() + againInARow();
    }

    private int againInARow() {
        if (again == UNCOUNTED) {
            again = 0;
            while (behind.contains(new Place(end.batch(), end.bucket(), end.ordinal() + again))) {
                again++;
            }
        }
        return again;
    }

    private boolean isPassed(Place place) {
        return place.batch() == end.batch()
                && place.bucket() == end.bucket()
                && passedBehind.stream()
                        .anyMatch(passed -> passed.from() <= place.ordinal() && place.ordinal() < passed.to());
    }

    /**
     * Refused records up to the place, and of those that are passed behind it, none of them accepted between; and those
     * right behind it that have a letter and are sent again.
     *
     * @param batch number of the batch that {@code records} is of
     * @param records in each bucket of that batch
     * @return at most the {@code max} this was made with
     */
    public int inARow(long batch, IntToLongFunction records) {
        int count = 0;
        for (int i = passedBehind.size() - 1; i >= 0; i--) {
            Passed passed = passedBehind.get(i);
            for (long ordinal = passed.to() - 1; ordinal >= passed.from(); ordinal--) {
                Boolean refused = letters.get(new Place(end.batch(), end.bucket(), ordinal));
                if (refused == null || count == max) {
                    // What is sent again was refused before that one was accepted, and is refused again behind it.
                    return Math.min(max, count + againInARow());
                }
                count += refused ? 1 : 0;
            }
        }
        count = Math.min(max, count + againInARow());
        Place next = end;
        for (Map.Entry<Place, Boolean> letter :
                letters.headMap(end, false).descendingMap().entrySet()) {
            Place place = letter.getKey();
            long ofBucket = place.batch() == batch ? records.applyAsLong(place.bucket()) : UNKNOWN;
            if (count == max || !isRightBefore(place, next, ofBucket)) {
                break;
            }
            count += letter.getValue() ? 1 : 0;
            next = place;
        }
        return count;
    }

    private static boolean isRightBefore(Place place, Place next, long recordsOfBucket) {
        if (next.ordinal() > 0) {
            return place.batch() == next.batch()
                    && place.bucket() == next.bucket()
                    && place.ordinal() == next.ordinal() - 1;
        }
        boolean lastOfBucket = recordsOfBucket == UNKNOWN || place.ordinal() == recordsOfBucket - 1;
        return next.bucket() > 0
                ? place.batch() == next.batch() && place.bucket() == next.bucket() - 1 && lastOfBucket
                : place.batch() == next.batch() - 1;
    }
}

package io.decant.ingest.simulation;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * An endpoint that stands now and then where the right one of a sink should, and refuses every record; in some of the
 * seeds. It outlives the servers.
 */
final class WrongEndpoint {

    private final String sink;
    private final SimulatedDeadLetters deadLetters;
    private final Random random;
    private final int bound;
    private final int partRecordsMax;
    /** Records that were refused alone, or each for itself. */
    private final Set<String> refusedOnce = new HashSet<>();

    private boolean inPlace;

    private WrongEndpoint(String sink, SimulatedDeadLetters deadLetters, Random random, int bound) {
        this.sink = sink;
        this.deadLetters = deadLetters;
        this.random = random;
        this.bound = bound;
        this.partRecordsMax = random.nextBoolean() ? 1 : 50;
    }

    /** In one seed of three there is one. */
    static WrongEndpoint ofSome(String sink, SimulatedDeadLetters deadLetters, long seed) {
        // Of its own, so that seeds without it stay what they were.
        Random random = new Random(seed * 0xD1B5_4A32_D192_ED03L);
        return new WrongEndpoint(sink, deadLetters, random, random.nextInt(3) == 0 ? 2 + random.nextInt(8) : 0);
    }

    static WrongEndpoint none(String sink, SimulatedDeadLetters deadLetters) {
        return new WrongEndpoint(sink, deadLetters, new Random(0), 0);
    }

    /** Refused records in a row at which the sink is to hold back; 0: there is no wrong endpoint. */
    int bound() {
        return bound;
    }

    /** Most records of a request. One that is refused whole is halved, and halves are not answered in their order. */
    int partRecordsMax() {
        return partRecordsMax;
    }

    boolean isThere() {
        return bound > 0;
    }

    /** Somebody puts it in place of the right one, or the other way round; mostly nobody does. */
    void turn() {
        if (isThere() && random.nextInt(300) == 0) {
            inPlace = !inPlace;
        }
    }

    void end() {
        inPlace = false;
    }

    boolean isInPlace() {
        return inPlace;
    }

    /** It refused these one by one. */
    void refused(Map<String, String> headers, List<String> records) {
        records.forEach(record -> refusedOnce.add(place(headers, record)));
    }

    /**
     * Whether a record was given up because of it: were that taken after a crash, it would be both delivered and a dead
     * letter.
     */
    boolean isGivenUp(Map<String, String> headers, String record) {
        String place = place(headers, record);
        return refusedOnce.contains(place)
                && deadLetters.filed().stream()
                        .filter(letter -> letter.sink().equals(sink))
                        .anyMatch(letter ->
                                place.equals(letter.batch() + "/" + letter.bucket() + "/" + KeyMode.text(letter)));
    }

    /** No two records of a bucket are the same. */
    private static String place(Map<String, String> headers, String record) {
        return headers.get("Decant-Batch") + "/" + headers.get("Decant-Bucket") + "/" + record;
    }
}

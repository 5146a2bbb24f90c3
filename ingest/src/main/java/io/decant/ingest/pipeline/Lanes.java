package io.decant.ingest.pipeline;

import java.util.ArrayList;
import java.util.List;

/** The lanes of all sinks. Filled by the code that composes the pipeline; after that it is for any thread. */
final class Lanes {

    private final List<Lane> lanes = new ArrayList<>();

    void add(Lane lane) {
        lanes.add(lane);
    }

    List<Lane> all() {
        return List.copyOf(lanes);
    }

    /** Has every lane look again. */
    void wakeAll() {
        lanes.forEach(lane -> lane.waker().wake());
    }

    Lane of(String sink) {
        for (Lane lane : lanes) {
            if (lane.sink().name().equals(sink)) {
                return lane;
            }
        }
        throw new IllegalArgumentException("no lane for sink " + sink);
    }

    /** Names of the sinks to which nothing more is delivered before the next start. */
    List<String> stopped() {
        return lanes.stream()
                .filter(Lane::isStopped)
                .map(lane -> lane.sink().name())
                .toList();
    }

    /**
     * Whether every sink that has not stopped has all before {@code position}, and the writer the mark that says so.
     */
    boolean haveMarked(long position) {
        for (Lane lane : lanes) {
            if (!(lane.isStopped() || lane.hasMarked(position))) {
                return false;
            }
        }
        return true;
    }
}

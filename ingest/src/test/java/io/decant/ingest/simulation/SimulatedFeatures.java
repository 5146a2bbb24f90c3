package io.decant.ingest.simulation;

import io.decant.config.SourceSettings;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.source.http.SimulatedRequests;
import io.decant.ingest.source.mysql.SimulatedImport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Further sources, each in a share of the seeds, so that a run does not take longer the more of them there are. */
final class SimulatedFeatures {

    private static final int TURN_ONE_OF = 6;

    final Happenings happenings = new Happenings();
    final List<SimulatedInput> inputs = new ArrayList<>();
    private final Random random;

    SimulatedFeatures(long seed, KeyMode mode) {
        random = new Random(seed * 0xA24B_AED4_963E_E407L);
        if (random.nextInt(3) == 0) {
            inputs.add(new SimulatedRequests(random, mode == KeyMode.RECORD, happenings));
        }
        if (random.nextInt(3) == 0) {
            inputs.add(new SimulatedImport(random, mode == KeyMode.RECORD, happenings));
        }
    }

    Map<String, SourceSettings> sources() {
        Map<String, SourceSettings> sources = new LinkedHashMap<>();
        inputs.forEach(input -> sources.putAll(input.sources()));
        return sources;
    }

    /** A server has started. */
    void start(Pipeline pipeline, long nowMillis) {
        inputs.forEach(input -> input.start(pipeline, nowMillis));
    }

    void stop() {
        inputs.forEach(SimulatedInput::stop);
    }

    void turn(long nowMillis) {
        if (!inputs.isEmpty() && random.nextInt(TURN_ONE_OF) == 0) {
            inputs.get(random.nextInt(inputs.size())).sendSomething(nowMillis);
        }
    }

    void sendAll(long nowMillis) {
        inputs.forEach(input -> input.sendAll(nowMillis));
    }

    boolean areDone() {
        return inputs.stream().allMatch(SimulatedInput::isDone);
    }
}

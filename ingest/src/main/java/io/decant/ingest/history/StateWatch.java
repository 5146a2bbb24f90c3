package io.decant.ingest.history;

import io.decant.ingest.history.Sample.SinkSample;
import io.decant.ingest.history.Sample.SourceSample;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells where the state of a source or a sink has changed since the last look. What a sink does while nothing fails is
 * one state: it comes and goes with each batch. Owned by the thread that looks.
 */
final class StateWatch {

    private final EventLog events;
    private final Map<String, String> sources = new HashMap<>();
    private final Map<String, String> sinks = new HashMap<>();

    StateWatch(EventLog events) {
        this.events = events;
    }

    void look(Sample sample, long nowMillis) {
        sample.sources().forEach((name, source) -> look(name, source, nowMillis));
        sample.sinks().forEach((name, sink) -> look(name, sink, nowMillis));
    }

    private void look(String name, SourceSample source, long nowMillis) {
        String now = source.state() + (source.paused() ? ", paused" : "");
        String before = sources.put(name, now);
        if (before != null && !before.equals(now)) {
            events.append(
                    "source-state",
                    new EventData()
                            .add("source", name)
                            .add("state", source.state())
                            .add("paused", source.paused())
                            .add("lastError", source.lastError())
                            .add("at", nowMillis)
                            .end());
        }
    }

    private void look(String name, SinkSample sink, long nowMillis) {
        String now = sink.working() ? "working" : sink.state();
        String before = sinks.put(name, now);
        if (before == null ? !sink.working() : !before.equals(now)) {
            events.append(
                    "sink-state",
                    new EventData()
                            .add("sink", name)
                            .add("state", sink.state())
                            .add("lastError", sink.lastError())
                            .add("batch", sink.batch())
                            .add("at", nowMillis)
                            .end());
        }
    }
}

package io.decant.ingest.pipeline;

import io.decant.config.SourceSettings;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.deadletter.replay.LetterReplayPlans;
import io.decant.ingest.journal.CheckpointRules;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceComponent;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Says of a kept stream whether nobody will ever go on with it: a session of which nothing came for longer than
 * {@code session-retain} of time served, a replay whose plan is gone. A partition is never forgotten, however long
 * nothing comes: its source would read again what is here already. Asked by the writer's thread.
 */
final class StreamExpiry implements CheckpointRules {

    private final Map<String, Long> retainMillis = new HashMap<>();
    private final Set<String> sources;
    private final ServedTime served;
    private final LetterReplayPlans plans;
    private boolean sessions;

    StreamExpiry(Map<String, SourceSettings> sources, ServedTime served, LetterReplayPlans plans) {
        this.sources = Set.copyOf(sources.keySet());
        this.served = served;
        this.plans = plans;
        for (SourceComponent source : SourceTypes.of(sources)) {
            source.streamRetention().ifPresent(retain -> retainMillis.put(source.name(), retain.toMillis()));
            sessions |= source.keepsSessions();
        }
    }

    @Override
    public boolean isForgotten(StreamId stream, JournalState.StreamPosition position) {
        if (Recipients.isReplay(stream)) {
            return !plans.contains(stream.name());
        }
        Long retain = retainMillis.get(stream.source());
        return retain != null && served.millis() - position.seenServedMillis() > retain;
    }

    @Override
    public boolean isRemoved(String source) {
        return !sources.contains(source);
    }

    @Override
    public long servedMillis() {
        return served.millis();
    }

    @Override
    public boolean hasSessions() {
        return sessions;
    }
}

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

/**
 * Says of a kept stream whether nobody will ever go on with it: a session of which nothing came for longer than
 * {@code session-retain} of time served, a request of which nothing came for {@code idempotency-retain}, a replay whose
 * plan is gone. A partition is never forgotten, however long nothing comes: its source would read again what is here
 * already. Asked by the writer's thread.
 */
final class StreamExpiry implements CheckpointRules {

    private final Map<String, SourceComponent> sources = new HashMap<>();
    private final ServedTime served;
    private final LetterReplayPlans plans;
    private boolean sessions;

    StreamExpiry(Map<String, SourceSettings> sources, ServedTime served, LetterReplayPlans plans) {
        this.served = served;
        this.plans = plans;
        for (SourceComponent source : SourceTypes.of(sources)) {
            this.sources.put(source.name(), source);
            sessions |= source.keepsSessions();
        }
    }

    @Override
    public boolean isForgotten(StreamId stream, JournalState.StreamPosition position) {
        if (Recipients.isReplay(stream)) {
            return !plans.contains(stream.name());
        }
        SourceComponent source = sources.get(stream.source());
        return source != null
                && source.streamRetention(stream.name())
                        .filter(retain -> served.millis() - position.seenServedMillis() > retain.toMillis())
                        .isPresent();
    }

    @Override
    public boolean isRemoved(String source) {
        return !sources.containsKey(source);
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

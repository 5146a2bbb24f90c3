package io.decant.ingest.pipeline;

import io.decant.config.SourceSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.StreamId;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Says of a kept stream whether nobody will ever go on with it: a session of which nothing came for longer than
 * {@code session-retain}, a replay whose plan is gone. A partition is never forgotten, however long nothing comes: its source would
 * read again what is here already. Asked by the writer's thread.
 */
final class ForgottenStreams implements BiPredicate<StreamId, JournalState.StreamPosition> {

    private final Map<String, Long> retainMillis = new HashMap<>();
    private final InstantSource clock;
    private final LetterReplayPlans plans;

    ForgottenStreams(Map<String, SourceSettings> sources, InstantSource clock, LetterReplayPlans plans) {
        this.clock = clock;
        this.plans = plans;
        sources.forEach((name, source) -> {
            if (source instanceof TcpSourceSettings tcp) {
                retainMillis.put(name, tcp.sessionRetain().toMillis());
            }
        });
    }

    @Override
    public boolean test(StreamId stream, JournalState.StreamPosition position) {
        if (Recipients.isReplay(stream)) {
            return !plans.contains(stream.name());
        }
        Long retain = retainMillis.get(stream.source());
        return retain != null && clock.millis() - position.lastSeenMillis() > retain;
    }
}

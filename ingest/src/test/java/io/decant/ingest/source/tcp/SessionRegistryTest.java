package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionRegistryTest {

    private static final StreamId SESSION = new StreamId("logs", "a", true);
    private static final Duration RETAIN = Duration.ofDays(7);

    /** Served by the servers before this one. */
    private static final long BEFORE_MILLIS = RETAIN.multipliedBy(3).toMillis();

    private Duration monotonic = Duration.ofDays(12);
    private final ServedTime served = new ServedTime(BEFORE_MILLIS, () -> monotonic.toNanos());

    @Test
    void shouldGrantANewSessionFromTheStart() {
        Claims first = claim(registry(10, Map.of()), "a");
        assertThat(first.heard).containsExactly("granted logs/a from 0");
    }

    @Test
    void shouldGoOnWhereTheSessionWasReleased() {
        SessionRegistry registry = registry(10, Map.of());
        claim(registry, "a");
        registry.release(SESSION, 7);
        assertThat(claim(registry, "a").heard).containsExactly("granted logs/a from 7");
    }

    @Test
    void shouldGoOnWhereTheJournalEnded() {
        SessionRegistry registry = registry(10, Map.of("a", new ResumableStream(41, BEFORE_MILLIS)));
        assertThat(claim(registry, "a").heard).containsExactly("granted logs/a from 41");
    }

    @Test
    void shouldEndTheHolderAndGrantOnlyOnceItReleased() {
        SessionRegistry registry = registry(10, Map.of());
        Claims first = claim(registry, "a");
        Claims second = claim(registry, "a");
        assertThat(first.heard).containsExactly("granted logs/a from 0", "taken over");
        assertThat(second.heard).isEmpty();
        registry.release(SESSION, 5);
        assertThat(second.heard).containsExactly("granted logs/a from 5");
    }

    @Test
    void shouldGrantTheLastOfSeveralThatWaitAndTellTheOthersTheCount() {
        SessionRegistry registry = registry(10, Map.of());
        Claims first = claim(registry, "a");
        Claims second = claim(registry, "a");
        Claims third = claim(registry, "a");
        registry.release(SESSION, 5);
        assertThat(first.heard).containsExactly("granted logs/a from 0", "taken over");
        assertThat(second.heard).containsExactly("denied session-taken-over at 5");
        assertThat(third.heard).containsExactly("granted logs/a from 5");
        Claims fourth = claim(registry, "a");
        assertThat(third.heard).containsExactly("granted logs/a from 5", "taken over");
        registry.release(SESSION, 6);
        assertThat(fourth.heard).containsExactly("granted logs/a from 6");
    }

    @Test
    void shouldForgetASessionUnusedForLongerThanRetained() {
        SessionRegistry registry = registry(10, Map.of());
        claim(registry, "a");
        registry.release(SESSION, 7);
        monotonic = monotonic.plus(RETAIN);
        claim(registry, "other");
        assertThat(claim(registry, "a").heard).containsExactly("granted logs/a from 7");
        registry.release(SESSION, 8);
        monotonic = monotonic.plus(RETAIN).plusMillis(1);
        assertThat(claim(registry, "a").heard).containsExactly("granted logs/a from 0");
    }

    @Test
    void shouldForgetOldSessionsOfEarlierRunsWhateverTheirOrder() {
        long old = BEFORE_MILLIS - RETAIN.toMillis() - 1;
        SessionRegistry registry = registry(
                2,
                Map.of(
                        "young", new ResumableStream(1, BEFORE_MILLIS),
                        "old", new ResumableStream(2, old),
                        "older", new ResumableStream(3, old - 1)));
        assertThat(claim(registry, "a").heard).containsExactly("granted logs/a from 0");
        assertThat(claim(registry, "young").heard).containsExactly("granted logs/young from 1");
    }

    @Test
    void shouldNeverForgetASessionThatIsHeld() {
        SessionRegistry registry = registry(10, Map.of());
        Claims holder = claim(registry, "a");
        monotonic = monotonic.plus(RETAIN.multipliedBy(2));
        Claims second = claim(registry, "a");
        assertThat(holder.heard).containsExactly("granted logs/a from 0", "taken over");
        registry.release(SESSION, 3);
        assertThat(second.heard).containsExactly("granted logs/a from 3");
    }

    @Test
    void shouldDenyOneSessionTooManyButNotAKnownOne() {
        SessionRegistry registry = registry(2, Map.of());
        claim(registry, "a");
        claim(registry, "b");
        Claims third = claim(registry, "c");
        assertThat(third.heard).containsExactly("denied busy at 0");
        assertThat(third.text).contains("2 sessions");
        registry.release(SESSION, 9);
        assertThat(claim(registry, "c").heard).containsExactly("denied busy at 0");
        assertThat(claim(registry, "a").heard).containsExactly("granted logs/a from 9");
    }

    @Test
    void shouldDenyAClientMoreThanItsPartAndNobodyElse() {
        SessionRegistry registry = registry(10, 2, Map.of());
        for (String id : List.of("a", "b")) {
            assertThat(claim(registry, id, "1").heard).containsExactly("granted logs/" + id + " from 0");
        }
        registry.release(SESSION, 7);
        Claims third = claim(registry, "c", "1");
        assertThat(third.heard).containsExactly("denied busy at 0");
        assertThat(third.text).startsWith("2 sessions of this address");
        assertThat(claim(registry, "c", "2").heard).containsExactly("granted logs/c from 0");
        assertThat(claim(registry, "a", "1").heard).containsExactly("granted logs/a from 7");
    }

    @Test
    void shouldLeaveHalfOfAllToOtherClientsWhateverAClientMayHave() {
        SessionRegistry registry = registry(4, 1_000_000, Map.of());
        claim(registry, "a", "1");
        claim(registry, "b", "1");
        assertThat(claim(registry, "c", "1").heard).containsExactly("denied busy at 0");
        assertThat(claim(registry, "c", "2").heard).containsExactly("granted logs/c from 0");
        assertThat(claim(registry, "d", "3").heard).containsExactly("granted logs/d from 0");
        Claims fifth = claim(registry, "e", "4");
        assertThat(fifth.heard).containsExactly("denied busy at 0");
        assertThat(fifth.text).startsWith("4 sessions are kept");
    }

    @Test
    void shouldNotRememberASessionThatNeverHadARecord() {
        SessionRegistry registry = registry(4, 2, Map.of());
        for (int i = 0; i < 100; i++) {
            Claims claims = claim(registry, "id" + i, "1");
            assertThat(claims.heard).containsExactly("granted logs/id" + i + " from 0");
            registry.release(new StreamId("logs", "id" + i, true), 0);
        }
        assertThat(claim(registry, "id7", "1").heard).containsExactly("granted logs/id7 from 0");
    }

    @Test
    void shouldCountASessionForTheClientThatBeganIt() {
        SessionRegistry registry = registry(10, 1, Map.of());
        claim(registry, "a", "1");
        registry.release(SESSION, 5);
        assertThat(claim(registry, "a", "2").heard).containsExactly("granted logs/a from 5");
        registry.release(SESSION, 6);
        assertThat(claim(registry, "b", "2").heard).containsExactly("granted logs/b from 0");
        assertThat(claim(registry, "c", "1").heard).containsExactly("denied busy at 0");
    }

    @Test
    void shouldCountASessionOfAnEarlierRunForTheFirstThatGoesOnWithIt() {
        Map<String, ResumableStream> kept =
                Map.of("a", new ResumableStream(1, BEFORE_MILLIS), "b", new ResumableStream(2, BEFORE_MILLIS));
        SessionRegistry registry = registry(10, 2, kept);
        assertThat(claim(registry, "c", "1").heard).containsExactly("granted logs/c from 0");
        assertThat(claim(registry, "a", "1").heard).containsExactly("granted logs/a from 1");
        assertThat(claim(registry, "d", "1").heard).containsExactly("denied busy at 0");
        assertThat(claim(registry, "b", "1").heard).as("known").containsExactly("granted logs/b from 2");
    }

    @Test
    void shouldLetAClientBeginAnotherOnceOneOfItsSessionsIsForgotten() {
        SessionRegistry registry = registry(10, 1, Map.of());
        claim(registry, "a", "1");
        registry.release(SESSION, 5);
        monotonic = monotonic.plus(RETAIN).plusMillis(1);
        assertThat(claim(registry, "b", "1").heard).containsExactly("granted logs/b from 0");
        assertThat(claim(registry, "c", "1").heard).containsExactly("denied busy at 0");
    }

    private SessionRegistry registry(int max, Map<String, ResumableStream> kept) {
        return registry(max, max, kept);
    }

    private SessionRegistry registry(int max, int maxPerClient, Map<String, ResumableStream> kept) {
        return new SessionRegistry("logs", ImmediateEventExecutor.INSTANCE, served, RETAIN, max, maxPerClient, kept);
    }

    /** Of a client that has no other session. */
    private static Claims claim(SessionRegistry registry, String id) {
        return claim(registry, id, id);
    }

    private static Claims claim(SessionRegistry registry, String id, String client) {
        Claims claims = new Claims();
        registry.claim(id, client, claims);
        return claims;
    }

    /** Notes what it is told. */
    private static final class Claims implements SessionRegistry.Claimant {

        final List<String> heard = new ArrayList<>();
        String text;

        @Override
        public void granted(StreamId session, long next) {
            heard.add("granted " + session.source() + "/" + session.name() + " from " + next);
        }

        @Override
        public void denied(CloseReason ending, long durable) {
            text = ending.text();
            heard.add("denied " + ending.refusal().code() + " at " + durable);
        }

        @Override
        public void takenOver(CloseReason ending) {
            heard.add("taken over");
        }
    }
}

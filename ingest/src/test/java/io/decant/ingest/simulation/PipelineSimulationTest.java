package io.decant.ingest.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Runs the {@link Simulation} for many seeds. A seed that fails is named; {@code -Ddecant.seed=N} runs that one alone,
 * and {@code -Ddecant.seeds=N} so many from a seed that is as good as any.
 */
class PipelineSimulationTest {

    private static final int SEEDS = Integer.getInteger("decant.seeds", 1500);

    @Test
    void shouldDeliverExactlyWhatWasAcknowledgedWhateverHappens() {
        Long only = Long.getLong("decant.seed");
        if (only != null) {
            run(only);
            return;
        }
        int crashes = 0;
        int repeats = 0;
        int salvaged = 0;
        long batches = 0;
        int startsOnFullDisk = 0;
        int startsRefused = 0;
        int stops = 0;
        int replays = 0;
        int replaysRefused = 0;
        int refusals = 0;
        int letters = 0;
        int lettersReplayed = 0;
        int offloaded = 0;
        int offloadFailures = 0;
        int encodedAnswers = 0;
        int answersNotUnderstood = 0;
        int crashesHeldBack = 0;
        int boundsReached = 0;
        int reshaped = 0;
        int cursorsResumed = 0;
        int jumpsByDays = 0;
        int poisonFailures = 0;
        int setAside = 0;
        int notTransformed = 0;
        int notTransformedReplayed = 0;
        int gaps = 0;
        int submissionsTold = 0;
        int completionsTold = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulationOutcome outcome = run(seed);
            crashes += outcome.crashes();
            repeats += outcome.repeats();
            salvaged += outcome.salvaged();
            batches += outcome.batches();
            startsOnFullDisk += outcome.startsOnFullDisk();
            startsRefused += outcome.startsRefused();
            stops += outcome.stops();
            replays += outcome.replays();
            replaysRefused += outcome.replaysRefused();
            refusals += outcome.refusals();
            letters += outcome.letters();
            lettersReplayed += outcome.lettersReplayed();
            offloaded += outcome.offloaded();
            offloadFailures += outcome.offloadFailures();
            encodedAnswers += outcome.encodedAnswers();
            answersNotUnderstood += outcome.answersNotUnderstood();
            crashesHeldBack += outcome.crashesHeldBack();
            boundsReached += outcome.letBoundBeReached() ? 1 : 0;
            reshaped += outcome.reshaped();
            cursorsResumed += outcome.cursorsResumed();
            jumpsByDays += outcome.jumpsByDays();
            poisonFailures += outcome.poisonFailures();
            setAside += outcome.setAside();
            notTransformed += outcome.notTransformed();
            notTransformedReplayed += outcome.notTransformedReplayed();
            gaps += outcome.gaps();
            submissionsTold += outcome.submissionsTold();
            completionsTold += outcome.completionsTold();
        }
        // Seeds in which nothing happens would prove nothing.
        assertThat(crashes).as("crashes").isGreaterThan(SEEDS * 3);
        assertThat(batches).as("batches").isGreaterThan(SEEDS * 5L);
        assertThat(repeats).as("repeated requests").isGreaterThan(SEEDS);
        assertThat(salvaged).as("torn tails").isGreaterThan(SEEDS / 10);
        assertThat(startsOnFullDisk).as("starts on a full disk").isGreaterThan(SEEDS / 2);
        assertThat(startsRefused).as("starts on a disk without any room").isGreaterThan(SEEDS / 10);
        assertThat(stops).as("sinks that threw").isGreaterThan(SEEDS / 10);
        assertThat(replays).as("replays").isGreaterThan(SEEDS / 8);
        assertThat(replaysRefused).as("replays of what is gone").isGreaterThan(SEEDS / 10);
        assertThat(refusals).as("requests not taken as a whole").isGreaterThan(SEEDS * 3);
        assertThat(letters).as("dead letters").isGreaterThan(SEEDS);
        assertThat(lettersReplayed).as("dead letters sent again").isGreaterThan(SEEDS);
        assertThat(offloaded).as("batches split elsewhere").isGreaterThan(SEEDS / 2);
        assertThat(offloadFailures).as("failures to do so").isGreaterThan(SEEDS / 4);
        assertThat(encodedAnswers).as("answers read from bytes").isGreaterThan(SEEDS * 10);
        assertThat(answersNotUnderstood).as("answers that are not understood").isGreaterThan(SEEDS);
        assertThat(crashesHeldBack).as("crashes while a breaker was open").isGreaterThan(SEEDS / 20);
        assertThat(boundsReached)
                .as("runs with as many letters in a row as may be")
                .isGreaterThan(SEEDS / 50);
        assertThat(reshaped).as("shapes that need format 2").isGreaterThan(SEEDS);
        assertThat(cursorsResumed).as("streams resumed by a cursor").isGreaterThan(SEEDS);
        assertThat(jumpsByDays).as("jumps of the clock by days").isGreaterThan(SEEDS);
        assertThat(poisonFailures).as("failures by records").isGreaterThan(SEEDS);
        assertThat(setAside).as("records set aside").isGreaterThan(SEEDS / 10);
        assertThat(notTransformed).as("records that transforms failed on").isGreaterThan(SEEDS);
        assertThat(notTransformedReplayed).as("such records sent again").isGreaterThan(SEEDS / 10);
        assertThat(gaps).as("gaps among the events").isGreaterThan(SEEDS);
        assertThat(submissionsTold).as("batches that were told of").isGreaterThan(SEEDS * 3);
        assertThat(completionsTold).as("batches that were told to be completed").isGreaterThan(SEEDS * 5);
    }

    private static SimulationOutcome run(long seed) {
        try {
            return new Simulation(seed).run();
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + " fails (rerun it with -Ddecant.seed=" + seed + "): " + e, e);
        }
    }
}

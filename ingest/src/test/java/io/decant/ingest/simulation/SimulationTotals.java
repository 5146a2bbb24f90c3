package io.decant.ingest.simulation;

import org.assertj.core.api.SoftAssertions;

/** What many runs of the simulation came to, all together. Thread-safe. */
final class SimulationTotals {

    private long seeds;
    private long crashes;
    private long repeats;
    private long salvaged;
    private long batches;
    private long startsOnFullDisk;
    private long startsRefused;
    private long stops;
    private long replays;
    private long replaysRefused;
    private long refusals;
    private long letters;
    private long lettersReplayed;
    private long offloaded;
    private long offloadFailures;
    private long encodedAnswers;
    private long answersNotUnderstood;
    private long crashesHeldBack;
    private long boundsReached;
    private long reshaped;
    private long cursorsResumed;
    private long jumpsByDays;
    private long poisonFailures;
    private long setAside;
    private long notTransformed;
    private long notTransformedReplayed;
    private long gaps;
    private long submissionsTold;
    private long completionsTold;
    private final Happenings happenings = new Happenings();

    synchronized long seeds() {
        return seeds;
    }

    synchronized void add(SimulationOutcome outcome) {
        seeds++;
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
        happenings.add(outcome.happenings());
    }

    /** Each feature must have been put to the test. */
    synchronized void verify() {
        // Seeds in which nothing happens would prove nothing.
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(crashes).as("crashes").isGreaterThan(seeds * 3);
        softly.assertThat(batches).as("batches").isGreaterThan(seeds * 5);
        softly.assertThat(repeats).as("repeated requests").isGreaterThan(seeds);
        softly.assertThat(salvaged).as("torn tails").isGreaterThan(seeds / 10);
        softly.assertThat(startsOnFullDisk).as("starts on a full disk").isGreaterThan(seeds / 2);
        softly.assertThat(startsRefused).as("starts on a disk without any room").isGreaterThan(seeds / 10);
        softly.assertThat(stops).as("sinks that threw").isGreaterThan(seeds / 10);
        softly.assertThat(replays).as("replays").isGreaterThan(seeds / 8);
        softly.assertThat(replaysRefused).as("replays of what is gone").isGreaterThan(seeds / 10);
        softly.assertThat(refusals).as("requests not taken as a whole").isGreaterThan(seeds * 3);
        softly.assertThat(letters).as("dead letters").isGreaterThan(seeds);
        softly.assertThat(lettersReplayed).as("dead letters sent again").isGreaterThan(seeds);
        softly.assertThat(offloaded).as("batches split elsewhere").isGreaterThan(seeds / 2);
        softly.assertThat(offloadFailures).as("failures to do so").isGreaterThan(seeds / 4);
        softly.assertThat(encodedAnswers).as("answers read from bytes").isGreaterThan(seeds * 10);
        softly.assertThat(answersNotUnderstood)
                .as("answers that are not understood")
                .isGreaterThan(seeds);
        softly.assertThat(crashesHeldBack)
                .as("crashes while a breaker was open")
                .isGreaterThan(seeds / 20);
        softly.assertThat(boundsReached)
                .as("runs with as many letters in a row as may be")
                .isGreaterThan(seeds / 50);
        softly.assertThat(reshaped).as("shapes that need format 2").isGreaterThan(seeds);
        softly.assertThat(cursorsResumed).as("streams resumed by a cursor").isGreaterThan(seeds);
        softly.assertThat(jumpsByDays).as("jumps of the clock by days").isGreaterThan(seeds);
        softly.assertThat(poisonFailures).as("failures by records").isGreaterThan(seeds);
        softly.assertThat(setAside).as("records set aside").isGreaterThan(seeds / 10);
        softly.assertThat(notTransformed)
                .as("records that transforms failed on")
                .isGreaterThan(seeds);
        softly.assertThat(notTransformedReplayed).as("such records sent again").isGreaterThan(seeds / 10);
        softly.assertThat(gaps).as("gaps among the events").isGreaterThan(seeds);
        softly.assertThat(submissionsTold).as("batches that were told of").isGreaterThan(seeds * 3);
        softly.assertThat(completionsTold)
                .as("batches that were told to be completed")
                .isGreaterThan(seeds * 5);
        for (Happenings.Happening happening : Happenings.Happening.values()) {
            softly.assertThat(happenings.of(happening))
                    .as(happening.toString())
                    .isGreaterThanOrEqualTo(happening.floor(seeds));
        }
        softly.assertAll();
    }

    @Override
    public synchronized String toString() {
        return seeds + " seeds, " + crashes + " crashes, " + batches + " batches, " + happenings;
    }
}

package io.decant.ingest.simulation;

/** What a run came to, to show that it did something. */
record SimulationOutcome(
        int crashes,
        int batches,
        int requests,
        int repeats,
        int salvaged,
        int segments,
        int startsOnFullDisk,
        int startsRefused,
        int stops,
        int replays,
        int replaysRefused,
        int refusals,
        int letters,
        int lettersReplayed,
        int offloaded,
        int offloadFailures,
        int encodedAnswers,
        int answersNotUnderstood,
        int crashesHeldBack,
        boolean letBoundBeReached,
        int reshaped,
        int cursorsResumed,
        int jumpsByDays,
        int poisonFailures,
        int setAside) {}

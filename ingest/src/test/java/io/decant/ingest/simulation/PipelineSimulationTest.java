package io.decant.ingest.simulation;

import org.junit.jupiter.api.Test;

/**
 * Runs the {@link Simulation} for many seeds. A seed that fails is named; {@code -Ddecant.seed=N} runs that one alone,
 * {@code -Ddecant.seeds=N} so many, {@code -Ddecant.seed.first=N} from that one on, and
 * {@code -Ddecant.simulation.threads=N} on so many threads; 0: one for each processor.
 */
class PipelineSimulationTest {

    private static final int SEEDS = 1500;

    @Test
    void shouldDeliverExactlyWhatWasAcknowledgedWhateverHappens() throws InterruptedException {
        Long only = Long.getLong("decant.seed");
        if (only != null) {
            new SeedRange(only, 1, 1).run();
            return;
        }
        int threads = Integer.getInteger("decant.simulation.threads", 1);
        new SeedRange(
                        Long.getLong("decant.seed.first", 0),
                        Long.getLong("decant.seeds", SEEDS),
                        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads)
                .run()
                .verify();
    }
}

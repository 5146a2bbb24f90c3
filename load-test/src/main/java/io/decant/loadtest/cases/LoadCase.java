package io.decant.loadtest.cases;

import io.decant.loadtest.report.CaseReport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One thing to measure. */
public interface LoadCase {

    /** What {@code --case} calls it. */
    String name();

    /** One line on what it does. */
    String title();

    /** Whether it belongs to the table that is printed when no case is named. */
    default boolean inTable() {
        return true;
    }

    /**
     * Measures and verifies. What it starts it ends, what it writes it removes.
     *
     * @throws io.decant.loadtest.load.LoadException when that could not be done, or records were not acknowledged as
     *     they must
     */
    CaseReport run(LoadTest test) throws IOException;

    /** The cases there are, in the order of the table. */
    static List<LoadCase> all() {
        return List.of(
                new IngestCase(),
                new DeliverCase(),
                new LatencyCase(),
                new AssignCase(),
                new RestartCase(),
                new AckCase(),
                new GrowthCase(),
                new KafkaCase(),
                new SoakCase(),
                new JmhCase(),
                new RealCase(),
                new KeysCase(),
                new DatabaseCase(),
                new MysqlCase(),
                new HttpCase(),
                new PagesCase(),
                new PeersCase(),
                new MemoryCase(),
                new BucketsCase());
    }

    /** Those that are run when none is named. */
    static List<LoadCase> table() {
        return all().stream().filter(LoadCase::inTable).toList();
    }

    static Optional<LoadCase> named(String name) {
        return all().stream().filter(known -> known.name().equals(name)).findFirst();
    }
}

package io.decant.loadtest.cases;

import java.util.List;
import java.util.Optional;

/** The cases there are. */
public final class LoadCases {

    private static final List<LoadCase> ALL = List.of(
            new IngestCase(),
            new DeliverCase(),
            new LatencyCase(),
            new AssignCase(),
            new RestartCase(),
            new AckCase(),
            new GrowthCase(),
            new KafkaCase(),
            new SoakCase(),
            new JmhCase());

    private LoadCases() {}

    /** In the order of the table. */
    public static List<LoadCase> all() {
        return ALL;
    }

    /** Those that are run when none is named. */
    public static List<LoadCase> table() {
        return ALL.stream().filter(LoadCase::inTable).toList();
    }

    public static Optional<LoadCase> named(String name) {
        return ALL.stream().filter(known -> known.name().equals(name)).findFirst();
    }
}

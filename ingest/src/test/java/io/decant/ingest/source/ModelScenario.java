package io.decant.ingest.source;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;

/** What each thread of a model checker does, written down rather than drawn: the cases that must not be left out. */
public final class ModelScenario {

    private final Class<?> operations;
    private final List<List<Actor>> threads = new ArrayList<>();

    /** @param operations the class with the operations, of which no two have the same name */
    public ModelScenario(Class<?> operations) {
        this.operations = operations;
    }

    /** The next actor is one of another thread. */
    public ModelScenario thread() {
        threads.add(new ArrayList<>());
        return this;
    }

    public ModelScenario does(String operation, Object... arguments) {
        Method method = Arrays.stream(operations.getMethods())
                .filter(each -> each.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        threads.get(threads.size() - 1).add(new Actor(method, List.of(arguments)));
        return this;
    }

    public ExecutionScenario build() {
        return new ExecutionScenario(List.of(), threads, List.of(), null);
    }
}

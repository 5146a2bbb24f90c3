package io.decant.ingest.source.tcp;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Threads that wake connections while the loop tells others, in every order that a model checker finds. Forbidden: that
 * something is synced and its connection is not told, and that the loop is given a second task while one waits.
 */
@Tag("lincheck")
class AcknowledgerModelTest {

    private static final int ITERATIONS = 10;
    private static final int INVOCATIONS = 500;

    @Test
    void shouldTellEachConnectionOfTheLastThatWasSynced() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .check(Wakings.class);
    }

    private static final class Client implements Acknowledger.Client {
        private final AtomicBoolean due = new AtomicBoolean();
        private final AtomicInteger synced = new AtomicInteger();
        private volatile int told;

        @Override
        public AtomicBoolean due() {
            return due;
        }
    }

    /** Two connections, two threads or more that sync, and the loop. */
    public static class Wakings {

        private final List<Client> clients = List.of(new Client(), new Client());
        private final AtomicInteger tasks = new AtomicInteger();
        private volatile Runnable task;

        private final Acknowledger<Client> acknowledger =
                new Acknowledger<>(this::execute, client -> client.told = client.synced.get());

        private void execute(Runnable run) {
            task = run;
            tasks.incrementAndGet();
        }

        @Operation
        public void syncFirst() {
            sync(clients.get(0));
        }

        @Operation
        public void syncSecond() {
            sync(clients.get(1));
        }

        private void sync(Client client) {
            client.synced.incrementAndGet();
            acknowledger.wake(client);
        }

        @Operation(nonParallelGroup = "loop")
        public void turnOfTheLoop() {
            int waiting = tasks.get();
            if (waiting > 1) {
                throw new IllegalStateException("tasks that wait: " + waiting);
            }
            if (waiting == 1) {
                tasks.decrementAndGet();
                task.run();
            }
        }

        @Validate
        public void everybodyIsTold() {
            turnOfTheLoop();
            for (Client client : clients) {
                if (client.told != client.synced.get()) {
                    throw new IllegalStateException(
                            "told of " + client.told + " of " + client.synced.get() + " that were synced");
                }
            }
        }
    }
}

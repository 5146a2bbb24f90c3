package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Waits for a server to come to a state, by its {@code /status} or otherwise. */
public final class Await {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Await() {}

    public static ServerStatus await(Server server, Predicate<ServerStatus> expected) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        ServerStatus now = server.status();
        while (!expected.test(now)) {
            assertThat(System.nanoTime() - deadline).as("still %s", now).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            now = server.status();
        }
        return now;
    }

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}

package io.decant.ingest.batch;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Something whose n-th call throws, whatever the method. Thread-safe. */
public final class Failing {

    private final AtomicInteger callsLeft;
    private final Supplier<Throwable> thrown;

    /** @param call number of the call that throws, from 1 */
    public Failing(int call, Supplier<Throwable> thrown) {
        this.callsLeft = new AtomicInteger(call);
        this.thrown = thrown;
    }

    /** Whether it has thrown. */
    public boolean hasThrown() {
        return callsLeft.get() <= 0;
    }

    public <T> T of(Class<T> type, T sound) {
        return of(type, sound, () -> true);
    }

    /** @param counts whether a call counts by now */
    public <T> T of(Class<T> type, T sound, BooleanSupplier counts) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            boolean mayThrow =
                    !method.getName().equals("close") && !method.getName().equals("describe");
            if (mayThrow && counts.getAsBoolean() && callsLeft.decrementAndGet() == 0) {
                throw thrown.get();
            }
            try {
                return method.invoke(sound, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}

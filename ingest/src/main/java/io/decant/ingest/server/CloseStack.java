package io.decant.ingest.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be closed at the end, the last opened first, each whatever became of the others. For one thread. */
final class CloseStack implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Has this closed, before all that was put before it. */
    <T extends AutoCloseable> T put(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    /** The same for what is closed in another way. */
    <T> T put(T thing, Consumer<? super T> close) {
        opened.push(() -> close.accept(thing));
        return thing;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                // The rest must be closed all the same, and the caller is stopping anyway.
                log.warn("while stopping", e);
            }
        }
    }
}

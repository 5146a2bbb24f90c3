package io.decant.offload.client;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import java.util.concurrent.CompletableFuture;

/** Splits staged batches outside the server. Thread-safe; nothing here waits, {@link #close} excepted. */
public interface Offloader extends AutoCloseable {

    /**
     * Has a staged batch split. One whose output is there already is done at once, so a batch may be handed in again
     * whatever became of it before.
     *
     * @return completes on a thread of the offloader's when the output is there, whole; exceptionally with an
     *     {@link OffloadException} where it came to nothing
     */
    CompletableFuture<DriverAnswer.Done> submit(DriverRequest.Job job);

    /** How it is doing. */
    OffloaderStatus status();

    /** Gives up what is under way, and ends. */
    @Override
    void close();
}

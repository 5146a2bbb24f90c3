package io.decant.offload.client;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import java.nio.file.Path;
import java.time.Duration;

/** Runs a user's job, a batch at a time. {@link #run} is for one thread, the rest for any. */
public interface JobRunner extends AutoCloseable {

    /**
     * Runs the job over a batch, and waits for its end. A batch whose output is there is done at once.
     *
     * @param timeout of the job, from its beginning: it is ended then, and the process with it if it does not yield
     * @throws OffloadException where it came to nothing; it may be asked for again
     */
    DriverAnswer.Ran run(DriverRequest.Run request, Duration timeout) throws OffloadException, InterruptedException;

    /** Has {@link #run} end with an exception, if it is under way, and the job as soon as it yields. */
    void abandon();

    /** How it is doing. */
    OffloaderStatus status();

    /** Where the log of driver and job is. */
    Path logPath();

    @Override
    void close();
}

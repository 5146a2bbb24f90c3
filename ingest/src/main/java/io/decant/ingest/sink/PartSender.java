package io.decant.ingest.sink;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.PartBody;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * How the parts of a {@link PartSink} reach what it delivers to. Owned by the delivery thread, but for
 * {@link #prepare}; none of its methods but {@link #close()} blocks.
 */
public interface PartSender extends AutoCloseable {

    /** Whether it knows what its type adds to the shape of a batch, see {@link SinkShape#extra()}. */
    default boolean readsExtra() {
        return false;
    }

    /**
     * The parts from here on are of this batch.
     *
     * @param shape of the batch for this sink, as its cut has it
     * @param body what makes the bodies that {@link #prepare} gets
     * @throws IllegalArgumentException if the shape is one that this version cannot deliver
     */
    void begin(OpenBatch batch, SinkShape shape, PartBody body);

    /**
     * Makes a part ready to be sent: compresses and signs it, say. On any thread, for several parts of the batch at a
     * time.
     *
     * @param content the body, which is taken over, whatever happens
     * @throws OutOfMemoryError where there is no direct memory for the request
     */
    ReadyPart prepare(Part part, ByteBuf content);

    /** A part that is ready. One of its methods is called, once, on the delivery thread. */
    interface ReadyPart {

        /**
         * Sends it. The body is released by the sender, whatever happens.
         *
         * @param completion called exactly once, on any thread, also from within this call, unless this throws; it must
         *     only pass the message on
         */
        void send(Consumer<Outcome> completion);

        /** Releases the body: it is not sent. */
        void release();
    }

    /** What becomes of a part, by the outcome of its request. */
    default AnswerClass classify(Outcome outcome) {
        return AnswerClass.of(outcome);
    }

    /** A text without the sink's own secrets, which an answer may quote. */
    String redact(String text);

    /** Ends what is under way with {@link Outcome.Kind#CLOSED} and accepts no further part. Does not wait for long. */
    @Override
    void close();
}

package io.decant.ingest.demo;

/** Takes what a request brought. Called by the receiver's one thread. */
@FunctionalInterface
public interface PartHandler {

    /**
     * @param address where the body begins; good during the call
     * @param length bytes of the body
     */
    void part(ReceivedPart part, long address, int length);
}

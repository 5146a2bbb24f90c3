package io.decant.ingest.sink.http;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * One POST of one part of a bucket.
 *
 * @param headers all headers but {@code Host}, in the order in which they are sent; some of the values are secrets
 * @param body as it goes over the wire; the transport takes over the one reference
 */
public record PartRequest(Map<String, String> headers, ByteBuf body) {

    @Override
    public String toString() {
        return "POST " + headers.get(PartHeaders.IDEMPOTENCY_KEY);
    }
}

package io.decant.harness;

import io.decant.bucketer.Memory;
import io.decant.harness.PartReceiver.PartHandler;
import java.nio.charset.StandardCharsets;

/** Hands bodies to a handler, as a receiver does. */
final class Body {

    private Body() {}

    /** The request of these lines that Decant would make. */
    static ReceivedPart part(long batch, int bucket, int buckets, long first, String body) {
        long records = body.lines().count();
        String key = "\"demo-0-receiver-" + batch + "-" + bucket + "-" + first + "-" + records + "\"";
        String window = "2026-11-20T21:53:0" + batch + "Z/2026-11-20T21:53:0" + (batch + 1) + "Z";
        return new ReceivedPart(key, batch, bucket, buckets, first, records, window);
    }

    static void deliver(PartHandler handler, ReceivedPart part, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        long address = Memory.allocate(bytes.length + 1);
        try {
            Memory.copyFromArray(bytes, 0, bytes.length, address);
            handler.part(part, address, bytes.length);
        } finally {
            Memory.free(address, bytes.length + 1);
        }
    }
}
